"""``zoo data tree``: the tree of synsets that the classes come from, with the numbers of images."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoo import arguments as line
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.synsets.hierarchy import Hierarchy

USAGE = "zoo data tree [data=NAME] [data.OPTION=VALUE] ... [synset=NAME] [--depth N] [--format text|json]"
HELP = """\
usage: zoo data tree [data=NAME] [data.OPTION=VALUE] ... [synset=NAME] [--depth N] [--all]
                     [--format text|json] [--synsets PATH] [--config-dir DIR]

Print the tree of WordNet below a synset. With data, only what has images, and how many: those of the synset
itself and those with all that is below it, training and validation together.

  zoo data tree synset=dog.n.01                                           WordNet's dogs
  zoo data tree data=imagenet data.root=path/to/imagenet synset=mammal --depth 2
  zoo data tree data=imagefolder data.root=path/to/folders/by/wnid --depth 20

A synset is named by its wnid (n02084071), a word (dog) or a word's sense (dog.n.01). One with several parents
is shown below the one nearest to the top, and below the others there is a line that says so.

  synset=NAME       where the tree begins; at its root without it
  --depth N         how many steps down it goes; 2 without it
  --all             with data, also synsets without images
  --format FORMAT   text or json
  --synsets PATH    the hierarchy: a folder with WordNet 3.0, meta.mat, or wordnet.is_a.txt;
                    without it, what lies with the data, or the WordNet of this machine
  --config-dir DIR  also look for configuration files there
  -h, --help        this text
"""
FIRST = "synset="


def run(arguments: Sequence[str]) -> int:
    """Print the tree."""
    options = _parser().parse_intermixed_args(list(arguments))
    if options.help:
        sys.stdout.write(HELP)
        return 0
    if options.depth < 0:
        raise UserError(f"--depth {options.depth}: must be at least 0")
    from zoo.synsets import counts, listing
    from zoo.synsets.asked import asked

    names = [word.removeprefix(FIRST) for word in options.overrides if word.startswith(FIRST)]
    overrides = [word for word in options.overrides if not word.startswith(FIRST)]
    found = asked(overrides, options.config_dir, options.synsets)
    top = _top(names, found.hierarchy, found.wnids)
    counted = None if found.data is None else counts.count(found.data, found.wnids)
    shown = found.hierarchy
    if counted is not None and not options.all:
        shown = counts.with_images(found.hierarchy, counted)
        if top not in shown:
            raise UserError(f"synset={top}: no images at or below it; --all shows it all the same")
    lost = [wnid for wnid in found.wnids if wnid not in found.hierarchy]
    if lost:
        line.complain(f"{len(lost):,} classes of the data, as {lost[0]}, are not in {found.hierarchy.place}")
    if options.format == "json":
        made = listing.plain(shown, top, options.depth, counted)
        sys.stdout.write(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(listing.text(shown, top, options.depth, counted))
    return 0


def complete(words: Sequence[str], start: str) -> Iterable[str]:
    """Data sets and their options."""
    from zoo import completion

    if words and words[-1] == "--format":
        return ["text", "json"]
    if words and words[-1] in {"--depth", "--synsets", "--config-dir"}:
        return []  # a number or a path
    found = (word for word in completion.overrides(words, start) if word.startswith("data"))
    own = ("--depth", "--all", "--format", "--synsets", "--config-dir", "--help")
    return [FIRST, *own, *found]


def _top(names: Sequence[str], hierarchy: "Hierarchy", wnids: Sequence[str]) -> str:
    from zoo.synsets.names import listing, resolve

    if len(names) > 1:
        raise UserError(f"synset={names[1]}: one synset is shown at a time")
    if names:
        return resolve(hierarchy, names[0], "synset", hierarchy.above(wnids))
    if len(hierarchy.roots) != 1:
        raise UserError(
            f"{hierarchy.place} has {len(hierarchy.roots):,} roots; synset=NAME says where to begin\n"
            f"{listing(hierarchy, hierarchy.roots)}"
        )
    return hierarchy.roots[0]


def _parser() -> argparse.ArgumentParser:
    parser = line.parser("zoo data tree", USAGE)
    parser.add_argument("--depth", type=int, default=2)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--synsets", type=Path)
    return parser
