"""A layout with everything around it: title, small print, legend, colours."""

from __future__ import annotations

from collections.abc import Mapping

from netcompiler.draw import legend, words
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.cell import Area, Cell, Spot
from netcompiler.draw.picture import Frame, Line, Node, Picture, Span, Text
from netcompiler.draw.route import ASIDE, Router
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Flow, Leaf, Tree, leaves

_PAGES = ((454.0, 640.0), (860.0, 440.0))
"""What must hold a picture: the text of an upright sheet of paper, and a slide."""

_MARGIN = 14.0
_TITLE = 46.0
_NARROWEST = 200.0


def fit(width: float, height: float) -> float:
    """How much a picture must shrink to fit a page: 1 for not at all."""
    return max(min(1.0, w / width, h / height) for w, h in _PAGES)


def paint(tree: Tree, cell: Cell, theme: Theme) -> Picture:
    """The finished picture of a layout."""
    return _Painter(tree, cell, theme).picture()


class _Painter:
    def __init__(self, tree: Tree, cell: Cell, theme: Theme) -> None:
        self._tree = tree
        self._theme = theme
        title = _title(tree, theme)
        width = max(cell.width, *(line_width(line) for line in title), _NARROWEST) + 2 * _MARGIN
        rows = legend.rows(legend.entries(tree, Router(cell, tree.homes(), {}, theme), theme), width - 2 * _MARGIN, theme)
        height = _MARGIN + _TITLE + cell.height + (16 if rows else 0) + legend.ROW * len(rows) + _MARGIN
        self._whole = Cell()
        self._whole.put(cell, cell.left + (width - cell.width) / 2, _MARGIN + _TITLE)
        self._picture = Picture(tree.graph.name, width, height, theme.paper)
        self._keys = {spot.leaf: f"{i}" for i, spot in enumerate(self._whole.spots)}
        self._homes = tree.homes()
        self._spots = {spot.leaf: spot for spot in self._whole.spots}
        self._router = Router(self._whole, self._homes, self._keys, theme)
        for index, line in enumerate(title):
            self._picture.texts.append(Text(line, _MARGIN, _MARGIN + 8 + 18 * index))
        for index, row in enumerate(rows):
            y = height - _MARGIN - legend.ROW * (len(rows) - index - 0.5)
            legend.paint(self._picture, row, _MARGIN, y, theme)

    def picture(self) -> Picture:
        frames = {area.box: index for index, area in enumerate(self._whole.areas)}
        for area in self._whole.areas:
            self._frame(area, frames)
        for spot in self._whole.spots:
            self._node(spot, frames)
        for flow in self._tree.flows:
            self._picture.arrows.append(self._router.arrow(flow))
        self._traffic()
        return self._picture

    def _traffic(self) -> None:
        """The size of what crosses between groups, near where it leaves, once for each side."""
        spots = self._spots
        sides: dict[tuple[Leaf, bool], list[Flow]] = {}
        for flow in self._tree.flows:
            if flow.crosses:
                rightwards = spots[flow.target].x >= spots[flow.source].x
                sides.setdefault((flow.source, rightwards), []).append(flow)
        for (leaf, rightwards), flows in sides.items():
            times = f"{len(flows)} × " if len(flows) > 1 else ""
            size = times + words.size(flows[0].bytes)
            line = (Span(size, self._theme.small, self._theme.crossing, bold=True),)
            spot = spots[leaf]
            x = spot.right + 5 if rightwards else spot.left - 5
            y = spot.bottom - (2 if measure.is_small(leaf) else 4)
            if self._router.is_across(flows[0]) and not measure.is_small(leaf):
                y = spot.y + ASIDE * spot.height - 7
            self._picture.texts.append(Text(line, x, y, "start" if rightwards else "end"))

    def _frame(self, area: Area, frames: Mapping[Box, int]) -> None:
        theme, box = self._theme, area.box
        level = 0
        parent = self._homes.get(box)
        while parent is not None and parent is not self._tree.root:
            level += 1
            parent = self._homes.get(parent)
        if box.lane is not None:
            paint = theme.lane(box.lane)
        else:
            paint = theme.repeated if box.times > 1 else theme.blocks[level % len(theme.blocks)]
        home = self._homes.get(box)
        self._picture.frames.append(
            Frame(
                area.left,
                area.top,
                area.right,
                area.bottom,
                paint.fill,
                paint.line,
                frames.get(home) if home is not None else None,
                min(box.times - 1, 2),
                box.path or box.definition,
            )
        )
        left, below, badge, right = measure.heading(box, home, theme)
        texts = self._picture.texts
        if left:
            texts.append(Text(left, area.left + measure_pad, area.top + 11))
        if below:
            texts.append(Text(below, area.left + measure_pad, area.top + 21.5))
        if badge:
            texts.append(Text(badge, area.right - measure_pad, area.top + 11, "end"))
        if right:
            texts.append(Text(right, area.right - measure_pad, area.top + (21.5 if badge else 11), "end"))

    def _node(self, spot: Spot, frames: Mapping[Box, int]) -> None:
        leaf, theme = spot.leaf, self._theme
        home = self._homes.get(leaf)
        paint = theme.kind(leaf.kind)
        shape = "point" if leaf.role == "junction" else "circle" if measure.is_circle(leaf) else "round"
        self._picture.nodes.append(
            Node(
                self._keys[leaf],
                shape,
                spot.x,
                spot.y,
                spot.width,
                spot.height,
                theme.flow if shape == "point" else paint.fill,
                theme.flow if shape == "point" else paint.line,
                measure.lines(leaf, theme),
                frames.get(home) if home is not None else None,
                min(leaf.times - 1, 2),
                _tooltip(leaf),
                leaf.training_only,
            )
        )
        caption = measure.caption(leaf, theme)
        if caption:
            self._picture.texts.append(Text(caption, spot.left - 4, spot.y, "end"))
        badge = measure.badge(leaf, theme)
        if badge:
            self._picture.texts.append(Text(badge, spot.right + 9, spot.y))
        self._shape(spot)

    def _shape(self, spot: Spot) -> None:
        """The shape of a node's value, beside the way on, when it is news: it changes here, and no block and
        no node says it next.
        """
        leaf, theme = spot.leaf, self._theme
        if leaf.role not in {"layer", "merge", "summary"}:
            return
        into = self._tree.flows.into(leaf)
        on = next((flow for flow in self._tree.flows.out_of(leaf) if self._is_on(flow)), None)
        if on is None or (into and into[0].shape == leaf.shape):
            return
        text = (Span(words.shape(leaf.shape), theme.small, theme.quiet),)
        rising = self._spots[on.target].y < spot.y and self._router.is_plain(on)
        y = spot.top - 6.5 if rising else spot.bottom + 6.5
        leaving = {
            self._spots[flow.target].x > spot.x
            for flow in self._tree.flows.out_of(leaf)
            if flow.crosses and not self._router.is_across(flow)
        }
        if len(leaving) == 2:
            return
        x, anchor = (spot.x - 4.5, "end") if True in leaving else (spot.x + 4.5, "start")
        self._picture.texts.append(Text(text, x, y, anchor))

    def _is_on(self, flow: Flow) -> bool:
        """True when a flow runs on to a node that stands in the same block."""
        if flow.target not in self._spots or self._router.is_skip(flow) or flow.target.role in {"output", "junction"} or measure.is_circle(flow.target):
            return False
        home = self._homes.get(flow.source)
        around: Box | None = self._homes.get(flow.target)
        while around is not None and around is not home:
            around = self._homes.get(around)
        return around is home


measure_pad = 9.0


def _tooltip(leaf: Leaf) -> str:
    facts = [f"{layer.path}: {layer.label}" for layer in leaf.layers[:12]]
    if len(leaf.layers) > len(facts):
        facts.append(f"and {len(leaf.layers) - len(facts)} more")
    return ", ".join([*facts, words.shape(leaf.shape)])


def _title(tree: Tree, theme: Theme) -> tuple[Line, Line]:
    graph = tree.graph
    parameters = sum(layer.parameters for layer in graph.layers())
    macs = sum(layer.macs for layer in graph.layers())
    facts = f"{words.count(parameters)} parameters · {words.count(macs)} MACs"
    return (
        (Span(measure.cut(graph.name), theme.title, theme.ink, bold=True),),
        (Span(facts, theme.small + 1, theme.quiet),),
    )
