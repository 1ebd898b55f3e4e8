"""Which cells a table has, and which columns and lines of its grid they take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from netcompiler.draw.styles.table.cells import Cell, Item
from netcompiler.draw.styles.table.model import Table, TableRow


@dataclass(frozen=True, eq=False)
class Area:
    """A cell: columns and lines that it takes, the last ones included, and what stands in it.

    Attributes:
        inline: True where the items stand in one line, as far as the width goes.
        bold: True in the head.
        name: True for names, which are broken into several lines where they are long.
    """

    left: int
    right: int
    top: int
    bottom: int
    items: tuple[Item, ...]
    inline: bool = False
    bold: bool = False
    name: bool = False


def first_net(table: Table) -> int:
    """The column of the first net, after those of names and sizes."""
    return 2 if table.named else 1


def areas(table: Table) -> list[Area]:
    """All cells, line by line; equal ones of nets side by side are one."""
    first = first_net(table)
    found = [Area(0, 0, 0, 0, _text("stage"), bold=True, name=True)] if first > 1 else []
    found.append(Area(first - 1, first - 1, 0, 0, _text("output size"), bold=True, name=True))
    found += [
        Area(first + i, first + i, 0, 0, _text(name), bold=True, name=True)
        for i, name in enumerate(table.nets)
    ]
    line = 1
    for row in table.rows:
        bottom = line + is_split(row)
        if first > 1:
            found.append(Area(0, 0, line, bottom, _text(*row.name.split(" / ")), name=True))
        found.append(Area(first - 1, first - 1, line, bottom, _text(row.size)))
        found += _of_row(row, first, line)
        line = bottom + 1
    for label, numbers in table.totals:
        found.append(Area(0, first - 1, line, line, _text(label)))
        found += [Area(first + i, first + i, line, line, _text(one)) for i, one in enumerate(numbers)]
        line += 1
    return found


def is_split(row: TableRow) -> bool:
    """True where a net starts a stage with a pool, which has a line of its own above the rest."""
    return not row.inline and any(cell.head and cell.body for cell in row.cells)


def runs(cells: Sequence[object]) -> Iterator[tuple[int, int]]:
    """First and last places of equal things side by side."""
    at = 0
    for _, same in groupby(cells):
        length = len(list(same))
        yield at, at + length - 1
        at += length


def alike(cells: Sequence[tuple[Item, ...]]) -> Iterator[tuple[int, int]]:
    """First and last places of cells that are one: equal ones side by side, unless empty or with blocks."""
    for left, right in runs(cells):
        if cells[left] and not any(item.fence for item in cells[left]):
            yield left, right
        else:
            yield from ((at, at) for at in range(left, right + 1))


def _of_row(row: TableRow, first: int, line: int) -> Iterator[Area]:
    """The nets' cells of a row. What has a pool alone, or none, takes both lines of a row that has two."""
    split = is_split(row)
    for left, right in runs([_kind(cell) for cell in row.cells]):
        cells = row.cells[left : right + 1]
        if split and cells[0].head and cells[0].body:
            yield from _merged([cell.head for cell in cells], first + left, line, line)
            yield from _merged([cell.body for cell in cells], first + left, line + 1, line + 1)
        else:
            whole = [cell.head + cell.body for cell in cells]
            yield from _merged(whole, first + left, line, line + split, row.inline)


def _kind(cell: Cell) -> bool:
    return bool(cell.head and cell.body)


def _merged(
    cells: Sequence[tuple[Item, ...]], first: int, top: int, bottom: int, inline: bool = False
) -> Iterator[Area]:
    for left, right in alike(cells):
        yield Area(first + left, first + right, top, bottom, cells[left], inline)


def _text(*lines: str) -> tuple[Item, ...]:
    return (Item(lines),) if any(lines) else ()
