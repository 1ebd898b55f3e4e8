"""Flows to arrows: which way each runs from leaf to leaf, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from netcompiler.draw import words
from netcompiler.draw.curves import bend, rounded, straight, swing, with_tip
from netcompiler.draw.layout.cell import Area, Cell, Hint, Spot
from netcompiler.draw.layout.measure import ASIDE, is_small
from netcompiler.draw.picture import Arrow, Point
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Flow, Item

_APART = 3.5
"""Half the distance between an arc that arrives at a node's side and one that leaves it there."""

_JOINS = 8.0
"""How far above a junction a value of another group joins the way to it."""

_BELOW = 12.0
"""How far below a block what leaves its last merge turns to the side."""


class Router:
    """Makes the arrows of a laid-out tree."""

    def __init__(self, cell: Cell, homes: Mapping[Item, Box], theme: Theme) -> None:
        self._spots = {spot.leaf: spot for spot in cell.spots}
        self._areas = {area.box: area for area in cell.areas}
        self._homes = homes
        self._hints = {hint.flow: hint for hint in cell.hints}
        self._detours = set(cell.detours)
        self._theme = theme
        arcs = [hint.flow for hint in cell.hints if hint.way in {"arc", "in", "out"}]
        self._arriving = {flow.target for flow in arcs if self._hints[flow].way != "out"}
        self._leaving = {flow.source for flow in arcs if self._hints[flow].way != "in"}

    def is_skip(self, flow: Flow) -> bool:
        """True for what is drawn as a skip connection: it runs past something."""
        hint = self._hints.get(flow)
        return flow in self._detours or (flow.skip and hint is not None and hint.way != "turn")

    def is_plain(self, flow: Flow) -> bool:
        """True for what runs simply on."""
        return flow not in self._hints

    def is_slanted(self, flow: Flow) -> bool:
        """True for what runs to the side as soon as it leaves."""
        hint = self._hints.get(flow)
        return hint is None or hint.way in {"spread", "via"}

    def is_detour(self, flow: Flow) -> bool:
        """True for parts of a skip connection that has layers of its own."""
        return flow in self._detours

    def arrow(self, flow: Flow) -> Arrow:
        """The arrow of a flow."""
        points = self._way(flow, self._spots[flow.source], self._spots[flow.target])
        ends_open = flow.target.role == "junction" and not flow.crosses
        theme = self._theme
        skip = self.is_skip(flow)
        width = theme.thick if flow.crosses or skip else theme.thin
        curve, tip = (points, None) if ends_open else with_tip(points, width)
        return Arrow(
            flow.source,
            flow.target,
            tuple(curve),
            tip,
            theme.crossing if flow.crosses else theme.skip if skip else theme.flow,
            width=width,
            dashed=flow.crosses or self.is_detour(flow),
            tooltip=words.shape(flow.shape),
        )

    def _way(self, flow: Flow, source: Spot, target: Spot) -> list[Point]:
        hint = self._hints.get(flow)
        if hint is None:
            return self._on(source, target)
        if hint.way == "arc":
            return self._arc(hint.points[0][0], source, target)
        if hint.way == "across":
            if is_small(source.leaf) and not flow.crosses:
                return self._under(source, target)
            return self._across(hint.points, source, target)
        if hint.way == "out":
            return self._out(source, target)
        if hint.way == "in":
            return self._in(source, target)
        if hint.way == "turn":
            return _turn(hint, source, target)
        if hint.way == "via":
            return _via(hint.points, source, target)
        return _fan(hint, source, target)

    def _on(self, source: Spot, target: Spot) -> list[Point]:
        """From the foot of a leaf to the head of the next; or from head to foot, where values rise."""
        down = target.y >= source.y
        start = _meet(source, target.x, foot=down)
        end = _meet(target, source.x, foot=not down)
        if abs(start[0] - end[0]) < 0.5:
            return swing(start, end)
        # To the side between the blocks that the two stand in, straight within them: not across titles.
        leave = self._edge(source, target, down)
        arrive = self._edge(target, source, not down)
        if (arrive > leave) != down:
            return swing(start, end)
        middle = [(start[0], leave), (end[0], arrive)]
        return [*swing(start, middle[0]), *swing(*middle)[1:], *swing(middle[1], end)[1:]]

    def _edge(self, spot: Spot, other: Spot, foot: bool) -> float:
        """The foot or the head of the largest block that holds a leaf and not the other."""
        area = self._outermost(spot, other)
        return area.bottom if foot else area.top

    def _arc(self, x: float, source: Spot, target: Spot) -> list[Point]:
        start = self._side(source, leaving=True)
        end = self._side(target, leaving=False)
        return rounded([start, (x, start[1]), (x, end[1]), end])

    def _under(self, source: Spot, target: Spot) -> list[Point]:
        """From the way below a merge's block, between the two blocks, to the target's side."""
        below = self._edge(source, target, foot=True) + _BELOW
        between = (self._outermost(source, target).right + self._outermost(target, source).left) / 2
        end = (target.left, target.y - ASIDE * target.height)
        if between <= source.right or between >= target.left or below < source.bottom:
            return self._across((), source, target)
        return rounded([(source.x, below), (between, below), (between, end[1]), end])

    def _across(self, points: Sequence[Point], source: Spot, target: Spot) -> list[Point]:
        """From side to facing side, a little lower where it leaves than where it arrives, and straight on
        from each given point to the next. Small leaves, and such as have something beside them, are met at
        the foot and the head.
        """
        right = target.x >= source.x
        upright = not self._is_free(source, right=right), not self._is_free(target, right=not right)
        start = (source.right if right else source.left, source.y + ASIDE * source.height)
        end = (target.left if right else target.right, target.y - ASIDE * target.height)
        if upright[0]:
            start = (source.x, source.bottom)
        if upright[1]:
            end = (target.x, target.top)
        if target.leaf.role == "junction":
            # Onto the line that comes in from above: the sides are for what leaves.
            upright, end = (upright[0], False), (target.x, target.top - _JOINS)
        if not points:
            return bend(start, end, upright=upright)
        curve = bend(start, points[0], upright=(upright[0], False))
        for one, other in pairwise(points):
            curve += straight(one, other)[1:]
        return curve + bend(points[-1], end, upright=(False, upright[1]))[1:]

    def _is_free(self, spot: Spot, *, right: bool) -> bool:
        """True when a way may leave a leaf at this side: nothing of its lane stands there."""
        if is_small(spot.leaf):
            return False
        lane = next((box for box in self._around(spot) if box.lane is not None), None)
        if lane is None:
            return True
        area = self._areas[lane]
        low, high = (spot.right, area.right) if right else (area.left, spot.left)
        return not any(
            low < other.x < high and other.top < spot.bottom and other.bottom > spot.top
            for other in self._spots.values()
        )

    def _outermost(self, spot: Spot, other: Spot) -> Area | Spot:
        """The largest block that holds a leaf and not the other; the leaf itself where there is none."""
        around = set(self._around(other))
        blocks = [box for box in self._around(spot) if box not in around and box.lane is None]
        return self._areas[blocks[-1]] if blocks else spot

    def _around(self, spot: Spot) -> Iterator[Box]:
        """The blocks around a leaf, the smallest first."""
        box = self._homes.get(spot.leaf)
        while box is not None:
            yield box
            box = self._homes.get(box)

    def _out(self, source: Spot, target: Spot) -> list[Point]:
        start = self._side(source, leaving=True)
        if target.x <= source.right or target.top <= start[1] <= target.bottom:
            return self._on(source, target)
        end = (target.x, target.top if target.y > start[1] else target.bottom)
        return rounded([start, (target.x, start[1]), end])

    def _in(self, source: Spot, target: Spot) -> list[Point]:
        left = source.x < target.x
        end = (target.left, target.y) if left else self._side(target, leaving=False)
        beside = source.x < target.left if left else source.x > target.right
        if not beside or source.top <= end[1] <= source.bottom:
            return self._on(source, target)
        start = (source.x, source.bottom if end[1] > source.y else source.top)
        return rounded([start, (source.x, end[1]), end])

    def _side(self, spot: Spot, *, leaving: bool) -> Point:
        """Where arcs meet a leaf's right side: those that arrive a little higher than those that leave."""
        if spot.leaf not in self._arriving or spot.leaf not in self._leaving:
            return spot.right, spot.y
        # A circle is narrower there.
        inset = 0.8 if spot.width == spot.height else 0.0
        return spot.right - inset, spot.y + (_APART if leaving else -_APART)


def _meet(spot: Spot, x: float, *, foot: bool) -> Point:
    """Where on its foot or head a leaf is met by a line from x: on a wide node a bit to that side."""
    room = max(spot.width / 2 - 9, 0.0)
    shift = 0.0 if abs(x - spot.x) < 0.5 else max(-room, min(room, (x - spot.x) * 0.2))
    return spot.x + shift, spot.bottom if foot else spot.top


def _fan(hint: Hint, source: Spot, target: Spot) -> list[Point]:
    """To the side on one stretch, straight on the other; the hint says where they meet."""
    down = target.y >= source.y
    y = hint.points[0][1]
    if hint.way == "spread":
        start, knee = _meet(source, target.x, foot=down), (target.x, y)
        end = (target.x, target.top if down else target.bottom)
    else:
        start, knee = (source.x, source.bottom if down else source.top), (source.x, y)
        end = _meet(target, source.x, foot=not down)
    return [*swing(start, knee), *swing(knee, end)[1:]]


def _turn(hint: Hint, source: Spot, target: Spot) -> list[Point]:
    inner = list(hint.points)
    inner[0] = (source.x, inner[0][1])
    inner[-1] = (target.x, inner[-1][1])
    start = (source.x, source.bottom if inner[0][1] > source.y else source.top)
    end = (target.x, target.top if inner[-1][1] < target.y else target.bottom)
    return rounded([start, *inner, end])


def _via(points: Sequence[Point], source: Spot, target: Spot) -> list[Point]:
    stops = [_meet(source, points[0][0], foot=True), *points, _meet(target, points[-1][0], foot=False)]
    curve = [stops[0]]
    for start, end in pairwise(stops):
        curve += swing(start, end)[1:]
    return curve
