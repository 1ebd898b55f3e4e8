"""A long strip cut into columns of about the same height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_MOST = 40
"""Columns, at most."""

_WORTH = 0.93
"""One more column must make the whole lower at least by this factor: else it would hold a node or two."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a strip: its height, the gap above it, and whether a column may start with it."""

    height: float
    gap: float
    may_start: bool


def split(pieces: Sequence[Piece], limit: float) -> list[tuple[int, int]]:
    """Ranges of pieces, one for each column: the fewest columns no higher than the limit.

    Where pieces that belong together are higher than that, the columns are as low as they can be.
    """
    best = [(0, len(pieces))]
    best_height = _height(pieces, 0, len(pieces))
    for count in range(2, _MOST + 1):
        if best_height <= limit:
            break
        ranges, height = _balanced(pieces, count)
        if height < _WORTH * best_height:
            best, best_height = ranges, height
    return best


def _height(pieces: Sequence[Piece], start: int, end: int) -> float:
    return sum(p.height for p in pieces[start:end]) + sum(p.gap for p in pieces[start + 1 : end])


def _balanced(pieces: Sequence[Piece], count: int) -> tuple[list[tuple[int, int]], float]:
    """The lowest columns for a number of them, found by trying heights."""
    low, high = 0.0, _height(pieces, 0, len(pieces))
    best = [(0, len(pieces))]
    for _ in range(24):
        middle = (low + high) / 2
        ranges = _fill(pieces, middle)
        if len(ranges) <= count and all(_height(pieces, *r) <= middle for r in ranges):
            best, high = ranges, middle
        else:
            low = middle
    return best, max(_height(pieces, *r) for r in best)


def _fill(pieces: Sequence[Piece], height: float) -> list[tuple[int, int]]:
    """Columns filled up one after another."""
    ranges: list[tuple[int, int]] = []
    start, break_at, used = 0, 0, 0.0
    for index, piece in enumerate(pieces):
        if index and piece.may_start:
            break_at = index
        used += piece.height + (piece.gap if index > start else 0)
        if used > height and break_at > start:
            ranges.append((start, break_at))
            start = break_at
            used = _height(pieces, start, index + 1)
    return [*ranges, (start, len(pieces))]
