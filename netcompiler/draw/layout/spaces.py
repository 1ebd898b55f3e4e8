"""Distances between things, in points."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Spaces:
    """Distances that a style may choose; those of the default suit text of 9.5 points.

    Attributes:
        step: between a node and the next.
        short: to or from a merge or a junction.
        fan: between a node and branches side by side.
        beside: between branches side by side.
        arc: between what stands in a branch and the arc past it.
        gutter: between columns.
        turn: how far above and below a column the way to the next column runs.
        padding: inside a block.
    """

    step: float = 19.0
    short: float = 11.0
    fan: float = 28.0
    beside: float = 16.0
    arc: float = 13.0
    gutter: float = 40.0
    turn: float = 16.0
    padding: float = 12.0

    def scaled(self, by: float) -> Spaces:
        """All of them so many times as large."""
        return Spaces(*(by * getattr(self, field.name) for field in fields(self)))
