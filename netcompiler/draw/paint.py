"""Nodes, frames, arrows and the texts beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from netcompiler.draw import words
from netcompiler.draw.detour import around, place
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.cell import Area, Cell, Spot
from netcompiler.draw.layout.crossings import beside, sent
from netcompiler.draw.picture import Frame, Node, Picture, Text
from netcompiler.draw.route import Router
from netcompiler.draw.theme import Paint, Theme
from netcompiler.draw.tree import Box, Flow, Leaf, Tree

_INSET = 9.0
"""Between a frame and its title, for text of 9.5 points."""

_OTHER: dict[str, Literal["start", "middle", "end"]] = {"start": "end", "end": "start", "middle": "middle"}

_MOST_SHEETS = 2
_TOLD = 12
"""Layers that a tooltip names."""


class Painter:
    """Paints a layout whose places are final."""

    def __init__(self, tree: Tree, cell: Cell, theme: Theme, picture: Picture) -> None:
        self._tree = tree
        self._cell = cell
        self._theme = theme
        self._picture = picture
        self._homes = tree.homes()
        self._spots = {spot.leaf: spot for spot in cell.spots}
        self._frames = {area.box: index for index, area in enumerate(cell.areas)}
        self._router = Router(cell, self._homes, theme)

    def paint(self) -> None:
        """Add everything to the picture."""
        for area in self._cell.areas:
            self._frame(area)
            self._heading(area)
        for spot in self._cell.spots:
            self._node(spot)
        for flow in self._tree.flows:
            self._picture.arrows.append(self._router.arrow(flow))
        around(self._picture)
        beside = (places for spot in self._cell.spots for places in self._beside(spot))
        self._picture.texts += place(beside, self._picture)
        self._picture.texts += self._traffic()

    def _frame(self, area: Area) -> None:
        box = area.box
        paint = self._block_paint(box)
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
                sheets=min(box.times - 1, _MOST_SHEETS),
                label=box.path or box.definition,
            )
        )

    def _block_paint(self, box: Box) -> Paint:
        if box.lane is not None:
            return self._theme.lane(box.lane)
        if box.times > 1:
            return self._theme.repeated
        level = 0
        around = self._homes.get(box)
        while around is not None and around is not self._tree.root:
            level += 1
            around = self._homes.get(around)
        return self._theme.blocks[level % len(self._theme.blocks)]

    def _heading(self, area: Area) -> None:
        around = self._homes.get(area.box)
        left, below, badge, right = measure.heading(area.box, around, self._theme)
        inset = _INSET * self._theme.space
        rows = [area.top + row for row in measure.rows(self._theme)]
        first, second, last = rows[0], rows[1], rows[measure.costs_row(area.box, around, self._theme)]
        costs, macs = measure.costs_heading(area.box, self._theme)
        if self._theme.narrow and area.box.lane is not None and area.spine > (area.left + area.right) / 2:
            # A lane's totals stand below its name, on the wider side.
            below, costs, badge, right, last = badge, right, (), (), rows[2]
        texts = [
            Text(left, area.left + inset, first),
            Text(below, area.left + inset, second),
            Text(badge, area.right - inset, first, "end"),
            Text(right, area.right - inset, second if badge else first, "end"),
            Text(costs, area.left + inset, last),
            Text(macs, area.right - inset, last, "end"),
        ]
        self._picture.texts += [text for text in texts if text.line]

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
                measure.lines(leaf, theme),
                frame=self._frames.get(home) if home is not None else None,
                sheets=min(leaf.times - 1, _MOST_SHEETS),
                tooltip=tooltip(leaf),
                dashed=leaf.training_only,
            )
        )

    def _beside(self, spot: Spot) -> Iterator[tuple[Text, ...]]:
        """What stands beside a node, each in all places where it may: its caption, how often it stands, the
        shape of its value.
        """
        caption = measure.caption(spot.leaf, self._theme)
        if caption:
            yield Text(caption, spot.left - 4, spot.y, "end"), Text(caption, spot.right + 4, spot.y)
        badge = measure.badge(spot.leaf, self._theme)
        if badge:
            yield (Text(badge, spot.right + 12, spot.top + 0.7 * self._theme.heading),)
        for text in self._shape(spot):
            # On the other side of the way on.
            yield text, replace(text, x=2 * spot.x - text.x, anchor=_OTHER[text.anchor])

    def _shape(self, spot: Spot) -> Iterator[Text]:
        """The shape of a node's value, beside the way on, when it is news: it changes here, and no block and
        no node says it next.
        """
        leaf = spot.leaf
        on = next((flow for flow in self._tree.flows.out_of(leaf) if self._is_on(flow)), None)
        into = self._tree.flows.into(leaf)
        if on is None or leaf.role == "input" or (into and into[0].shape == leaf.shape):
            return
        line = measure.shape(leaf, self._theme)
        rising = self._spots[on.target].y < spot.y and self._router.is_plain(on)
        below = 0.87 * self._theme.small
        y = spot.top - below if rising else spot.bottom + below
        sides = self._sides(spot)
        aside = measure.shape_aside(self._theme)
        if sides == {True}:
            yield Text(line, spot.x - aside, y, "end")
        elif len(sides) < 2:
            yield Text(line, spot.x + aside, y)
        elif not measure.is_small(leaf):
            yield Text(line, spot.right + 4, spot.top + 3)

    def _sides(self, spot: Spot) -> set[bool]:
        """To which sides ways leave a node's foot or head: True for the right."""
        return {
            self._spots[flow.target].x > spot.x
            for flow in self._tree.flows.out_of(spot.leaf)
            if self._router.is_slanted(flow) and abs(self._spots[flow.target].x - spot.x) > 1
        }

    def _is_on(self, flow: Flow) -> bool:
        """True when a flow simply runs on to a node with words in it that stands in the same block."""
        target = flow.target
        small = measure.is_small(target) and target.kind != "transfer"
        if self._router.is_skip(flow) or target.role == "output" or small:
            return False
        home = self._homes.get(flow.source)
        around = self._homes.get(target)
        while around is not None and around is not home:
            around = self._homes.get(around)
        return around is home

    def _traffic(self) -> Iterator[Text]:
        """The size of what crosses between groups, near where it leaves, once for each side."""
        for (leaf, right), flows in sent(self._tree.flows, self._spots).items():
            spot, line = self._spots[leaf], measure.traffic(flows, self._theme)
            y = measure.traffic_y(spot, self._theme)
            edge = next((a.right for a in self._cell.areas if a.left < spot.x < a.right), float("inf"))
            x = beside(self._cell, spot, y, right=right, edge=edge)
            caption = measure.caption(leaf, self._theme)
            if caption and not right:
                x -= line_width(caption) + 5
            yield Text(line, x, y, "start" if right else "end")


def tooltip(leaf: Leaf) -> str:
    """What an SVG says about a node on hover: its layers and the shape they give."""
    if leaf.role == "junction":
        return ""
    facts = [f"{layer.path}: {layer.label}" for layer in leaf.layers[:_TOLD]]
    if len(leaf.layers) > _TOLD:
        facts.append(f"and {len(leaf.layers) - _TOLD} more")
    return ", ".join([*facts, words.shape(leaf.shape)])
