"""``zoo predict``: tell what a trained net takes pictures for."""

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
    from zoo.predict import Broken, Prediction

NAME = "zoo predict"
USAGE = f"{NAME} checkpoint=RUN [OPTION=VALUE] ... FILE|FOLDER ... [-o PICTURE] [--json]"
HELP = f"""\
usage: {USAGE}

Tell what a trained net takes pictures for: the likeliest classes of each, with their probabilities. A folder
stands for all pictures in it and below it. Of each picture the net gets the square in the middle, as in the
validation of its training. Sizes, classes and scaling come from the weights file.

  zoo predict checkpoint=runs/resnet18-imagefolder photo.jpg
  zoo predict checkpoint=best.safetensors photos/ more/*.png -o sheet.png
  zoo predict checkpoint=best.safetensors photos/ --json > predictions.json

A file that cannot be read is named and passed over; the exit code is 1 then.

  -o FILE             also draw the pictures with bars below them: FILE.png, .svg or .pdf
  --json              print JSON
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning:

"""
FORMATS = (".png", ".svg", ".pdf")
BAR = 24
"""Length in characters of a bar that stands for certainty."""


@dataclass(frozen=True)
class PredictOptions(TrainedOptions):
    """Options of this command."""

    top: int = option(5, "how many classes are told of each picture", low=1)


def run(arguments: Sequence[str]) -> int:
    """Predict, and print what came out."""
    parser = line.parser(NAME, USAGE)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + table(PredictOptions))
        return 0
    options, rest = take(PredictOptions, given.overrides)
    for word in rest:
        if "=" in word and not Path(word).exists():
            raise unknown(PredictOptions, word, NAME)
    if not rest:
        raise UserError("no pictures: name files or folders")
    if given.output is not None and given.output.suffix not in FORMATS:
        raise UserError(f"{given.output}: pictures are drawn as {', '.join(FORMATS)}")
    return _predict(options, [Path(word) for word in rest], given.output, given.json)


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options and runs; files are the shell's."""
    if before and before[-1] == "-o":
        return []
    return ["--help", "--json", "-o", *words(PredictOptions, start)]


def _predict(options: PredictOptions, paths: Sequence[Path], output: Path | None, as_json: bool) -> int:
    from zoo import device, predict, prediction_sheet, trained

    weights = trained.find(options.checkpoint)
    files = predict.files(paths)
    where = device.ready(options.device, options.threads, "device")
    classifier = trained.classifier(trained.load(weights, where), options.precision)
    found = predict.predict(classifier, files, options.top, options.batch_size, options.workers)
    kept: list[Prediction] = []
    broken = 0
    show = _Json() if as_json else _Table()
    for each in found:
        if isinstance(each, predict.Broken):
            line.complain(f"{each.why}; passed over")
            show.broken(each)
            broken += 1
            continue
        show.add(each)
        if output is not None and len(kept) < prediction_sheet.MOST:
            kept.append(each)
    show.end()
    if kept and output is not None:
        prediction_sheet.draw(kept, output)
        left = len(files) - broken - len(kept)
        line.complain(f"{output}: {len(kept)} pictures{f'; {left} more are left out' if left else ''}")
    if broken:
        line.complain(f"{broken} of {len(files)} pictures could not be read")
    return 1 if broken else 0


class _Table:
    """A block of lines for each picture."""

    def broken(self, each: "Broken") -> None:
        """Said already."""

    def add(self, each: "Prediction") -> None:
        sys.stdout.write(f"{each.path}\n")
        for guess in each.guesses:
            bar = "█" * round(BAR * guess.probability)
            text = f"  {guess.probability:7.2%}  {bar:<{BAR}}  {guess.name}"
            sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def end(self) -> None:
        """Nothing more comes."""


class _Json:
    """A list with a mapping for each picture, in their order."""

    def __init__(self) -> None:
        self.begun = False

    def broken(self, each: "Broken") -> None:
        self._add(each.path, {"error": each.why})

    def add(self, each: "Prediction") -> None:
        guesses = [
            {"class": guess.name, "number": guess.number, "probability": guess.probability}
            for guess in each.guesses
        ]
        self._add(each.path, {"guesses": guesses})

    def end(self) -> None:
        sys.stdout.write("\n]\n" if self.begun else "[]\n")

    def _add(self, path: Path, values: dict[str, Any]) -> None:
        text = json.dumps({"file": str(path), **values}, ensure_ascii=False)
        sys.stdout.write(f"{',' if self.begun else '['}\n{text}")
        self.begun = True
