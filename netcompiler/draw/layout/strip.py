"""Chains of laid-out elements: one below the other, or in columns side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from netcompiler.draw.layout.cell import Cell, Hint
from netcompiler.draw.layout.columns import Piece
from netcompiler.draw.layout.series import Element, Single
from netcompiler.draw.layout.spaces import Spaces
from netcompiler.draw.tree import Flow


@dataclass
class Strip:
    """A chain of elements before it is cut into columns.

    Attributes:
        elements: what comes one after another.
        cells: each laid out.
        gaps: the room above each.
        hung: parts that stand beside: their nodes, the element they belong to, whether they join or leave it.
    """

    elements: Sequence[Element]
    cells: list[Cell]
    gaps: list[float]
    hung: list[tuple[list[int], int, bool]]

    @property
    def pieces(self) -> list[Piece]:
        """The strip as `columns` sees it: a column may start between nodes that simply follow each other."""
        anchors = {anchor for _, anchor, _ in self.hung}
        single = [isinstance(element, Single) for element in self.elements]
        return [
            Piece(cell.height, gap, i > 0 and single[i] and single[i - 1] and i - 1 not in anchors)
            for i, (cell, gap) in enumerate(zip(self.cells, self.gaps, strict=True))
        ]


@dataclass
class Stack:
    """Elements one below the other, and where each came to stand: top, bottom, left, right."""

    cell: Cell
    extents: dict[int, tuple[float, float, float, float]] = field(default_factory=dict)

    def lower(self, by: float) -> None:
        """Move everything down."""
        moved = Cell(exit=self.cell.exit)
        moved.put(self.cell, 0.0, by)
        self.cell = moved
        self.extents = {k: (a + by, b + by, left, right) for k, (a, b, left, right) in self.extents.items()}


def side_by_side(columns: Sequence[Cell], joints: Sequence[Sequence[Flow]], spaces: Spaces) -> Cell:
    """Columns from left to right; the way from one to the next runs up between them."""
    leads = _leads(columns)
    turn = spaces.turn
    result = Cell()
    x = 0.0
    for index, column in enumerate(columns):
        if index:
            gutter = result.right + spaces.gutter / 2
            foot = leads[index - 1] + turn + columns[index - 1].height + turn
            start = x + columns[index - 1].exit
            x = result.right + spaces.gutter + column.left
            head = leads[index]
            way = ((start, foot), (gutter, foot), (gutter, head), (x, head))
            result.hints += [Hint(flow, "turn", way) for flow in joints[index - 1]]
        result.put(column, x, leads[index] + turn)
    result.exit = x + columns[-1].exit
    ends = [lead + turn + column.height for lead, column in zip(leads, columns, strict=True)]
    # Below the last column nothing runs.
    result.height = max([*(end + turn for end in ends[:-1]), ends[-1]])
    return result


def _leads(columns: Sequence[Cell]) -> list[float]:
    """How far down each column starts, so that the first blocks of all columns stand side by side; all at the
    top when that would make the whole much higher.
    """
    heads = [min((area.top for area in column.areas), default=0.0) for column in columns]
    leads = [max(heads) - head for head in heads]
    together = max(column.height + lead for column, lead in zip(columns, leads, strict=True))
    return leads if together <= 1.2 * max(column.height for column in columns) else [0.0] * len(columns)
