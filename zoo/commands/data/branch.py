"""``zoo data branch``: draw the way down the tree to a synset, with nine images of each step."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from zoo import arguments as line
from zoo.errors import UserError

USAGE = "zoo data branch NAME ... data=NAME [data.OPTION=VALUE] ... [-o FILE] [--from NAME]"
HELP = """\
usage: zoo data branch NAME ... data=NAME [data.OPTION=VALUE] ... [-o FILE] [--from NAME]
                       [--split train|val] [--seed N] [--synsets PATH] [--config-dir DIR]

Draw branches of the tree of WordNet, from the general to the special, with nine images of the data for each
synset, as wide as a page: the picture that ImageNet was presented with.

  zoo data branch husky trimaran data=imagenet data.root=path/to/imagenet -o branch.pdf
  zoo data branch husky data=imagenet data.root=path/to/imagenet --from entity

A synset is named by its wnid (n02109961), a word (husky) or a word's sense (husky.n.01).

  -o, --output FILE   where it goes, as .png, .svg or .pdf; branch.png without it
  --from NAME         where branches begin; without it, at the nearest of ImageNet's first twelve subtrees
                      (mammal, bird, fish, reptile, amphibian, vehicle, furniture, musical instrument,
                      geological formation, tool, flower, fruit), or at the root
  --split SPLIT       whose images they are: train, or val for those of validation
  --seed N            which images are drawn; 0 without it
  --synsets PATH      the hierarchy: a folder with WordNet 3.0, meta.mat, or wordnet.is_a.txt;
                      without it, what lies with the data, or the WordNet of this machine
  --config-dir DIR    also look for configuration files there
  -h, --help          this text
"""


def run(arguments: Sequence[str]) -> int:
    """Draw the picture."""
    options = _parser().parse_intermixed_args(list(arguments))
    if options.help:
        sys.stdout.write(HELP)
        return 0
    names = [word for word in options.overrides if "=" not in word]
    overrides = [word for word in options.overrides if "=" in word]
    _check(options, names, overrides)
    from zoo.synsets import branch_sheet, branches
    from zoo.synsets.asked import asked
    from zoo.synsets.names import resolve

    found = asked(overrides, options.config_dir, options.synsets)
    assert found.data is not None
    hierarchy, known = found.hierarchy, found.hierarchy.above(found.wnids)
    top = None if options.top is None else resolve(hierarchy, options.top, "--from", known)
    ends = {resolve(hierarchy, name, "synset", known): name for name in names}
    ways = [branches.branch(hierarchy, wnid, top) for wnid in ends]

    def called(wnid: str) -> str:
        return hierarchy.name(wnid, ends.get(wnid, ""))

    split = found.data.train if options.split == "train" else found.data.val
    sampler = branches.Sampler(hierarchy, split, found.wnids, options.seed)
    branch_sheet.draw(ways, called, split, sampler, options.output)
    for way in ways:
        sys.stdout.write(" → ".join(map(called, way)) + "\n")
    sys.stdout.write(f"{options.output}\n")
    return 0


def complete(words: Sequence[str], start: str) -> Iterable[str]:
    """Data sets and their options."""
    from zoo import completion

    if words and words[-1] == "--split":
        return ["train", "val"]
    if words and words[-1] in {"-o", "--output", "--from", "--seed", "--synsets", "--config-dir"}:
        return []  # a path, a name or a number
    found = (word for word in completion.overrides(words, start) if word.startswith("data"))
    return ["-o", "--from", "--split", "--seed", "--synsets", "--config-dir", "--help", *found]


def _check(options: argparse.Namespace, names: Sequence[str], overrides: Sequence[str]) -> None:
    from zoo import sheet

    path: Path = options.output
    if not names:
        raise UserError("zoo data branch needs a synset: zoo data branch husky data=imagenet data.root=…")
    if not overrides:
        raise UserError(
            "zoo data branch draws images of a data set: data=imagenet data.root=path/to/imagenet"
        )
    if path.suffix not in sheet.FORMATS:
        raise UserError(f"-o {path}: a file ending in {', '.join(sheet.FORMATS)} is expected")
    if not path.parent.is_dir():
        raise UserError(f"-o {path}: there is no folder {path.parent}")
    if options.seed < 0:
        raise UserError(f"--seed {options.seed}: must be at least 0")


def _parser() -> argparse.ArgumentParser:
    parser = line.parser("zoo data branch", USAGE)
    parser.add_argument("-o", "--output", type=Path, default=Path("branch.png"))
    parser.add_argument("--from", dest="top")
    parser.add_argument("--split", choices=("train", "val"), default="train")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--synsets", type=Path)
    return parser
