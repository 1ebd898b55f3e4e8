"""The table in GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from netcompiler.draw.options import Options
from netcompiler.draw.styles.table.cells import Cell, Item
from netcompiler.draw.styles.table.model import Table

_SPECIAL = re.compile(r"([\\`*|<>#~])")


def write(table: Table, options: Options) -> str:
    """The table; title above, caption and notes below."""
    title = [f"**{_text(options.title)}**", ""] if options.title else []
    below = [_text(options.caption)] if options.caption else []
    if options.legend and table.notes:
        below.append(" ".join(_text(note) for note in table.notes))
    return "\n".join([*title, *_lines(table), *(line for text in below for line in ("", text))]) + "\n"


def _lines(table: Table) -> Iterator[str]:
    named = table.named
    yield _row([*(["stage"] if named else []), "output size", *map(_text, table.nets)])
    yield "|" + " :-: |" * (len(table.nets) + 1 + named)
    for row in table.rows:
        cells = [_inline(cell) if row.inline else _stacked(cell) for cell in row.cells]
        yield _row([*([_text(row.name)] if named else []), row.size, *cells])
    for label, numbers in table.totals:
        yield _row([label, *([""] if named else []), *numbers])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _stacked(cell: Cell) -> str:
    return "<br>".join(_item(item) for item in (*cell.head, *cell.body))


def _inline(cell: Cell) -> str:
    return ", ".join(_item(item) for item in (*cell.head, *cell.body))


def _item(item: Item) -> str:
    """Brackets open on the first line and close on the last; bars stand before every line."""
    times = f" ×{item.times}" if item.times > 1 else ""
    lines = [_text(line) for line in item.lines]
    if item.fence == "bars":
        return "<br>".join(rf"\| {line}" for line in lines) + times
    text = "<br>".join(lines)
    return (f"[{text}]" if item.fence else text) + times


def _text(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
