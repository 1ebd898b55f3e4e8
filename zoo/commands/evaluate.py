"""``zoo evaluate``: count a trained net's errors on validation images."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import arguments as line
from zoo.errors import UserError
from zoo.options import option
from zoo.settings import TrainedOptions, table, take, unknown, words

if TYPE_CHECKING:
    from zoo.metrics import Tally
    from zoo.trained import Classifier

NAME = "zoo evaluate"
USAGE = f"{NAME} checkpoint=RUN [data=CHOICE] [OPTION=VALUE] ... [-o CLASSES.csv] [--json]"
HELP = f"""\
usage: {USAGE}

Count a trained net's errors and its loss on a data set, each image once. Of each image the net gets the
square in the middle, as in the validation of its training. What it takes to prepare images (size, mean,
std) comes from the weights file.

  zoo evaluate checkpoint=runs/resnet20-digits                on the data that the run used
  zoo evaluate checkpoint=best.safetensors data=imagefolder data.root=path/to/images
  zoo evaluate checkpoint=runs/resnet20-digits -o classes.csv

Classes are matched by their names; the data may have fewer than the net knows.

  -o FILE.csv         also write the errors of each class, and what it is most often taken for
  --json              print numbers as JSON
  --config-dir DIR    also look for choices of data there, as zoo train does
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning; data=CHOICE and data.OPTION=VALUE are those of
zoo train:

"""


@dataclass(frozen=True)
class EvaluateOptions(TrainedOptions):
    """Options of this command."""

    split: str = option("val", "which of the data's images", choices=("val", "train"))


def run(arguments: Sequence[str]) -> int:
    """Evaluate, and print what came out."""
    parser = line.parser(NAME, USAGE)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + table(EvaluateOptions))
        return 0
    options, rest = take(EvaluateOptions, given.overrides)
    for word in rest:
        if not word.startswith(("data=", "data.")):
            raise unknown(EvaluateOptions, word, NAME, ["data"])
    if given.output is not None and given.output.suffix != ".csv":
        raise UserError(f"{given.output}: errors by class are written as CSV; name a file that ends in .csv")
    _evaluate(options, rest, given.config_dir, given.output, given.json)
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options, runs, and data sets."""
    from zoo import completion

    own = ("--config-dir", "--help", "--json", "-o")
    if before and before[-1] in {"-o", "--config-dir"}:
        return []
    data = [word for word in completion.overrides(before, start) if word.startswith("data")]
    return [*own, *words(EvaluateOptions, start), *data]


def _evaluate(
    options: EvaluateOptions,
    overrides: Sequence[str],
    folder: Path | None,
    output: Path | None,
    as_json: bool,
) -> None:
    from zoo import device, judge, trained
    from zoo.by_class import ByClass

    path = trained.find(options.checkpoint)
    where = device.ready(options.device, options.threads, "device")
    data = judge.open_data(overrides, path, folder)
    classifier = trained.classifier(trained.load(path, where), options.precision)
    about = classifier.trained.about
    split = judge.renumbered(getattr(data, options.split), data.classes, about)
    by_class = ByClass(about.classes)
    tally = judge.judge(classifier, split, options.batch_size, options.workers, by_class.add)
    if output is not None:
        by_class.write(output)
    if as_json:
        sys.stdout.write(json.dumps(_values(classifier, data.name, options.split, tally), indent=2) + "\n")
        return
    _show(classifier, f"{data.name}, {_word(options.split)}", tally)
    if output is not None:
        sys.stdout.write(f"errors by class: {output}\n")


def _values(classifier: "Classifier", data: str, split: str, tally: "Tally") -> dict[str, Any]:
    images, _, top1, top5 = tally.state()
    return {
        "checkpoint": str(classifier.trained.path),
        "model": classifier.trained.about.model,
        "data": data,
        "split": split,
        "protocol": "centre",
        "precision": classifier.precision_name,
        "images": int(images),
        "top1_wrong": int(top1),
        "top1_error": tally.top1_error,
        "top5_wrong": int(top5),
        "top5_error": tally.top5_error,
        "loss": tally.loss,
    }


def _show(classifier: "Classifier", data: str, tally: "Tally") -> None:
    from zoo import device

    images, _, top1, top5 = (int(value) for value in tally.state())
    trained = classifier.trained
    epoch = f", epoch {trained.about.epoch}" if trained.about.epoch else ""
    where = device.describe(trained.device)
    sys.stdout.write(
        f"{trained.about.model} ({trained.path}{epoch})\n"
        f"{data}: {images:,} images, centre crop, {trained.side}×{trained.side}; "
        f"{classifier.precision_name} on {where}\n"
        f"top-1 error  {tally.top1_error:7.2%}  ({top1:,} of {images:,})\n"
        f"top-5 error  {tally.top5_error:7.2%}  ({top5:,} of {images:,})\n"
        f"loss         {tally.loss:7.4f}\n"
    )


def _word(split: str) -> str:
    return {"val": "validation", "train": "training"}[split]
