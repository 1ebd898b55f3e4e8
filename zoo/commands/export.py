"""``zoo export``: write a net as ONNX or torch.export, checked against the module."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo import arguments as line
from zoo.errors import UserError
from zoo.options import option
from zoo.settings import table, take, unknown, words

if TYPE_CHECKING:
    from zoo.export import Exportable

NAME = "zoo export"
USAGE = f"{NAME} checkpoint=RUN|model=NET [OPTION=VALUE] ... -o FILE.onnx|FILE.pt2"
FORMATS = (".onnx", ".pt2")
HELP = f"""\
usage: {USAGE}

Write a net with its weights for other programs: as ONNX, or as a program of torch.export, which torch reads
without the net's code. What the file computes is compared with the net on random images, and one that
differs by more than a 100,000th of the largest score is not written.

  zoo export checkpoint=runs/resnet20-digits -o digits.onnx
  zoo export checkpoint=best.safetensors -o net.pt2
  zoo export model=resnet50 -o resnet50.onnx                 with fresh weights
  zoo export model.spec=my.net model.params.width=32 -o my.onnx

The input is float32 [batch, channels, height, width], its values in [0, 1], less mean, divided by std; the
output is a score for each class. Classes, mean and std stand in the file as JSON: ONNX has them in its
metadata under `zoo`, torch.export as the extra file zoo.json.

  -o FILE             the file to write; its ending says the format
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning; model=NET and model.OPTION=VALUE are those of
zoo train:

"""


@dataclass(frozen=True)
class ExportOptions:
    """Options of this command."""

    checkpoint: str | None = option(None, "a run's folder (its best weights), or a .safetensors file")
    batch: int | None = option(None, "images that the file takes at a time; null is any number", low=1)
    opset: int | None = option(None, "version of ONNX's operators; null is the exporter's own", low=18)
    seed: int = option(0, "seed of fresh weights", low=0, high=2**32 - 1)


def run(arguments: Sequence[str]) -> int:
    """Export, and say how near the file comes."""
    parser = line.parser(NAME, USAGE)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + table(ExportOptions))
        return 0
    options, rest = take(ExportOptions, given.overrides)
    for word in rest:
        if not word.startswith(("model=", "model.")):
            raise unknown(ExportOptions, word, NAME, ["model"])
    if given.output is None or given.output.suffix not in FORMATS:
        raise UserError(f"-o FILE is missing, or not one of {', '.join(FORMATS)}")
    if (options.checkpoint is None) == (not rest):
        raise UserError("one of checkpoint=… and model=… names the net")
    _export(options, rest, given.config_dir, given.output)
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options, runs, and nets."""
    from zoo import completion

    if before and before[-1] in {"-o", "--config-dir"}:
        return []
    models = [word for word in completion.overrides(before, start) if word.startswith("model")]
    return ["--config-dir", "--help", "-o", *words(ExportOptions, start), *models]


def _export(options: ExportOptions, overrides: Sequence[str], folder: Path | None, output: Path) -> None:
    from zoo import export

    given = _fresh(overrides, folder, options.seed) if overrides else _trained(options.checkpoint)
    found = export.export(given, output, options.batch, options.opset)
    shape = "×".join(map(str, given.shape))
    images = "any number of images" if options.batch is None else f"{options.batch} images"
    sys.stdout.write(
        f"{output}: {given.about['model']}, {images} of {shape}, {output.stat().st_size / 1e6:.1f} MB; its "
        f"scores differ by at most {found.difference:.1g} of {found.largest:.2g} (allowed: "
        f"{export.ALLOWED * found.largest:.1g})\n"
    )


def _trained(checkpoint: str | None) -> "Exportable":
    import torch

    from zoo import trained
    from zoo.export import Exportable

    found = trained.load(trained.find(checkpoint), torch.device("cpu"))
    about = found.about
    return Exportable(
        found.net,
        found.module,
        {
            "model": about.model,
            "classes": list(about.classes),
            "mean": list(about.mean),
            "std": list(about.std),
            "centre": about.centre,
        },
    )


def _fresh(overrides: Sequence[str], folder: Path | None, seed: int) -> "Exportable":
    import torch

    from zoo import config, model, seeds
    from zoo.export import Exportable

    options = config.request(overrides, folder=folder).configs()[0].model
    if options.weights is not None:
        raise UserError(
            f"model.weights={options.weights}: zoo weights import makes a checkpoint=… of it, to export"
        )
    found = model.declared(options)
    seeds.seed_everything(seed)
    module = found.module(torch.device("cpu")).eval().requires_grad_(False)
    return Exportable(found.net, module, {"model": found.name})
