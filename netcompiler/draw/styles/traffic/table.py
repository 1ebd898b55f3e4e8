"""What each group has to compute, to hold and to send, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netcompiler.cost import memory, totals, transfers
from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.page import wrap
from netcompiler.draw.picture import Line, Picture, Shape, Span, Text
from netcompiler.draw.styles.traffic.brush import stretch_paint
from netcompiler.draw.styles.traffic.texts import cut
from netcompiler.draw.theme import Paint, Theme
from netcompiler.graph import Graph

_NOTE = (
    "All numbers are for one sample and its forward pass, sizes in single precision. Memory of activations: "
    "the outputs of all layers of a group."
)
"""What the numbers of the table mean."""

_MEASURES = (
    ("", "parameters"),
    ("", "MACs"),
    ("memory of", "parameters"),
    ("memory of", "activations"),
    ("sent to", "others"),
    ("received", "from others"),
)

_ROW = 1.7
"""The height of a row, in the size of its text."""

_LINE = 1.25
"""The height of a further line in it."""

_BETWEEN = 12.0
"""Between columns, for text of 9.5 points."""

_SWATCH = 8.0
"""A group's colour; as far from its name as half of it."""


@dataclass(frozen=True)
class _Cell:
    """Lines of text, and a group's colours before them."""

    lines: tuple[str, ...]
    bold: bool = False
    paint: Paint | None = None


def measures(graph: Graph) -> list[tuple[str, ...]]:
    """For each group, then for all: its name and the numbers in the order of the table."""
    moved = transfers(graph)
    found = []
    for group in (*graph.groups, None):
        inside = [x for x in graph.layers() if x.group is not None and group in {x.group, None}]
        sums, held = totals(inside), memory(inside)
        sent = sum(t.bytes for t in moved if group in {t.source, None})
        received = sum(t.bytes for t in moved if group in {t.target, None})
        numbers = (words.count(sums.parameters), words.count(sums.macs))
        sizes = (words.size(size) for size in (held.parameters, held.activations, sent, received))
        found.append((group or "all", *numbers, *sizes))
    return found


def table(graph: Graph, theme: Theme, room: float) -> Picture:
    """The table, with a group in each row; where there is no room for that, in each column if that helps."""
    head = [_Cell(("",)), *(_Cell(lines) for lines in _MEASURES)]
    body = []
    for index, (name, *numbers) in enumerate(measures(graph)):
        total = index == len(graph.groups)
        paint = Paint(theme.paper, theme.paper) if total else theme.lane(index)
        first = _Cell((cut(name),), bold=True, paint=paint)
        body.append([first, *(_Cell((number,), bold=total) for number in numbers)])
    found = _painted([head, *body], theme, total=len(body))
    if found.width <= room:
        return found
    flat = [_Cell((" ".join(cell.lines).strip(),)) for cell in head]
    turned = _painted([list(row) for row in zip(flat, *body, strict=True)], theme, total=None)
    return min(found, turned, key=lambda picture: picture.width)


def note(width: float, theme: Theme) -> list[Line]:
    """What the numbers of the table mean, in lines no wider than this."""
    lines = wrap(_NOTE, width, theme)
    return [tuple(replace(span, size=theme.small, color=theme.quiet) for span in line) for line in lines]


def _painted(rows: Sequence[Sequence[_Cell]], theme: Theme, *, total: int | None) -> Picture:
    """Rows one below the other; the cells of the first column start at its left, others end at the right."""
    between = _BETWEEN * theme.space
    columns = list(zip(*rows, strict=True))
    widths = [max(_width(cell, theme) for cell in column) for column in columns]
    heights = [(_ROW + _LINE * (max(len(c.lines) for c in row) - 1)) * _size(theme) for row in rows]
    picture = Picture("", sum(widths) + between * (len(widths) - 1), sum(heights), theme.paper)
    y = 0.0
    for index, (row, height) in enumerate(zip(rows, heights, strict=True)):
        if index in {0, 1, total}:
            _rule(picture, y, theme, heavy=index == 0)
        left = 0.0
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            _cell(picture, cell, (left, width if place else 0.0), y + height, theme)
            left += width + between
        y += height
    _rule(picture, y, theme, heavy=True)
    return picture


def _cell(picture: Picture, cell: _Cell, span: tuple[float, float], bottom: float, theme: Theme) -> None:
    """A cell's text above a line, at the left of a column or (of a width) at its right."""
    left, width = span
    size = _size(theme)
    y = bottom - _ROW * size / 2
    text_left = left
    if cell.paint is not None:
        half = _SWATCH * theme.space / 2
        start = left if not width else left + width - _width(cell, theme)
        text_left = start + 3 * half
        corners = (
            (start, y - half),
            (start + 2 * half, y - half),
            (start + 2 * half, y + half),
            (start, y + half),
        )
        paint = stretch_paint(cell.paint)
        picture.shapes.append(Shape(corners, paint.fill, paint.line))
    for line in reversed(cell.lines):
        text = _text(line, theme, bold=cell.bold)
        if line:
            picture.texts.append(Text(text, left + width, y, "end") if width else Text(text, text_left, y))
        y -= _LINE * size


def _width(cell: _Cell, theme: Theme) -> float:
    text = max(line_width(_text(line, theme, bold=cell.bold)) for line in cell.lines)
    return text + (1.5 * _SWATCH * theme.space if cell.paint else 0.0)


def _text(text: str, theme: Theme, *, bold: bool) -> Line:
    return (Span(text, _size(theme), theme.ink, bold=bold),)


def _size(theme: Theme) -> float:
    return theme.small + 0.5


def _rule(picture: Picture, y: float, theme: Theme, *, heavy: bool) -> None:
    width = theme.outline if heavy else theme.outline / 2
    picture.shapes.append(Shape(((0.0, y), (picture.width, y)), None, theme.quiet, width=width, closed=False))
