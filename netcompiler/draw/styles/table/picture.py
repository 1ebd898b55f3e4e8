"""The table as a picture, ruled as the ResNet paper's Table 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from netcompiler.draw.breaking import broken
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout.measure import LEADING
from netcompiler.draw.options import Options
from netcompiler.draw.page import dress, margin_of, wrap
from netcompiler.draw.picture import Line, Picture, Shape, Span, Text
from netcompiler.draw.smallprint import legible
from netcompiler.draw.styles.table import grid
from netcompiler.draw.styles.table.cells import Item
from netcompiler.draw.styles.table.layout import Area, areas, first_net
from netcompiler.draw.styles.table.model import Table
from netcompiler.draw.theme import Theme

_PADS = (9.0, 4.0)
"""Left and right of what stands in a cell: where there is room, and where there is little."""

_GAP = 4.0
"""Above and below it, and between items."""

_TICK = 2.6
"""How far the ends of a bracket reach."""

_AIR = 3.0
"""Between a bracket and what it holds."""

_HEAVY, _LIGHT, _FENCE = 1.3, 0.55, 0.9
"""Widths of rules and brackets, in that of the theme's outlines."""

_NARROW = 70.0
"""Names are broken into lines no wider than this or than what else stands in the column."""


def picture(table: Table, options: Options, title: str) -> Picture:
    """The table with everything around it."""
    margins = 2 * margin_of(options)
    pads = [pad * options.theme.space for pad in _PADS]
    setters = (_Setter(table, options.theme, pad) for pad in pads)
    fitting = (setter for setter in setters if setter.width + margins <= options.room)
    setter = next(fitting, None) or _Setter(table, options.theme, pads[-1])
    theme = legible(options.theme, options.room / (setter.width + margins))
    body = setter.picture(table.notes if options.legend else (), theme)
    return dress(body, (), replace(options, theme=theme), title=title, facts="")


class _Setter:
    """Sets a table.

    Attributes:
        width: how wide it is, in points.
    """

    def __init__(self, table: Table, theme: Theme, pad: float) -> None:
        self._theme = theme
        self._pad = pad
        self._name = table.nets[0]
        self._leading = theme.size * LEADING
        found = areas(table)
        first = first_net(table)
        below = self._widths([area for area in found if not area.name])
        self._areas = [self._broken(area, below) if area.name else area for area in found]
        widths = grid.evened(self._widths(self._areas), first)
        self._xs = [0.0, *accumulate(widths)]
        self.width = self._xs[-1]
        needs = [(area.top, area.bottom, self._height(area)) for area in self._areas]
        self._ys = [0.0, *accumulate(grid.extents(needs, 1 + max(area.bottom for area in found)))]

    def picture(self, notes: Sequence[str], theme: Theme) -> Picture:
        """The table, and notes in small print below it."""
        small = [line for note in notes for line in wrap(note, self.width, theme)]
        step = (theme.small + 1) * 1.45
        height = self._ys[-1] + (6 + step * len(small) if small else 0.0)
        body = Picture(self._name, self.width, height, theme.paper)
        for area in self._areas:
            self._rule(body, area)
            self._set(body, area)
        for y in (0.0, self._ys[1], self._ys[-1]):
            body.shapes.append(self._line([(0.0, y), (self.width, y)], _HEAVY))
        for index, line in enumerate(small):
            body.texts.append(Text(line, 0.0, self._ys[-1] + 6 + step * (index + 0.5)))
        return body

    def _widths(self, found: Sequence[Area]) -> list[float]:
        columns = 1 + max(area.right for area in found)
        return grid.extents([(area.left, area.right, self._need(area)) for area in found], columns)

    def _need(self, area: Area) -> float:
        """How wide an area must be. Items in one line are broken between them where that helps."""
        widest = max((self._item_width(item, area.bold) for item in area.items), default=0.0)
        return widest + 2 * self._pad

    def _broken(self, area: Area, below: Sequence[float]) -> Area:
        """An area with its names in lines no wider than what else stands in the column."""
        most = max(below[area.left] - 2 * self._pad, _NARROW * self._theme.space)
        lines = [
            line
            for item in area.items
            for name in item.lines
            for line in broken(name, most, lambda text: line_width(self._span(text, bold=area.bold)))
        ]
        return replace(area, items=(Item(tuple(lines)),) if lines else ())

    def _span(self, text: str, *, bold: bool = False) -> Line:
        return (Span(text, self._theme.size, self._theme.ink, bold),)

    def _item_width(self, item: Item, bold: bool) -> float:
        width = max(line_width(self._span(line, bold=bold)) for line in item.lines)
        width += 2 * (_AIR + _TICK) if item.fence else 0.0
        return width + self._times_width(item)

    def _times(self, item: Item) -> Line:
        return self._span(f"×{item.times}")

    def _times_width(self, item: Item) -> float:
        return _AIR + line_width(self._times(item)) if item.times > 1 else 0.0

    def _lines(self, area: Area) -> tuple[Item, ...]:
        """What stands in an area, one below the other; items in a line are wrapped to its width."""
        if not area.inline:
            return area.items
        room = self._xs[area.right + 1] - self._xs[area.left] - 2 * self._pad
        lines: list[str] = []
        for index, item in enumerate(area.items):
            text = item.lines[0] + (f" ×{item.times}" if item.times > 1 else "")
            text += "," if index + 1 < len(area.items) else ""
            longer = f"{lines[-1]} {text}" if lines else text
            if lines and line_width(self._span(longer)) <= room:
                lines[-1] = longer
            else:
                lines.append(text)
        return (Item(tuple(lines)),)

    def _height(self, area: Area) -> float:
        items = self._lines(area)
        return sum(self._leading * len(item.lines) + _GAP for item in items) + _GAP

    def _rule(self, body: Picture, area: Area) -> None:
        left, right = self._xs[area.left], self._xs[area.right + 1]
        top, bottom = self._ys[area.top], self._ys[area.bottom + 1]
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        fill = self._theme.blocks[0].fill if area.bold else None
        body.shapes.append(Shape(corners, fill, self._theme.quiet, _LIGHT * self._theme.outline))

    def _set(self, body: Picture, area: Area) -> None:
        x = (self._xs[area.left] + self._xs[area.right + 1]) / 2
        middle = (self._ys[area.top] + self._ys[area.bottom + 1]) / 2
        y = middle - self._height(area) / 2 + _GAP
        for item in self._lines(area):
            self._put(body, item, x, y, area.bold)
            y += self._leading * len(item.lines) + _GAP

    def _put(self, body: Picture, item: Item, x: float, y: float, bold: bool) -> None:
        """Add an item, its middle at x and its top at y."""
        height = self._leading * len(item.lines)
        left = x - self._item_width(item, bold) / 2
        right = left + self._item_width(item, bold) - self._times_width(item)
        if item.times > 1:
            body.texts.append(Text(self._times(item), right + _AIR, y + height / 2))
        for index, line in enumerate(item.lines):
            middle = (left + right) / 2
            at = y + self._leading * (index + 0.5)
            body.texts.append(Text(self._span(line, bold=bold), middle, at, "middle"))
        if item.fence:
            tick = _TICK if item.fence == "brackets" else 0.0
            body.shapes += self._fence(left, right, y, y + height, tick)

    def _fence(self, left: float, right: float, top: float, bottom: float, tick: float) -> Iterator[Shape]:
        for x, inside in ((left + _TICK - tick, tick), (right - _TICK + tick, -tick)):
            points = [(x + inside, top), (x, top), (x, bottom), (x + inside, bottom)]
            yield self._line(points if tick else points[1:3], _FENCE, self._theme.ink)

    def _line(self, points: Sequence[tuple[float, float]], width: float, color: str | None = None) -> Shape:
        color = color or self._theme.quiet
        return Shape(tuple(points), None, color, width * self._theme.outline, closed=False)
