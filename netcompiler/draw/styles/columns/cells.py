"""Parts of a net to cells: nodes one below the other, blocks in frames, stages in larger frames."""

from __future__ import annotations

from dataclasses import replace

from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.cell import Area, Cell, Spot
from netcompiler.draw.layout.level import Arranger, Level
from netcompiler.draw.layout.series import Single
from netcompiler.draw.layout.spaces import Spaces
from netcompiler.draw.styles.columns.plan import Part, Plan
from netcompiler.draw.styles.columns.texts import Texts, row_height
from netcompiler.draw.tree import Box, Item, Leaf

_TIGHT = Spaces(step=12.0, short=9.0, fan=20.0, beside=10.0, arc=10.0, padding=6.0)
"""In stages: a column is as narrow as can be."""

_LOOSE = Spaces(step=17.0)
"""Outside of them, where shapes stand beside the arrows."""

EDGE = 3.5
"""Between the outlines of a stage and of a block in it."""

INSET = 2.0
"""How much further in a title stands."""

SHEET = 3.5
"""How far the sheet behind a pile shows."""

ASIDE = 4.5
"""Between an arrow and the shape beside it."""

BADGE = 4.0
"""Between a pile and its ×n."""

CLEAR = 5.5
"""Between a title and the arrow beside it."""


class _Blocks(Arranger):
    """Lays out items with the texts of this style."""

    def __init__(self, plan: Plan, texts: Texts, spaces: Spaces, *, rising: bool = False) -> None:
        super().__init__(plan.tree, texts.theme, float("inf"), rising=rising, spaces=spaces)
        self._plan, self._texts, self._own = plan, texts, spaces

    def upwards(self) -> Arranger:
        """The same, rising."""
        return _Blocks(self._plan, self._texts, self._own, rising=True)

    def item(self, item: Item, width: float = 0.0) -> Cell:
        """The cell of an item."""
        return self._node(item) if isinstance(item, Leaf) else self._frame(item)

    def _node(self, leaf: Leaf) -> Cell:
        width, height = self._texts.size(leaf)
        cell = Cell(width / 2, width / 2, height)
        cell.spots.append(Spot(leaf, 0.0, height / 2, width, height))
        caption = measure.caption(leaf, self.theme)
        if caption:
            cell.left += line_width(caption) + 5
        shape = self._texts.shape(leaf)
        if shape:
            # On either side of the arrow: which one is known once the columns are.
            cell.grow(-line_width(shape) - ASIDE, line_width(shape) + ASIDE, 0.0)
        badge = measure.badge(leaf, self.theme)
        if badge:
            cell.right += SHEET + BADGE + line_width(badge)
        return cell

    def _frame(self, box: Box) -> Cell:
        level = Level(self, box.children)
        strip = level.strip()
        inner = level.cell(float("inf"))
        edge = EDGE * self.theme.space
        padding = self.spaces.padding if any(isinstance(child, Leaf) for child in box.children) else edge
        rows = self._texts.heading(box)
        header = edge + sum(map(row_height, rows)) + (self.spaces.step / 2 if rows else padding)
        clear = edge + INSET + CLEAR
        cell = Cell()
        cell.put(inner, 0.0, header)
        cell.grow(
            -max(inner.left + padding, *(line_width(left) + clear for left, _ in rows), 0.0),
            max(inner.right + padding, *(line_width(right) + clear for _, right in rows), 0.0),
            header + inner.height + padding,
        )
        cell.exit = inner.exit
        if not strip.hung and all(isinstance(element, Single) for element in strip.elements):
            _widen(cell, box, edge)
        cell.areas.insert(0, Area(box, -cell.left, 0.0, cell.right, cell.height, 0.0))
        if box.times > 1:
            cell.grow(-cell.left, cell.right + SHEET, cell.height + SHEET)
        return cell


def _widen(cell: Cell, box: Box, edge: float) -> None:
    """Make blocks that stand one below the other as wide as what they stand in."""
    blocks = {child for child in box.children if isinstance(child, Box)}
    sheet = SHEET if any(block.times > 1 for block in blocks) else 0.0
    cell.areas = [
        replace(area, left=edge - cell.left, right=cell.right - edge - sheet) if area.box in blocks else area
        for area in cell.areas
    ]


def cells(plan: Plan, texts: Texts) -> list[Cell]:
    """The cells of all parts of a net."""
    tight, loose = (_Blocks(plan, texts, spaces) for spaces in (_TIGHT, _LOOSE))
    return [_cell(part, tight if part.stage else loose) for part in plan.parts]


def _cell(part: Part, blocks: _Blocks) -> Cell:
    if part.stage is not None:
        return blocks.item(part.items[0])
    return Level(blocks, part.items).cell(float("inf"))
