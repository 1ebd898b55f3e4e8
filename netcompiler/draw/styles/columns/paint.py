"""Stages, blocks, nodes and arrows of a layout whose places are final."""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler.draw.layout import measure
from netcompiler.draw.layout.cell import Area, Cell, Spot
from netcompiler.draw.paint import tooltip
from netcompiler.draw.picture import Frame, Node, Picture, Text
from netcompiler.draw.route import Router
from netcompiler.draw.styles.columns.cells import ASIDE, BADGE, EDGE, INSET, SHEET
from netcompiler.draw.styles.columns.plan import Plan
from netcompiler.draw.styles.columns.texts import Texts, row_height
from netcompiler.draw.theme import Paint
from netcompiler.draw.tree import Box


class Painter:
    """Paints the cell that holds all of a net."""

    def __init__(self, plan: Plan, texts: Texts, cell: Cell, picture: Picture) -> None:
        self._plan, self._texts, self._cell, self._picture = plan, texts, cell, picture
        self._theme = texts.theme
        self._homes = plan.tree.homes()
        self._frames = {area.box: index for index, area in enumerate(cell.areas)}
        self._stages = [part.stage for part in plan.parts if part.stage is not None]
        self._turning = {hint.flow for hint in cell.hints if hint.way == "turn"}
        self.router = Router(cell, self._homes, self._theme)

    def paint(self) -> None:
        """Add everything to the picture."""
        for area in self._cell.areas:
            self._frame(area)
            self._picture.texts += self._heading(area)
        for spot in self._cell.spots:
            self._node(spot)
            self._picture.texts += self._beside(spot)
        self._picture.arrows += [self.router.arrow(flow) for flow in self._plan.tree.flows]

    def _frame(self, area: Area) -> None:
        box = area.box
        paint = self._paint(box)
        home = self._homes.get(box)
        self._picture.frames.append(
            Frame(
                area.left,
                area.top,
                area.right,
                area.bottom,
                paint.fill,
                paint.line,
                parent=self._frames.get(home) if home is not None else None,
                sheets=min(box.times - 1, 1),
                label=box.path or box.name or box.definition,
            )
        )

    def _paint(self, box: Box) -> Paint:
        if box in self._stages:
            return self._theme.lane(self._stages.index(box))
        return self._theme.repeated if box.times > 1 else self._theme.blocks[1]

    def _heading(self, area: Area) -> Iterator[Text]:
        edge = EDGE * self._theme.space
        inset = edge + INSET
        y = area.top + edge
        for row in self._texts.heading(area.box):
            height = row_height(row)
            left, right = row
            if left:
                yield Text(left, area.left + inset, y + height / 2)
            if right:
                yield Text(right, area.right - inset, y + height / 2, "end")
            y += height

    def _node(self, spot: Spot) -> None:
        leaf, theme = spot.leaf, self._theme
        home = self._homes.get(leaf)
        paint = Paint(theme.flow, theme.flow) if leaf.role == "junction" else theme.kind(leaf.kind)
        self._picture.nodes.append(
            Node(
                leaf,
                "point" if leaf.role == "junction" else "circle" if measure.is_circle(leaf) else "box",
                spot.x,
                spot.y,
                spot.width,
                spot.height,
                paint.fill,
                paint.line,
                self._texts.lines(leaf),
                frame=self._frames.get(home) if home is not None else None,
                sheets=min(leaf.times - 1, 1),
                tooltip=tooltip(leaf),
                dashed=leaf.training_only,
            )
        )

    def _beside(self, spot: Spot) -> Iterator[Text]:
        """What stands beside a node: its caption, how often it stands, the shape of its value."""
        leaf = spot.leaf
        caption = measure.caption(leaf, self._theme)
        if caption:
            yield Text(caption, spot.left - 4, spot.y, "end")
        badge = measure.badge(leaf, self._theme)
        if badge:
            yield Text(badge, spot.right + SHEET + BADGE, spot.y)
        shape = self._texts.shape(leaf)
        if shape:
            turns = self._plan.tree.flows.out_of(leaf)[0] in self._turning
            y = spot.bottom + 6.5 * self._theme.space
            yield Text(shape, spot.x - ASIDE, y, "end") if turns else Text(shape, spot.x + ASIDE, y)
