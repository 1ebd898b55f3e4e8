"""``zoo data show``: a data set's sizes, its classes and their balance, and a sheet of its pictures."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from zoo import arguments as line
from zoo.errors import UserError

USAGE = "zoo data [show] [data=NAME] [data.OPTION=VALUE] ... [-o FILE] [--split train|val]"
HELP = """\
usage: zoo data [show] [data=NAME] [data.OPTION=VALUE] ... [-o FILE] [--split train|val] [--config-dir DIR]

Show a data set: how many images there are of which class, of what size, and a sheet of pictures.

  zoo data                                               the digits
  zoo data data=cifar10
  zoo data data=imagefolder data.root=path/to/images -o images.svg

  -o, --output FILE   where the sheet goes, as .png, .svg or .pdf; NAME.png without it
  --split SPLIT       whose pictures are on it: train, or val for those of validation
  --config-dir DIR    also look for configuration files there
  -h, --help          this text

`zoo data --help` lists the data sets.
"""


def run(arguments: Sequence[str]) -> int:
    """Print what is in the data, and draw the sheet."""
    options = _parser().parse_intermixed_args(list(arguments))
    if options.help:
        sys.stdout.write(HELP)
        return 0
    from zoo import config, look, sheet
    from zoo.data import DATASETS

    chosen = config.request(options.overrides, folder=options.config_dir).configs()[0]
    path = options.output or Path(f"{chosen.data.name}.png")
    if path.suffix not in sheet.FORMATS:
        raise UserError(f"-o {path}: a file ending in {', '.join(sheet.FORMATS)} is expected")
    if not path.parent.is_dir():
        raise UserError(f"-o {path}: there is no folder {path.parent}")
    source = DATASETS.build(chosen.data)
    data = source.open()
    sys.stdout.write(look.describe(source, data))
    sys.stdout.flush()
    about = sheet.draw(data, data.train if options.split == "train" else data.val, path)
    sys.stdout.write(f"\n{path}: pictures, {about}\n")
    return 0


def complete(words: Sequence[str], start: str) -> Iterable[str]:
    """Data sets and their options."""
    from zoo import completion

    if words and words[-1] == "--split":
        return ["train", "val"]
    if words and words[-1] in {"-o", "--output", "--config-dir"}:
        return []  # a path, which the shell completes
    found = completion.overrides(words, start)
    return ["-o", "--split", "--config-dir", "--help", *(word for word in found if word.startswith("data"))]


def _parser() -> argparse.ArgumentParser:
    parser = line.parser("zoo data show", USAGE)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--split", choices=("train", "val"), default="train")
    return parser
