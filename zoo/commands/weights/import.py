"""``zoo weights import``: turn a checkpoint of torchvision, timm or others into the zoo's own."""  # noqa: N999 - it is named as the user calls it

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoo import arguments as line
from zoo.errors import UserError
from zoo.settings import table, take, unknown, words

if TYPE_CHECKING:
    from zoo.weights.importing import ImportOptions

NAME = "zoo weights import"
USAGE = f"{NAME} FILE model=NET [OPTION=VALUE] ... [-o OUT.safetensors]"
HELP = f"""\
usage: {USAGE}

Turn a checkpoint of torchvision, timm or another program into a weights file as zoo train writes it: with the
net's spec, its classes and how images are prepared. zoo predict, evaluate and export take it as checkpoint=….
FILE is a state dict of PyTorch (.pth, .pt, .bin; no code in it is run) or a .safetensors file. Every tensor
must have its place: what is missing, unexpected or of another shape is listed, and nothing is written.

  zoo weights import resnet50-11ad3fa6.pth model=resnet50
  zoo weights import model.safetensors model=vit_b_16 resize=248 mean=0.5,0.5,0.5 std=0.5,0.5,0.5
  zoo weights import mine.pth model=resnet18 classes=names.txt -o mine.safetensors
  zoo weights import odd.pth model=vgg16 mapping=names.map url=https://example.org/odd.pth licence=MIT

A file of torchvision is recognised by its checksum, and its images are prepared as published for it. With
data=NAME data.OPTION=VALUE the classes are those of that data.

  -o FILE             the file to write; without it, FILE's name with .safetensors in this folder
  --config-dir DIR    also look for choices of data there, as zoo train does
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning; model=NET and model.OPTION=VALUE are those of
zoo train:

"""


def run(arguments: Sequence[str]) -> int:
    """Import, and say what was made of it."""
    from zoo.weights.importing import ImportOptions

    parser = line.parser(NAME, USAGE)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + table(ImportOptions))
        return 0
    options, rest = take(ImportOptions, given.overrides)
    overrides = [word for word in rest if word.startswith(("model=", "model.", "data=", "data."))]
    paths = [Path(word).expanduser() for word in rest if word not in overrides]
    for word in map(str, paths):
        if "=" in word and not Path(word).exists():
            raise unknown(ImportOptions, word, NAME, ["model", "data"])
    if len(paths) != 1:
        raise UserError(f"one FILE is expected, and {len(paths) or 'none'} given: {USAGE}")
    if not any(word.startswith(("model=", "model.spec=")) for word in overrides):
        raise UserError("model=… is missing: the net whose weights they are")
    _import(paths[0], options, overrides, given.config_dir, _output(paths[0], given.output))
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options, nets and data; files are the shell's."""
    from zoo import completion
    from zoo.weights.importing import ImportOptions

    if before and before[-1] in {"-o", "--config-dir"}:
        return []
    found = completion.overrides(before, start)
    own = [word for word in found if word.startswith(("model", "data"))]
    return ["--config-dir", "--help", "-o", *words(ImportOptions, start), *own]


def _output(path: Path, given: Path | None) -> Path:
    output = given if given is not None else Path(f"{path.stem}.safetensors")
    if output.suffix != ".safetensors":
        raise UserError(
            f"-o {output}: weights are written as safetensors; name a file that ends in .safetensors"
        )
    if output.exists() and path.exists() and output.samefile(path):
        raise UserError(f"{output}: is the file to import; -o names another")
    return output


def _import(
    path: Path, options: "ImportOptions", overrides: Sequence[str], folder: Path | None, output: Path
) -> None:
    from zoo import checkpoint, config
    from zoo.data import DATASETS
    from zoo.weights.importing import imported

    found = config.request(overrides, folder=folder).configs()[0]
    named = any(word.startswith(("data=", "data.")) for word in overrides)
    names = DATASETS.build(found.data).classes if named else ()
    made = imported(path, found.model, options, names)
    output.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.save_weights(output, made.weights, made.about)
    about = made.about
    shape = "×".join(map(str, about["input"]))
    count = sum(tensor.numel() for tensor in made.weights.values())
    sys.stdout.write(
        f"{output}: {about['model']}, {shape}, {count:,} values; SHA-256 of {path.name} is inside\n"
    )
    sys.stdout.writelines(f"  {note}\n" for note in made.notes)
