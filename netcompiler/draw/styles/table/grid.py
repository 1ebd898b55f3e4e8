"""A grid in which a cell may take several columns or several lines: how wide and high they must be."""

from __future__ import annotations

from collections.abc import Sequence

_ALIKE = 1.5
"""Columns whose widths differ by no more than this factor are made equal."""

Span = tuple[int, int, float]
"""The first and the last column or line that a cell takes, and the extent it needs."""


def extents(spans: Sequence[Span], count: int) -> list[float]:
    """The extents of so many columns or lines, in which every span has what it needs."""
    found = [0.0] * count
    for first, last, need in sorted(spans, key=lambda span: span[1] - span[0]):
        missing = need - sum(found[first : last + 1])
        if missing > 0:
            for index in range(first, last + 1):
                found[index] += missing / (last + 1 - first)
    return found


def evened(found: Sequence[float], start: int) -> list[float]:
    """Extents that are equal from ``start`` on, where that is little more."""
    last = found[start:]
    if not last or max(last) > _ALIKE * min(last):
        return list(found)
    return [*found[:start], *[max(last)] * len(last)]
