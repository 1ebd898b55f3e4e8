"""Distances in a column."""

from __future__ import annotations

from dataclasses import dataclass

from netcompiler.draw.theme import Theme

_HEAD = 4.2
"""Half as wide as an arrow's head, and a little: what must be clear above and below a line with one."""

_SHORTEST = 10.0
"""The shortest line that an arrow's head does not fill."""


@dataclass(frozen=True)
class Spaces:
    """Distances in points.

    Attributes:
        above: between a box's text and its outline, above and below.
        beside: the same, left and right.
        gap: between two boxes.
        leave: from what stands above to where a way past a block leaves.
        enter: from there to the block's first box.
        join: from the block's last box to where the way past it comes back.
        again: from there to where one around it comes back.
        frame: from a frame to what stands in it.
        lane: between ways that run side by side.
        row: above and below what stands in a row.
    """

    above: float
    beside: float
    gap: float
    leave: float
    enter: float
    join: float
    again: float
    frame: float
    lane: float
    row: float

    def has_head(self, length: float) -> bool:
        """True for a line that ends in an arrow's head; where boxes stand close, short ones do without."""
        return self.gap >= _SHORTEST or length > 2 * (self.leave + self.enter)


def spaces(theme: Theme, tight: float) -> Spaces:
    """The distances for a theme, ``tight`` times as large as where there is room."""
    by = theme.space * tight
    return Spaces(
        above=2.2 * by,
        beside=6.0 * theme.space,
        gap=10.0 * by,
        leave=max(3.5 * by, _HEAD),
        enter=8.5 * by,
        join=max(5.0 * by, _HEAD),
        again=1.6 * _HEAD,
        frame=5.0 * by,
        lane=9.0 * theme.space,
        row=5.0 * by,
    )
