"""Columns side by side, in rows of one output size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from netcompiler.draw import words
from netcompiler.draw.align import Row, aligned
from netcompiler.draw.breaking import broken
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout.measure import LEADING
from netcompiler.draw.page import facts
from netcompiler.draw.picture import Line, Picture, Shape, Span, Text
from netcompiler.draw.stages import Stage, Stages
from netcompiler.draw.styles.paper.column import Column
from netcompiler.draw.styles.paper.items import Box, Item, items
from netcompiler.draw.styles.paper.paint import Painter
from netcompiler.draw.styles.paper.spaces import spaces
from netcompiler.draw.theme import Theme

_HEAD = 110.0
"""A net's name is broken into lines no wider than this."""

_NAME = 70.0
"""A stage's name, likewise."""

_ALIKE = 1.5
"""Boxes whose widths differ by no more than this factor from net to net are made equal."""

_INSET = 6.0
"""Between the ends of a row's band and what stands in it."""


@dataclass(frozen=True)
class Look:
    """How columns are set.

    Attributes:
        fold: True to show what repeats once.
        tight: how large distances are, 1 where there is room.
        costs: True for parameters and MACs in every box.
        between: the distance between columns.
    """

    fold: bool
    tight: float
    costs: bool
    between: float = 20.0


class Sheet:
    """Nets in columns.

    Attributes:
        columns: one for each net.
        shown: row by row, the items of each net.
    """

    def __init__(self, nets: Sequence[Stages], look: Look, theme: Theme) -> None:
        self._nets = nets
        self._theme = theme
        self._look = look
        self._spaces = spaces(theme, look.tight)
        self.columns = [Column(theme, self._spaces, costs=look.costs) for _ in nets]
        self._rows: list[Row] = []
        self.shown: list[list[list[Item]]] = []
        for row in aligned(nets):
            inside = [_items(net, stage, look) for net, stage in zip(nets, row.stages, strict=True)]
            # Without any, values are only turned or flattened here.
            if any(inside):
                self._rows.append(row)
                self.shown.append(inside)
        self._heads = [self._head(net) for net in nets]
        self._tops = self._fill()
        widths = _evened([column.width for column in self.columns])
        self._painters = [
            Painter(column, net.skips, number, theme, self._spaces, widths[number])
            for number, (column, net) in enumerate(zip(self.columns, nets, strict=True))
        ]

    def _fill(self) -> list[float]:
        """Put everything into the columns; gives the tops of the rows, and the bottom of the last."""
        y = max(sum(map(_height, head)) for head in self._heads)
        ends = []
        for column, net in zip(self.columns, self._nets, strict=True):
            leaf = net.inputs[0].leaf
            box = Box(net.inputs, f"{leaf.title}, {words.shape(leaf.shape)}", "", "input")
            ends.append(column.put([box], y, self._spaces.row))
        tops = [max(ends) + self._spaces.row]
        for row, inside in zip(self._rows, self.shown, strict=True):
            room = max(c.head_room(one) for c, one in zip(self.columns, inside, strict=True))
            ends = [c.put(one, tops[-1], room) for c, one in zip(self.columns, inside, strict=True) if one]
            ends.append(tops[-1] + self._spaces.row + sum(map(_height, self._label(row))))
            tops.append(max(ends) + self._spaces.row)
        for column, net in zip(self.columns, self._nets, strict=True):
            column.stand_in([*net.inputs, *net.steps()])
        return tops

    def picture(self) -> Picture:
        """Everything at its place, without margins."""
        theme = self._theme
        above: Line = (Span("output size", theme.small, theme.quiet),)
        labels = [self._label(row) for row in self._rows]
        every = [above, *(line for label in labels for line in label)]
        x = max(map(line_width, every)) + 2 * _INSET
        between = self._look.between * theme.space
        middles = []
        for painter, head in zip(self._painters, self._heads, strict=True):
            half = max(line_width(line) for line in head) / 2
            x += between / 2 + max(painter.left, half)
            middles.append(x)
            x += between / 2 + max(painter.right, half)
        body = Picture(self._nets[0].graph.name, x, self._tops[-1], theme.paper)
        self._bands(body, labels)
        body.texts.append(Text(above, _INSET, self._tops[0] - _height(above)))
        for painter, middle, head in zip(self._painters, middles, self._heads, strict=True):
            painter.paint(body, middle)
            _stack(body, head, middle, 0.0, "middle")
        return body

    def _bands(self, body: Picture, labels: Sequence[Sequence[Line]]) -> None:
        paint = self._theme.blocks[0]
        for index, label in enumerate(labels):
            top, bottom = self._tops[index], self._tops[index + 1]
            if index % 2 == 0:
                corners = ((0.0, top), (body.width, top), (body.width, bottom), (0.0, bottom))
                body.shapes.append(Shape(corners, paint.fill, None))
            _stack(body, label, _INSET, top + self._spaces.row, "start")
        for y in self._tops:
            ends = ((0.0, y), (body.width, y))
            body.shapes.append(Shape(ends, None, paint.line, 0.5 * self._theme.outline, closed=False))

    def _label(self, row: Row) -> list[Line]:
        """The size, and what the nets call the stage if they agree."""
        theme = self._theme
        ranks = [len(stage.size) for net in self._nets for stage in net.stages]
        size = row.size or (1,) * max([1, *ranks])
        label: list[Line] = [(Span(words.shape(size), theme.size, theme.ink, bold=True),)]
        if len(row.names) == 1:

            def small(text: str) -> Line:
                return (Span(text, theme.small, theme.quiet),)

            most = _NAME * theme.space
            label += map(small, broken(row.names[0], most, lambda text: line_width(small(text))))
        return label

    def _head(self, net: Stages) -> list[Line]:
        """A net's name and what it costs."""
        theme = self._theme

        def bold(text: str) -> Line:
            return (Span(text, theme.heading, theme.ink, bold=True),)

        name = broken(net.graph.name, _HEAD * theme.space, lambda text: line_width(bold(text)))
        costs = facts(net.graph).split(" · ")
        return [*map(bold, name), *((Span(cost, theme.small, theme.quiet),) for cost in costs)]


def _height(line: Line) -> float:
    return line[0].size * LEADING


def _stack(
    body: Picture, lines: Sequence[Line], x: float, y: float, anchor: Literal["start", "middle"]
) -> None:
    """Add lines below one another, the first one's top at y."""
    for line in lines:
        body.texts.append(Text(line, x, y + _height(line) / 2, anchor))
        y += _height(line)


def _items(net: Stages, stage: Stage | None, look: Look) -> list[Item]:
    return items(net, stage.blocks, fold=look.fold) if stage is not None else []


def _evened(widths: Sequence[float]) -> list[float]:
    return [max(widths)] * len(widths) if max(widths) <= _ALIKE * min(widths) else list(widths)
