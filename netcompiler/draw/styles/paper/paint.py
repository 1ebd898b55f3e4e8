"""A column at its place: nodes, frames and lines."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from netcompiler.draw.curves import rounded, straight, with_tip
from netcompiler.draw.dot import line_width
from netcompiler.draw.paint import tooltip
from netcompiler.draw.picture import Arrow, Frame, Line, Node, Picture, Point, Span, Text
from netcompiler.draw.stages import Skip
from netcompiler.draw.styles.paper.column import SHEET, SHEETS, Arc, Column, Pile, Stop
from netcompiler.draw.styles.paper.items import Box
from netcompiler.draw.styles.paper.spaces import Spaces
from netcompiler.draw.theme import Theme

_POINT = 2.6
"""Diameter of the point where a way past a block comes back."""


@dataclass(frozen=True)
class _Long:
    """A connection between stages."""

    source: Stop
    target: Stop
    dashed: bool
    lane: int


class Painter:
    """Paints one column.

    Attributes:
        left: how far it reaches to the left of the middle of its boxes.
        right: how far to the right.
    """

    def __init__(
        self, column: Column, skips: Sequence[Skip], number: int, theme: Theme, spaces: Spaces, width: float
    ) -> None:
        """Prepare a column.

        Args:
            column: the column.
            skips: connections between its stages.
            number: its place among the columns.
            theme: colours and sizes.
            spaces: distances.
            width: the width of its boxes.
        """
        self._column = column
        self._number = number
        self._theme = theme
        self._spaces = spaces
        self._long = _lanes(column, skips)
        self._half = width / 2
        arcs = 1 + max((arc.level for arc in column.arcs), default=-1)
        piles = 1 + max((pile.level for pile in column.piles), default=-1)
        badge = max((line_width(self._badge(pile)) for pile in column.piles), default=0.0)
        self._inner = self._half + (badge + 2 * spaces.frame if piles else 0.0)
        lanes = 1 + max((long.lane for long in self._long), default=-1)
        self._bare = self._inner + piles * spaces.frame
        self.left = self._bare + lanes * spaces.lane
        self.right = self._half + arcs * spaces.lane + piles * (spaces.frame + SHEETS * SHEET)

    def paint(self, picture: Picture, x: float) -> None:
        """Add the column to a picture, the middle of its boxes at x."""
        for pile in sorted(self._column.piles, key=lambda pile: pile.top):
            self._pile(picture, pile, x)
        for stop in self._column.stops:
            picture.nodes.append(self._node(stop, x))
        for above, below in pairwise(self._column.stops):
            curve = straight((x, above.bottom), (x, below.top))
            tip = below.box is not None and self._spaces.has_head(below.top - above.bottom)
            self._arrow(picture, above, below, curve, self._theme.flow, tip=tip)
        for arc in self._column.arcs:
            self._arc(picture, arc, x)
        for long in self._long:
            self._skip(picture, long, x)

    def _key(self, stop: Stop) -> Hashable:
        return self._number, stop.key

    def _width(self, box: Box) -> float:
        return self._column.size(box)[0] if box.kind == "merge" else 2 * self._half

    def _node(self, stop: Stop, x: float) -> Node:
        key, theme = self._key(stop), self._theme
        if stop.box is None:
            return Node(key, "point", x, stop.middle, _POINT, _POINT, theme.flow, theme.flow)
        paint = theme.kind(stop.box.kind)
        leaf = stop.box.steps[-1].leaf
        return Node(
            key,
            "box",
            x,
            stop.middle,
            self._width(stop.box),
            stop.bottom - stop.top,
            paint.fill,
            paint.line,
            self._column.lines(stop.box),
            tooltip=tooltip(leaf) if len(stop.box.steps) == 1 else stop.box.small,
        )

    def _arrow(
        self,
        picture: Picture,
        source: Stop,
        target: Stop,
        curve: Sequence[Point],
        color: str,
        *,
        tip: bool,
        dashed: bool = False,
        words: str = "",
    ) -> None:
        shown, end = with_tip(curve) if tip else (list(curve), None)
        width = self._theme.thin if color == self._theme.flow else self._theme.thick
        ends = self._key(source), self._key(target)
        picture.arrows.append(Arrow(*ends, tuple(shown), end, color, width, dashed, words))

    def _arc(self, picture: Picture, arc: Arc, x: float) -> None:
        outside = x + self._half + (arc.level + 1) * self._spaces.lane
        box = arc.target.box
        end = (x + (_POINT / 2 if box is None else self._width(box) / 2), arc.target.middle)
        corners = [(x, arc.leave), (outside, arc.leave), (outside, end[1]), end]
        words = " · ".join(step.leaf.title for step in arc.way) or "identity"
        self._arrow(
            picture,
            arc.source,
            arc.target,
            rounded(corners),
            self._theme.skip,
            tip=True,
            dashed=bool(arc.way),
            words=words,
        )

    def _skip(self, picture: Picture, long: _Long, x: float) -> None:
        outside = x - self._bare - (long.lane + 1) * self._spaces.lane
        start, end = (
            (x - (self._width(stop.box) / 2 if stop.box else 0.0), stop.middle)
            for stop in (long.source, long.target)
        )
        corners = [start, (outside, start[1]), (outside, end[1]), end]
        self._arrow(
            picture,
            long.source,
            long.target,
            rounded(corners),
            self._theme.skip,
            tip=True,
            dashed=long.dashed,
        )

    def _pile(self, picture: Picture, pile: Pile, x: float) -> None:
        out = pile.level * self._spaces.frame
        right = self.right - (SHEETS * SHEET + out)
        paint = self._theme.repeated
        picture.frames.append(
            Frame(
                x - self._inner - self._spaces.frame + out,
                pile.top,
                x + right,
                pile.bottom,
                paint.fill,
                paint.line,
                sheets=SHEETS,
                label=f"{pile.times} times",
            )
        )
        middle = (x - self._inner - self._spaces.frame + out + x - self._half) / 2
        picture.texts.append(Text(self._badge(pile), middle, (pile.top + pile.bottom) / 2, "middle"))

    def _badge(self, pile: Pile) -> Line:
        return (Span(f"×{pile.times}", self._theme.heading, self._theme.repeat, bold=True),)


def _lanes(column: Column, skips: Sequence[Skip]) -> list[_Long]:
    """Connections between stages, shorter ones in inner lanes."""
    known = [
        (column.stop_of[skip.source], column.stop_of[skip.target], bool(skip.through))
        for skip in skips
        if skip.source in column.stop_of and skip.target in column.stop_of
    ]
    placed: list[_Long] = []
    for source, target, dashed in sorted(known, key=lambda ends: ends[1].middle - ends[0].middle):
        taken = {
            long.lane
            for long in placed
            if long.source.middle <= target.middle and source.middle <= long.target.middle
        }
        lane = next(lane for lane in range(len(placed) + 1) if lane not in taken)
        placed.append(_Long(source, target, dashed, lane))
    return placed
