"""Lines as Bézier curves of 3n + 1 points."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netcompiler.draw.picture import Point

_TIP, _TIP_OF_WIDTH = 5.5, 3.8
"""Length of an arrow's head: at least, and in the width of its line."""

_ROUND = 11.0
"""Radius of corners."""

_QUARTER = 0.5523
"""How far towards a corner the control points of a quarter of a circle stand."""


def straight(start: Point, end: Point) -> list[Point]:
    """A straight line."""
    return [start, _between(start, end, 1 / 3), _between(start, end, 2 / 3), end]


def swing(start: Point, end: Point) -> list[Point]:
    """A curve that leaves and arrives upright; a straight line when it can be one."""
    return straight(start, end) if abs(start[0] - end[0]) < 0.5 else bend(start, end, upright=(True, True))


def bend(start: Point, end: Point, *, upright: tuple[bool, bool]) -> list[Point]:
    """A curve that leaves and arrives upright or level."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = (x1 - x0) / 2, (y1 - y0) / 2
    first = (x0, y0 + dy) if upright[0] else (x0 + dx, y0)
    last = (x1, y1 - dy) if upright[1] else (x1 - dx, y1)
    return [start, first, last, end]


def rounded(corners: Sequence[Point], most: float = _ROUND) -> list[Point]:
    """A line through corners, each rounded with a radius of at most so much."""
    kept = [corners[0]]
    for corner in corners[1:]:
        if math.dist(corner, kept[-1]) > 0.01:
            kept.append(corner)
    curve = [kept[0]]
    for before, corner, after in zip(kept, kept[1:], kept[2:], strict=False):
        # Two corners share the line between them.
        radius = min(most, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        enter, leave = _toward(corner, before, radius), _toward(corner, after, radius)
        curve += straight(curve[-1], enter)[1:]
        curve += [_between(enter, corner, _QUARTER), _between(leave, corner, _QUARTER), leave]
    return curve + straight(curve[-1], kept[-1])[1:]


def with_tip(curve: Sequence[Point], width: float = 1.0) -> tuple[list[Point], Point]:
    """A curve that ends where the arrow's head begins, and where the head of a line of this width ends."""
    end = curve[-1]
    before = next((p for p in reversed(curve) if math.dist(p, end) > 0.01), (end[0], end[1] - 1))
    foot = _toward(end, before, max(_TIP, _TIP_OF_WIDTH * width))
    shift = (foot[0] - end[0], foot[1] - end[1])
    last = (curve[-2][0] + shift[0], curve[-2][1] + shift[1])
    return [*curve[:-2], last, foot], end


def _toward(start: Point, end: Point, distance: float) -> Point:
    length = math.dist(start, end)
    return _between(start, end, distance / length) if length else start


def _between(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
