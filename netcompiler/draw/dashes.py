"""Dashes as curves of their own: Graphviz has one length of dash, which does not grow with a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from netcompiler.draw.curves import straight
from netcompiler.draw.picture import Point

DASH, SPACE = 4.2, 2.8

_SAMPLES = 16


def dashes(curve: Sequence[Point]) -> list[tuple[Point, ...]]:
    """A Bézier curve of 3n + 1 points as dashes, each such a curve. The last one reaches the end."""
    pieces = [tuple(curve[i : i + 4]) for i in range(0, len(curve) - 1, 3)]
    lengths = [_length(piece) for piece in pieces]
    total = sum(lengths)
    count = max(1, round((total + SPACE) / (DASH + SPACE)))
    step = (total + SPACE) / count
    share = DASH / (DASH + SPACE) * step
    result = []
    for index in range(count):
        dash = list(_cut(pieces, lengths, index * step, min(index * step + share, total)))
        if dash:
            result.append((dash[0][0], *(point for part in dash for point in part[1:])))
    return result or [tuple(curve)]


def dashes_of_polygon(points: Sequence[Point], *, closed: bool) -> list[tuple[Point, ...]]:
    """Straight lines through points as dashes, each a line through points."""
    corners = [*points, points[0]] if closed else list(points)
    curve = [corners[0]]
    for start, end in pairwise(corners):
        curve += straight(start, end)[1:]
    return [dash[::3] for dash in dashes(curve)]


def _cut(
    pieces: Sequence[tuple[Point, ...]], lengths: Sequence[float], start: float, end: float
) -> Iterator[tuple[Point, ...]]:
    """The parts of a curve's pieces between two distances along it."""
    at = 0.0
    for piece, length in zip(pieces, lengths, strict=True):
        low, high = max(start, at), min(end, at + length)
        if high - low > 0.01:
            yield _part(piece, _parameter(piece, low - at), _parameter(piece, high - at))
        at += length


def _samples(piece: tuple[Point, ...]) -> list[Point]:
    return [_point(piece, i / _SAMPLES) for i in range(_SAMPLES + 1)]


def _length(piece: tuple[Point, ...]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(_samples(piece)))


def _parameter(piece: tuple[Point, ...], distance: float) -> float:
    """Where on a piece one is after a distance along it, from 0 to 1."""
    for index, (a, b) in enumerate(pairwise(_samples(piece))):
        step = math.dist(a, b)
        if distance <= step:
            return (index + (distance / step if step else 0.0)) / _SAMPLES
        distance -= step
    return 1.0


def _point(piece: tuple[Point, ...], t: float) -> Point:
    return _blossom(piece, t, t, t)


def _part(piece: tuple[Point, ...], a: float, b: float) -> tuple[Point, ...]:
    return (
        _blossom(piece, a, a, a),
        _blossom(piece, a, a, b),
        _blossom(piece, a, b, b),
        _blossom(piece, b, b, b),
    )


def _blossom(piece: tuple[Point, ...], *parameters: float) -> Point:
    """De Casteljau's scheme with a parameter for each round."""
    points = list(piece)
    for t in parameters:
        points = [(p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t) for p, q in pairwise(points)]
    return points[0]
