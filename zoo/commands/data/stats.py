"""``zoo data stats``: a data set's images, categories, boxes and sizes, by subtree too, as table and plot."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from zoo import arguments as line
from zoo.errors import UserError

NAME = "zoo data stats"
USAGE = f"{NAME} [data=NAME] [data.OPTION=VALUE] ... [--by subtree|NAME,…] [-o FILE] [--json]"
HELP = f"""\
usage: {USAGE}

Count what is in a data set: images, categories, the mean and the spread of images per category, the share
with boxes, and the sizes of images. Sizes come from the headers of all files, which are read once, on all
cores; the next time they are known. Of data that is not in files here, some images are looked at.

  zoo data stats data=imagenet data.root=path/to/imagenet
  zoo data stats data=imagenet data.root=path/to/imagenet --by subtree
  zoo data stats data=imagefolder data.root=path/to/images --by dog,cat,vehicle -o stats.svg

  --by NAMES          also by subtree of WordNet: names or wnids with commas between; subtree alone stands for
                      those on ImageNet's own site, from amphibian to vehicle
  -o, --output FILE   where the plot goes, as .png, .svg or .pdf; NAME-stats.png without it
  --json              print JSON, and draw a plot only with -o
  --fresh             read the headers anew, after files were overwritten in place
  --workers N         processes that read headers; without it one for each core
  --config-dir DIR    also look for configuration files there
  -h, --help          this text
"""


def run(arguments: Sequence[str]) -> int:
    """Print the numbers, and draw them."""
    given = _parser().parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP)
        return 0
    from zoo import config
    from zoo.data import DATASETS
    from zoo.stats import facts, plot, subtrees, summary, table

    options = config.request(given.overrides, folder=given.config_dir).configs()[0].data
    path = _path(given, options.name, plot.FORMATS)
    source = DATASETS.build(options)
    classes = source.classes
    trees = subtrees.subtrees(given.by, classes, options) if given.by else []
    root = getattr(options, "root", None)
    found = facts.gather(source.open(), Path(root).expanduser() if root else None, given.fresh, given.workers)
    splits = {own.name: summary.summarize(own, len(classes)) for own in found}
    parts = [(tree, summary.summarize(found[0], len(classes), tree.classes)) for tree in trees]
    if given.json:
        made: dict[str, Any] = {"data": options.name, "categories": len(classes)}
        made |= {name: asdict(own) for name, own in splits.items()}
        made["subtrees"] = [{"name": tree.name, "wnid": tree.wnid, **asdict(own)} for tree, own in parts]
        sys.stdout.write(json.dumps(made, indent=1) + "\n")
    else:
        sys.stdout.write(table.text(options.name, len(classes), splits))
        if parts:
            sys.stdout.write("\n" + table.by_subtree(parts, found[0].name))
    if path is not None:
        total = sum(own.images for own in splits.values())
        title = f"{options.name}: {total:,} images, {len(classes):,} categories"
        plot.draw(title, found, _names(classes, options), parts, path)
        if not given.json:
            sys.stdout.write(f"\n{path}: the plot\n")
    return 0


def _names(classes: Sequence[str], options: Any) -> Sequence[str]:
    """What few classes are called: of wnids their words, where the hierarchy is at hand."""
    from zoo.stats import plot
    from zoo.synsets import find
    from zoo.synsets.hierarchy import wnids_of

    wnids = wnids_of(classes) if len(classes) <= plot.NAMED else None
    if wnids is None:
        return classes
    try:
        hierarchy = find.of_data(options, wnids)
    except UserError:  # there is none
        return classes
    return [hierarchy.name(wnid) if wnid in hierarchy else wnid for wnid in wnids]


def complete(words: Sequence[str], start: str) -> Iterable[str]:
    """Data sets and their options."""
    from zoo import completion

    if words and words[-1] == "--by":
        return ["subtree"]
    if words and words[-1] in {"-o", "--output", "--config-dir", "--workers"}:
        return []
    found = completion.overrides(words, start)
    own = ["--by", "-o", "--json", "--fresh", "--workers", "--config-dir", "--help"]
    return [*own, *(word for word in found if word.startswith("data"))]


def _path(given: argparse.Namespace, name: str, formats: Sequence[str]) -> Path | None:
    if given.workers is not None and given.workers < 1:
        raise UserError(f"--workers {given.workers}: at least 1 is needed")
    path: Path | None = given.output or (None if given.json else Path(f"{name}-stats.png"))
    if path is None:
        return None
    if path.suffix not in formats:
        raise UserError(f"-o {path}: a file ending in {', '.join(formats)} is expected")
    if not path.parent.is_dir():
        raise UserError(f"-o {path}: there is no folder {path.parent}")
    return path


def _parser() -> argparse.ArgumentParser:
    parser = line.parser(NAME, USAGE)
    parser.add_argument("--by")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--workers", type=int)
    return parser
