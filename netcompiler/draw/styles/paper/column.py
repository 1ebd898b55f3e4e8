"""One net's column: where its boxes, lines and frames stand."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from netcompiler.cost import totals
from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout.measure import LEADING, cut
from netcompiler.draw.parts import Step
from netcompiler.draw.picture import Line, Span
from netcompiler.draw.styles.paper.items import Box, Item, Repeat, Residual, boxes, levels, residuals
from netcompiler.draw.styles.paper.spaces import Spaces
from netcompiler.draw.theme import Theme

SHEETS = 1
"""Sheets behind the frame of what repeats."""

SHEET = 3.5
"""How far each shows."""


@dataclass(frozen=True, eq=False)
class Stop:
    """A point of the way down: a box, or where a way past a block comes back.

    Attributes:
        key: what arrows know it by.
        top: its upper end.
        bottom: its lower end.
        box: the box; None for a point.
    """

    key: Hashable
    top: float
    bottom: float
    box: Box | None

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, eq=False)
class Arc:
    """A way past a block.

    Attributes:
        source: the stop whose value it carries.
        target: the stop where it comes back.
        leave: the height at which it leaves the way down.
        level: how far out it runs, 0 for the innermost.
        way: the layers on it.
    """

    source: Stop
    target: Stop
    leave: float
    level: int
    way: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class Pile:
    """A frame around what repeats."""

    top: float
    bottom: float
    times: int
    level: int


class Column:
    """A column. Heights grow downwards; nothing is said of its place from left to right.

    Attributes:
        stops: on the way down, in order.
        arcs: ways past blocks.
        piles: frames around what repeats.
        stop_of: where each step of the net is, for connections between stages.
    """

    def __init__(self, theme: Theme, spaces: Spaces, *, costs: bool) -> None:
        self._theme = theme
        self._spaces = spaces
        self._costs = costs
        self._nested = 0
        self.stops: list[Stop] = []
        self.arcs: list[Arc] = []
        self.piles: list[Pile] = []
        self.stop_of: dict[Step, Stop] = {}

    def lines(self, box: Box) -> tuple[Line, ...]:
        """The text in a box."""
        theme = self._theme
        found: list[Line] = [(Span(cut(box.title), theme.size, theme.ink),)]
        if box.small:
            found.append((Span(cut(box.small), theme.small, theme.quiet),))
        cost = totals(layer for step in box.steps for leaf in step.leaves for layer in leaf.layers)
        if self._costs and cost.parameters:
            text = f"{words.count(cost.parameters)} · {words.count(cost.macs)}"
            found.append((Span(text, theme.small, theme.quiet),))
        return tuple(found)

    def size(self, box: Box) -> tuple[float, float]:
        """The width that a box needs, and its height."""
        found = self.lines(box)
        height = sum(line[0].size * LEADING for line in found) + 2 * self._spaces.above
        return max(map(line_width, found)) + 2 * self._spaces.beside, height

    @property
    def width(self) -> float:
        """The width that its boxes need; those of merges are narrow."""
        return max(self.size(stop.box)[0] for stop in self.stops if stop.box and stop.box.kind != "merge")

    def head_room(self, items: Sequence[Item]) -> float:
        """From the top of a row to the first box in it, at least."""
        first = next(iter(items), None)
        above = self._spaces.leave + self._spaces.enter if isinstance(first, Residual) else 0.0
        return max(above, self._spaces.row)

    def put(self, items: Sequence[Item], top: float, head_room: float) -> float:
        """Add the items of a row; gives the height at which they end.

        Args:
            items: the items.
            top: the top of the row.
            head_room: from there to the first box.
        """
        spaces = self._spaces
        first = next(iter(items), None)
        y = top + head_room - spaces.gap
        if isinstance(first, Residual):
            y = top + head_room - spaces.leave - spaces.enter
        elif isinstance(first, Repeat):
            y = top + spaces.row - spaces.gap
        return self._row(items, y, spaces.gap)

    def stand_in(self, every: Iterable[Step]) -> None:
        """Let steps that are not shown be where the last one before them is that is shown."""
        last: Stop | None = None
        for step in every:
            if step in self.stop_of:
                last = self.stop_of[step]
            elif last is not None:
                self.stop_of[step] = last

    def _row(self, items: Iterable[Item], y: float, first: float) -> float:
        """Add items below one another; ``first`` is the gap above the first one, where that is a box."""
        for index, item in enumerate(items):
            if isinstance(item, Box):
                gap = self._spaces.gap if index else first
                y = self._stop(item.steps[-1], item, y + gap, self.size(item)[1], item.steps)
            elif isinstance(item, Repeat):
                y = self._repeat(item, y)
            else:
                y = self._residual(item, y)
        return y

    def _stop(
        self, key: Step, box: Box | None, top: float, height: float, stands_for: Sequence[Step]
    ) -> float:
        stop = Stop(key, top, top + height, box)
        self.stops.append(stop)
        self.stop_of |= dict.fromkeys(stands_for, stop)
        return stop.bottom

    def _residual(self, item: Residual, y: float) -> float:
        source, leave = self.stops[-1], y + self._spaces.leave
        y = self._row(item.inside, leave, self._spaces.enter)
        if item.joint is not None:
            y = self._row([item.joint], y, self._spaces.gap)
        else:
            below = self._spaces.join if self.stops[-1].box else self._spaces.again
            y = self._stop(item.merge, None, y + below, 0.0, (item.merge,))
        level = levels(item.inside)
        for number, way in enumerate(item.ways):
            self.arcs.append(Arc(source, self.stops[-1], leave, level + number, way))
        return y

    def _repeat(self, item: Repeat, y: float) -> float:
        top = y + self._spaces.gap
        self._nested += 1
        y = self._row(item.inside, top + self._spaces.frame - self._spaces.leave, self._spaces.enter)
        self._nested -= 1
        pile = Pile(top, y + self._spaces.frame, item.times, self._nested)
        self.piles.append(pile)
        # The last copy's steps are where those of the first are shown.
        last = item.copies[-len(item.inside) :]
        for new, old in zip(_steps(last), _steps(item.inside), strict=True):
            self.stop_of[new] = self.stop_of[old]
        return pile.bottom + SHEETS * SHEET


def _steps(items: Iterable[Item]) -> list[Step]:
    """The steps that have a place, in a fixed order."""
    merges = [item.merge for item in residuals(items)]
    return [*(step for box in boxes(items) for step in box.steps), *merges]
