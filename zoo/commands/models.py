"""``zoo models``: list the nets that are shipped: parameters, MACs, input and paper; search in them."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.catalog import Entry

USAGE = "zoo models [WORD] ... [--format text|json]"
HELP = """\
usage: zoo models [WORD] ... [--format text|json]

List the nets that are shipped, by paper. Each is a `model=` of `zoo train`, if it classifies images.

  zoo models                     all of them
  zoo models resnet              with this word in the name, the family, the paper's title, authors or year
  zoo models liu 2022            with all of these words
  zoo models 'regnet_y_*'        names of this pattern
  zoo models --format json       for programs, with exact numbers and all inputs and outputs

  --format FORMAT   text, or json
  -h, --help        this text

Parameters are the learned numbers, MACs the multiplications of one sample at the input size shown.
`netc show FILE:NET` has the layers of one.
"""
OTHER = "*"
NOT_TRAINED = "gives no class of an image: for netc and netcompiler.load, not for zoo train"


def run(arguments: Sequence[str]) -> int:
    """Print the nets that match."""
    options = _parser().parse_intermixed_args(list(arguments))
    if options.help:
        sys.stdout.write(HELP)
        return 0
    from zoo import catalog
    from zoo.suggest import suggest

    all_nets = catalog.entries()
    nets = catalog.matching(all_nets, options.words)
    if not nets:
        close = suggest(options.words[0], {word for net in all_nets for word in (net.name, net.family)})
        help = f"did you mean {close}?" if close else "`zoo models` lists all"
        raise UserError(f"no net matches {' '.join(options.words)}; {help}")
    sys.stdout.write(_json(nets) if options.format == "json" else _text(nets))
    return 0


def complete(words: Sequence[str], start: str) -> Iterable[str]:  # noqa: ARG001
    """Nets, families and options."""
    from zoo import catalog

    if words and words[-1] == "--format":
        return ["text", "json"]
    nets = catalog.entries()
    return [*(net.name for net in nets), *sorted({net.family for net in nets}), "--format", "--help"]


def number(value: int) -> str:
    """A large number in four digits: ``25.56 M``, ``4.089 G``."""
    rounded = round(float(f"{value:.3e}"))
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if rounded >= size:
            return f"{rounded / size:.{max(0, 4 - len(str(rounded // size)))}f} {unit}"
    return str(value)


def by(shape: Sequence[int]) -> str:
    """A shape as ``3×224×224``."""
    return "×".join(map(str, shape))


def _text(nets: Sequence["Entry"]) -> str:
    rows = [
        (
            f"{net.name}{'' if net.classifies else OTHER}",
            number(net.parameters),
            number(net.macs),
            " ".join(map(by, net.inputs.values())),
        )
        for net in nets
    ]
    head = ("net", "parameters", "MACs", "input")
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(3)]

    def line(row: tuple[str, ...]) -> str:
        name, parameters, macs, shape = row
        return f"  {name:<{widths[0]}}  {parameters:>{widths[1]}}  {macs:>{widths[2]}}  {shape}"

    lines = [line(head)]
    pairs = zip(nets, rows, strict=True)
    for title, group in groupby(pairs, key=lambda pair: str(pair[0].paper or pair[0].family)):
        lines += ["", title, *(line(row) for _, row in group)]
    count = f"{len(nets)} nets" if len(nets) > 1 else "1 net"
    notes = [] if all(net.classifies for net in nets) else [f"{OTHER} {NOT_TRAINED}"]
    return "\n".join([*lines, "", count, *notes]) + "\n"


def _json(nets: Sequence["Entry"]) -> str:
    return json.dumps([net.plain() for net in nets], indent=2, ensure_ascii=False) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("zoo models", add_help=False, allow_abbrev=False)
    parser.usage = f"{USAGE}   (zoo models --help says more)"
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("-h", "--help", action="store_true")
    return parser
