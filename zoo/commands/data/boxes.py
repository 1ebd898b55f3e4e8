"""``zoo data boxes``: a sheet of pictures with the boxes around their things."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from zoo import arguments as line
from zoo.errors import UserError

USAGE = "zoo data boxes data=imagenet data.root=PATH [data.OPTION=VALUE] ... [-o FILE] [--split train|val]"
HELP = """\
usage: zoo data boxes data=imagenet data.root=PATH [data.OPTION=VALUE] ... [-o FILE] [--split train|val]

Draw pictures of a data set whole, with the boxes that its annotations have around things. ImageNet's lie in
data.root as ILSVRC2012_bbox_train_v2/ and ILSVRC2012_bbox_val_v3/ (what the archives of these names unpack
to), or as Kaggle has them.

  zoo data boxes data=imagenet data.root=path/to/imagenet
  zoo data boxes data=imagenet data.root=path/to/imagenet data.subtree=[dog] --split train -o dogs.pdf

  -o, --output FILE   where the sheet goes, as .png, .svg or .pdf; NAME-boxes.png without it
  --split SPLIT       whose pictures are on it: val (the default), or train
  --config-dir DIR    also look for configuration files there
  -h, --help          this text

augment.box_share=0.1 makes crops in training keep to the boxes.
"""


def run(arguments: Sequence[str]) -> int:
    """Draw the sheet."""
    options = _parser().parse_intermixed_args(list(arguments))
    if options.help:
        sys.stdout.write(HELP)
        return 0
    from zoo import box_sheet, config, sheet
    from zoo.boxes.boxed import Boxed
    from zoo.data import DATASETS

    chosen = config.request(options.overrides, folder=options.config_dir).configs()[0]
    path = options.output or Path(f"{chosen.data.name}-boxes.png")
    if path.suffix not in sheet.FORMATS:
        raise UserError(f"-o {path}: a file ending in {', '.join(sheet.FORMATS)} is expected")
    if not path.parent.is_dir():
        raise UserError(f"-o {path}: there is no folder {path.parent}")
    data = DATASETS.build(chosen.data).open()
    split = getattr(data, options.split)
    found = box_sheet.chosen(split) if isinstance(split.picture(0), Boxed) else []
    if not found:
        raise UserError(
            f"data={chosen.data.name}: its {options.split} images have no boxes; zoo data boxes --help says "
            "where they are to lie"
        )
    box_sheet.draw(split, found, data.classes, path)
    sys.stdout.write(f"{path}: {len(found)} pictures with their boxes\n")
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
    parser = line.parser("zoo data boxes", USAGE)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--split", choices=("train", "val"), default="val")
    return parser
