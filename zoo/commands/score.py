"""``zoo score``: score guesses in the ImageNet challenge's format by its rules."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import arguments as line
from zoo.challenge.submission import MOST, TASKS
from zoo.errors import UserError
from zoo.intervals import wilson
from zoo.options import option
from zoo.settings import table, take, unknown, words

if TYPE_CHECKING:
    from zoo.challenge.score import Errors, Truth
    from zoo.challenge.submission import Guess

NAME = "zoo score"
USAGE = f"{NAME} FILE data=imagenet data.root=PATH [OPTION=VALUE] ... [--json]"
HELP = f"""\
usage: {USAGE}

Score a file of guesses by the rules of ImageNet's challenge, as the development kit's programs do: errors
with one guess, two, … five. A line of the file is for a validation image, in the alphabetical order of the
files' names: up to five classes by their ids in the challenge, or each followed by a box, xmin ymin xmax
ymax. Boxes are scored where the annotations lie in data.root: a guess is right when its class is, and its box
overlaps a box of the class by half or more (intersection over union). Blacklisted images are left out of it.

  zoo score guesses.txt data=imagenet data.root=path/to/imagenet
  zoo evaluate checkpoint=runs/resnet50 submission=guesses.txt boxes=whole    writes such a file

  --json              print numbers as JSON
  --config-dir DIR    also look for choices of data there, as zoo train does
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning; data=CHOICE and data.OPTION=VALUE are those of
zoo train:

"""


@dataclass(frozen=True)
class ScoreOptions:
    """Options of this command."""

    task: str = option(
        "auto",
        "what a line has: auto takes boxes to be there when a line has more than five numbers",
        choices=TASKS,
    )
    devkit: str | None = option(
        None, "ImageNet's development kit, which numbers the classes; null looks in data.root"
    )


def run(arguments: Sequence[str]) -> int:
    """Score, and print the errors."""
    parser = line.parser(NAME, USAGE)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP + table(ScoreOptions))
        return 0
    options, rest = take(ScoreOptions, given.overrides)
    files = [word for word in rest if not word.startswith(("data=", "data."))]
    for word in files:
        if "=" in word and not Path(word).exists():
            raise unknown(ScoreOptions, word, NAME, ["data"])
    if len(files) != 1:
        raise UserError(f"one FILE of guesses is expected, and {len(files) or 'none'} given: {USAGE}")
    _score(
        Path(files[0]), options, [word for word in rest if word not in files], given.config_dir, given.json
    )
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Options and data sets; the file is the shell's."""
    from zoo import completion

    data = [word for word in completion.overrides(before, start) if word.startswith("data")]
    return ["--config-dir", "--help", "--json", *words(ScoreOptions, start), *data]


def _score(
    path: Path, options: ScoreOptions, overrides: Sequence[str], folder: Path | None, as_json: bool
) -> None:
    from zoo import config
    from zoo.challenge import score, submission
    from zoo.challenge.truth import ids, truth
    from zoo.data import DATASETS

    rows = submission.read(path, options.task)
    data_options = config.request(overrides, folder=folder).configs()[0].data
    known = ids(options.devkit, data_options)
    data = DATASETS.build(data_options).open()
    right = truth(known, data_options, data.classes, data.val)
    if len(rows) != len(right.ids):
        raise UserError(f"{path}: {len(rows):,} lines, and there are {len(right.ids):,} validation images")
    found = {"classification": score.classification(rows, right)}
    why = _unlocated(rows, right)
    if why is None:
        found["localisation"] = score.localisation(rows, right)
    if as_json:
        values = {name: _values(errors) for name, errors in found.items()}
        sys.stdout.write(json.dumps({"file": str(path), **values}, indent=2) + "\n")
        return
    for name, errors in found.items():
        sys.stdout.write(_text(name, errors, len(right.blacklist) if name == "localisation" else 0))
    if why is not None and any(guess.box is not None for row in rows for guess in row):
        line.complain(f"localisation is not scored: {why}")


def _unlocated(rows: "Sequence[Sequence[Guess]]", right: "Truth") -> str | None:
    """Why boxes are not scored; None where they are."""
    if not any(guess.box is not None for row in rows for guess in row):
        return "the file has no boxes"
    if right.things is None:
        return "no annotations lie in data.root (ILSVRC2012_bbox_val_v3, or Kaggle's Annotations)"
    return None


def _values(errors: "Errors") -> dict[str, Any]:
    return {
        "images": errors.images,
        "wrong": list(errors.wrong),
        "error": [errors.error(guesses) for guesses in range(1, MOST + 1)],
        "top5_interval": wilson(errors.wrong[-1], errors.images),
    }


def _text(name: str, errors: "Errors", left_out: int) -> str:
    without = f", without {left_out:,} that are blacklisted" if left_out else ""
    lines = [
        f"  with {guesses} guess{'es' * (guesses > 1):<2}  {errors.error(guesses):7.2%}  ({wrong:,} wrong)\n"
        for guesses, wrong in enumerate(errors.wrong, 1)
    ]
    return f"{name}: {errors.images:,} images{without}\n{''.join(lines)}"
