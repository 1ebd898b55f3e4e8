"""Skip connections within skip connections, each at another resolution: drawn as a U.

The way down is a column, the way up a column to its right in which values rise, and every skip connection
runs straight across.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netcompiler.draw.layout.cell import Cell, Hint
from netcompiler.draw.layout.series import Element, Group, members
from netcompiler.draw.tree import Flow

if TYPE_CHECKING:
    from netcompiler.draw.layout.level import Level

_ACROSS = 84.0
"""Between the two columns."""

_ROW = 26.0
"""Between rows."""

_CORNER = 18.0
"""Between the columns and what stands below them. All of these suit text of 9.5 points."""


@dataclass(frozen=True)
class Bend:
    """A chain bent into a U.

    Attributes:
        rows: elements of the way down and of the way up, outermost first.
        bottom: what lies between.
        skips: the flow across in each row.
    """

    rows: tuple[tuple[Sequence[Element], Sequence[Element]], ...]
    bottom: Sequence[Element]
    skips: tuple[Sequence[Flow], ...]


def find_bend(elements: Sequence[Element], level: Level) -> Bend | None:
    """How to bend a chain, if it has two or more skip connections inside one another that carry values of
    different shapes; None for other chains.
    """
    rows: list[tuple[Sequence[Element], Sequence[Element]]] = []
    skips: list[Sequence[Flow]] = []
    while True:
        places = [index for index, element in enumerate(elements) if _is_skipped(element)]
        if len(places) != 1 or not 0 < places[0] < len(elements) - 1:
            break
        at = places[0]
        group = elements[at]
        assert isinstance(group, Group)
        flows = level.flows(members(elements[at - 1]), members(elements[at + 1]))
        rows.append((elements[:at], elements[at + 1 :]))
        skips.append(flows)
        elements = group.branches[0]
    shapes = {flow.shape for flows in skips for flow in flows}
    if len(rows) < 2 or len(shapes) < len(rows):
        return None
    middle = len(elements) // 2
    down, up = list(elements[:middle]), list(elements[middle + 1 :])
    if down or up:
        rows.append((down, up))
        skips.append(())
    return Bend(tuple(rows), elements[middle : middle + 1], tuple(skips))


def _is_skipped(element: Element) -> bool:
    return isinstance(element, Group) and element.direct and len(element.branches) == 1


def bent(bend: Bend, level: Level, rising: Level) -> Cell:
    """The layout of a U; ``rising`` lays out the same items upwards."""
    pairs = [(level.row(down), rising.row(up)) for down, up in bend.rows]
    bottom = level.row(bend.bottom)
    result = Cell()
    scale = level.arranger.theme.space
    row, corner = scale * _ROW, scale * _CORNER
    far = max(down.right for down, _ in pairs) + scale * _ACROSS + max(up.left for _, up in pairs)
    y = 0.0
    for (down, up), flows in zip(pairs, bend.skips, strict=True):
        height = max(down.height, up.height)
        # The ends of a skip connection are last on the way down and first on the way up: at the foot.
        result.put(down, 0.0, y + height - down.height)
        result.put(up, far, y + height - up.height)
        result.hints += [Hint(flow, "across") for flow in flows]
        y += height + row
    head = y - row + corner
    # Between the columns, and clear of the way up.
    between = min(far / 2, far - bottom.right - corner)
    result.put(bottom, between, head + corner)
    foot = result.height + corner
    middle = list(members(*bend.bottom))
    into = level.flows(members(*(element for down, _ in bend.rows for element in down)), middle)
    out_of = level.flows(middle, members(*(element for _, up in bend.rows for element in up)))
    result.hints += [Hint(flow, "turn", ((0.0, head), (between, head))) for flow in into]
    result.hints += [Hint(flow, "turn", ((between, foot), (far, foot))) for flow in out_of]
    result.grow(0.0, far, foot)
    result.exit = far
    return result
