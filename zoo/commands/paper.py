"""``zoo paper``: published numbers, the commands that reproduce them, and what was measured here."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo import arguments as line
from zoo.errors import UserError
from zoo.options import option
from zoo.settings import table, take, unknown, words

if TYPE_CHECKING:
    from zoo.papers.measured import Measured
    from zoo.papers.table import Paper, Row

NAME = "zoo paper"
USAGE = f"{NAME} NAME [OPTION=VALUE] ... [--format text|json]"
HELP = f"""\
usage: {USAGE}

List the numbers that a paper published, each with the command lines that reproduce it, its protocol and how
far it is here. A row is "run here" when runs=… holds a finished run with exactly its options (seed and place
of the data aside) and the file of what zoo evaluate found by its protocol; then published and measured errors
stand side by side.

  zoo paper resnet
  zoo paper alexnet imagenet=/data/imagenet          command lines with your folder in them
  zoo paper resnet runs=runs --format json

Papers: {{papers}}

  --format FORMAT     text (the default) or json
  -h, --help          this text

Options (OPTION=VALUE), with type, default and meaning:

"""


@dataclass(frozen=True)
class PaperOptions:
    """Options of this command."""

    runs: str = option("runs", "the folder of runs to look into")
    imagenet: str | None = option(None, "the folder of ImageNet, for the command lines")
    cifar10: str | None = option(None, "the folder of CIFAR-10, for the command lines; null fetches it")


def run(arguments: Sequence[str]) -> int:
    """List a paper's numbers."""
    from zoo.papers.table import find, names

    parser = line.parser(NAME, USAGE)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    given = parser.parse_intermixed_args(list(arguments))
    if given.help:
        sys.stdout.write(HELP.format(papers=", ".join(names())) + table(PaperOptions))
        return 0
    options, rest = take(PaperOptions, given.overrides)
    for word in rest:
        if "=" in word:
            raise unknown(PaperOptions, word, NAME)
    if len(rest) != 1:
        raise UserError(f"one paper is expected, of {', '.join(names())}")
    _show(find(rest[0]), options, as_json=given.format == "json")
    return 0


def complete(before: Sequence[str], start: str) -> Iterable[str]:
    """Papers and options."""
    from zoo.papers.table import names

    if before and before[-1] == "--format":
        return ["text", "json"]
    return [*names(), "--format", "--help", *words(PaperOptions, start)]


def _show(paper: "Paper", options: PaperOptions, *, as_json: bool) -> None:
    from zoo.papers.measured import measured, runs

    places = {"imagenet": options.imagenet, "cifar10": options.cifar10}
    roots = {name: path for name, path in places.items() if path is not None}
    for name, path in roots.items():
        if not Path(path).expanduser().exists():
            raise UserError(f"{name}={path}: no such folder")
    folder = Path(options.runs).expanduser()
    if not folder.is_dir() and (folder.exists() or options.runs != PaperOptions().runs):
        raise UserError(f"runs={options.runs}: {'not a folder' if folder.exists() else 'no such folder'}")
    known = runs(folder)
    rows = [(row, measured(row, folder, known, roots)) for row in paper.rows]
    if as_json:
        listed = [
            {**asdict(row), "commands": row.lines(options.runs, roots), "measured": asdict(found)}
            for row, found in rows
        ]
        values = {"paper": paper.name, "title": paper.title, "source": paper.source, "rows": listed}
        sys.stdout.write(json.dumps(values, indent=2, ensure_ascii=False) + "\n")
        return
    sys.stdout.writelines(f"{text}\n" for text in _text(paper, rows))
    sys.stdout.writelines(f"{text}\n" for text in _commands(rows, options.runs, roots))


def _text(paper: "Paper", rows: "Sequence[tuple[Row, Measured]]") -> Iterator[str]:
    """The table: published and measured errors in percent, side by side."""
    yield f"{paper.title} ({paper.source})"
    yield "Errors in percent, top-1 / top-5"
    yield ""
    cells = [("", "", "protocol", "published", "measured", "status")]
    for row, found in rows:
        protocol = " ".join(row.protocol).removeprefix("protocol=")
        errors = _pair(row.top1, row.top5), _pair(found.top1, found.top5)
        cells.append((row.table, row.what, protocol, *errors, found.status))
    widths = [max(len(each[column]) for each in cells) for column in range(len(cells[0]) - 1)]
    for each in cells:
        parts = [text.ljust(width) for text, width in zip(each, widths, strict=False)]
        yield "  ".join([*parts, each[-1]]).rstrip()
    if paper.left_out:
        yield f"\nNot listed: {paper.left_out}"


def _commands(rows: "Sequence[tuple[Row, Measured]]", runs: str, roots: dict[str, str]) -> Iterator[str]:
    """The command lines of each row that can be run."""
    for row, _ in rows:
        lines = row.lines(runs, roots)
        if lines:
            yield f"\n# {row.what}, {row.table}: {_pair(row.top1, row.top5)}"
            yield from lines


def _pair(top1: float | None, top5: float | None) -> str:
    if top1 is None and top5 is None:
        return "–"
    return " / ".join("–" if error is None else f"{error:.2f}" for error in (top1, top5))
