"""Lines and polygons: what lies in what, curves as straight lines, arrows' heads."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.draw.picture import Point

_HALF = 0.4
"""Half the width of an arrow's head, in its length."""

_STEPS = 8
"""Straight lines for a piece of a curve."""


def inside(start: Point, end: Point, corners: Sequence[Point]) -> tuple[float, float] | None:
    """The part of a line, as shares of its length, that lies in a convex polygon whose corners go clockwise
    on the page; None when none of it does.
    """
    low, high = 0.0, 1.0
    dx, dy = end[0] - start[0], end[1] - start[1]
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        # Positive on the inner side: to the right of an edge that goes clockwise, y growing downwards.
        across = (x1 - x0) * dy - (y1 - y0) * dx
        at_start = (x1 - x0) * (start[1] - y0) - (y1 - y0) * (start[0] - x0)
        if across == 0:
            if at_start < 0:
                return None
            continue
        share = -at_start / across
        if across > 0:
            low = max(low, share)
        else:
            high = min(high, share)
    return (low, high) if low < high else None


def between(start: Point, end: Point, share: float) -> Point:
    """The point of a line at a share of its length."""
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def holds(corners: Sequence[Point], point: Point) -> bool:
    """True when a convex polygon, its corners clockwise on the page, has a point in it."""
    return all(
        (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0) > 0
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True)
    )


def polyline(curve: Sequence[Point]) -> list[Point]:
    """A Bézier curve of 3n + 1 points as straight lines."""
    points = [curve[0]]
    for index in range(0, len(curve) - 1, 3):
        a, b, c, d = curve[index : index + 4]
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            shares = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
            xs, ys = zip(a, b, c, d, strict=True)
            points.append(
                (
                    sum(share * x for share, x in zip(shares, xs, strict=True)),
                    sum(share * y for share, y in zip(shares, ys, strict=True)),
                )
            )
    return points


def arrow_head(foot: Point, tip: Point) -> tuple[Point, ...]:
    """The corners of an arrow's head."""
    x, y = (tip[1] - foot[1]) * _HALF, (foot[0] - tip[0]) * _HALF
    return (foot[0] + x, foot[1] + y), tip, (foot[0] - x, foot[1] - y)
