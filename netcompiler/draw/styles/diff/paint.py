"""Nodes, frames, arrows and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from netcompiler.draw.curves import rounded, straight, with_tip
from netcompiler.draw.layout import measure
from netcompiler.draw.paint import tooltip
from netcompiler.draw.picture import Arrow, Frame, Node, Picture, Point, Text
from netcompiler.draw.styles.diff.entries import Entry, rows
from netcompiler.draw.styles.diff.layout import INSET, PILE, Layout, arc_x
from netcompiler.draw.styles.diff.texts import Texts
from netcompiler.draw.styles.diff.ways import Arc, Way
from netcompiler.draw.tree import Leaf

_APART = 3.0
"""How far above those that leave a node the arcs that arrive at its side do."""

_MOST_SHEETS = 2


class Painter:
    """Paints sections whose rows have places, from left to right."""

    def __init__(
        self, layout: Layout, sections: Sequence[Sequence[Entry]], names: tuple[str, str], texts: Texts
    ) -> None:
        self._layout = layout
        self._sections = sections
        self._names = names
        self._texts = texts
        self._theme = theme = texts.theme
        self._section = {row: i for i, section in enumerate(sections) for row in rows(section)}
        self._head = theme.heading * 2.0
        turn = layout.spaces.turn * 3 if len(sections) > 1 else 0.0
        self._top = self._head + turn
        self._whole = sum(layout.edges) + layout.apart + layout.spaces.gutter
        height = max(layout.bottom(section[-1]) for section in sections)
        self._size = len(sections) * self._whole - layout.spaces.gutter, self._top + height + turn

    def picture(self, name: str) -> Picture:
        """Everything in one picture."""
        picture = Picture(name, *self._size, self._theme.paper)
        for index, section in enumerate(self._sections):
            self._put_names(picture, index)
            for entry in section:
                self._put(picture, entry, None, index)
        for side in (0, 1):
            arcs = {way: arc for arc in self._layout.arcs[side] for way in arc.ways}
            for way in self._layout.ways[side]:
                picture.arrows.append(self._arrow(way, arcs.get(way), side))
        return picture

    def _x(self, section: int, side: int) -> float:
        """The middle of a net's column."""
        layout = self._layout
        return section * self._whole + layout.edges[0] + side * layout.apart

    def _y(self, y: float) -> float:
        return self._top + y

    def _put_names(self, picture: Picture, section: int) -> None:
        for side, name in enumerate(self._names):
            line = self._texts.name(name, self._layout.apart - INSET)
            picture.texts.append(Text(line, self._x(section, side), self._head * 0.35, "middle"))

    def _put(self, picture: Picture, entry: Entry, frame: int | None, section: int) -> None:
        if not entry.is_block:
            self._row(picture, entry, frame, section)
            return
        layout, theme = self._layout, self._theme
        level = len(layout.around[entry])
        left = self._x(section, 0) - layout.outer[0][level]
        right = self._x(section, 1) + layout.outer[1][level]
        top, bottom = self._y(layout.tops[entry]), self._y(layout.bottom(entry))
        paint = theme.repeated if entry.times > 1 else theme.blocks[level % len(theme.blocks)]
        label = next((box.path for box in entry.boxes if box), "")
        sheets = min(entry.times - 1, _MOST_SHEETS)
        picture.frames.append(Frame(left, top, right, bottom, paint.fill, paint.line, frame, sheets, label))
        own = len(picture.frames) - 1
        picture.texts += self._heading(entry, (left, right), top, section)
        for child in entry.children:
            self._put(picture, child, own, section)

    def _heading(self, entry: Entry, ends: tuple[float, float], top: float, section: int) -> Iterator[Text]:
        theme = self._theme
        first, second, _ = (top + row for row in measure.rows(theme))
        left, below = self._texts.heading(entry.boxes[0] or entry.boxes[1])
        found = [Text(left, ends[0] + INSET, first), Text(below, ends[0] + INSET, second)]
        if self._texts.titles_differ(entry):
            x = self._x(section, 1) + INSET
            left, below = self._texts.heading(entry.boxes[1])
            found += [Text(left, x, first), Text(below, x, second)]
        found.append(Text(self._texts.badge(entry), ends[1] - INSET, first, "end"))
        return (text for text in found if text.line)

    def _row(self, picture: Picture, row: Entry, frame: int | None, section: int) -> None:
        layout = self._layout
        y = self._y(layout.middle(row))
        middles = [self._x(section, side) for side in (0, 1)]
        if row.wide:
            assert row.nodes[0] is not None
            width = layout.apart + layout.width
            self._node(picture, row, row.nodes[0], (sum(middles) / 2, y), (width, layout.heights[row]), frame)
            return
        for side, node in enumerate(row.nodes):
            if node is None:
                continue
            width, height = self._texts.size(node, row.sign)
            if not measure.is_small(node):
                width = layout.width
            self._node(picture, row, node, (middles[side], y), (width, height), frame, side)
            picture.texts += self._beside(row, node, middles[side], y, width, side)
        top = y - (len(layout.notes[row]) - 1) * self._texts.note_height() / 2
        for index, line in enumerate(layout.notes[row]):
            at = top + index * self._texts.note_height()
            picture.texts.append(Text(line, sum(middles) / 2, at, "middle"))

    def _node(
        self,
        picture: Picture,
        row: Entry,
        node: Leaf,
        place: Point,
        size: tuple[float, float],
        frame: int | None,
        side: int = 0,
    ) -> None:
        theme = self._theme
        paint = self._texts.paint(row.sign)
        fill, line = (theme.flow, theme.flow) if node.role == "junction" else (paint.fill, paint.line)
        shape: Literal["box", "circle", "point"] = (
            "point" if node.role == "junction" else "circle" if measure.is_circle(node) else "box"
        )
        picture.nodes.append(
            Node(
                (row, side),
                shape,
                *place,
                *size,
                fill,
                line,
                self._texts.lines(node, row.sign),
                frame=frame,
                sheets=min(max(row.times, node.times) - 1, _MOST_SHEETS),
                tooltip=tooltip(node),
                dashed=row.sign == "−" or node.training_only,
            )
        )

    def _beside(self, row: Entry, node: Leaf, x: float, y: float, width: float, side: int) -> Iterator[Text]:
        """The sign of a row, and the words beside a node too small to hold them: between the nets."""
        theme = self._theme
        inwards = 1 if side == 0 else -1
        at = x + inwards * (width / 2 + INSET * 0.9 * theme.space)
        if side == 0 and node.times > 1:
            at += PILE
        sign = self._texts.sign(row.sign)
        if sign:
            yield Text(sign, at, y, "middle")
            at += inwards * INSET * theme.space
        else:
            at = x + inwards * (width / 2 + 4)
        caption = measure.caption(node, theme)
        if caption:
            yield Text(caption, at, y, "start" if side == 0 else "end")

    # ---- ways ----------------------------------------------------------------------------------------

    def _arrow(self, way: Way, arc: Arc | None, side: int) -> Arrow:
        theme = self._theme
        flow = way.flow
        skip = flow.skip or way.detour
        color = theme.crossing if flow.crosses else theme.skip if skip else theme.flow
        width = theme.thick if flow.crosses or skip else theme.thin
        points = self._around(way, arc, side) if arc else self._on(way, side)
        curve = rounded(points) if len(points) > 2 else straight(*points)
        target = way.target.nodes[side]
        point = target is not None and target.role == "junction"
        tip = None
        if not point:
            curve, tip = with_tip(curve, width)
        dashed = flow.crosses or way.detour
        ends = [(row, 0 if row.wide else side) for row in (way.source, way.target)]
        return Arrow(ends[0], ends[1], tuple(curve), tip, color, width, dashed)

    def _on(self, way: Way, side: int) -> list[Point]:
        """Straight down to the next row; at the end of a section up to the head of the next."""
        sections = self._section[way.source], self._section[way.target]
        start = (self._x(sections[0], side), self._edge(way.source, side, 1))
        end = (self._x(sections[1], side), self._edge(way.target, side, -1))
        if sections[0] == sections[1]:
            return [start, end]
        turn = self._layout.spaces.turn
        # The ways of the two nets run beside each other and never cross: the outer one of either turns later.
        foot = self._size[1] - (turn * 0.6 if side == 0 else turn * 1.4)
        head = self._head + (turn * 1.4 if side == 0 else turn * 0.6)
        between = self._x(sections[1], 0) - self._layout.edges[0] - self._layout.spaces.gutter / 2
        x = between + (turn * 0.4 if side == 0 else -turn * 0.4)
        return [start, (start[0], foot), (x, foot), (x, head), (end[0], head), end]

    def _edge(self, row: Entry, side: int, down: int) -> float:
        """The height at which a row's node ends, its foot or its head."""
        node = row.nodes[side]
        assert node is not None
        height = self._layout.heights[row] if row.wide else self._texts.size(node, row.sign)[1]
        return self._y(self._layout.middle(row)) + down * height / 2

    def _around(self, way: Way, arc: Arc, side: int) -> list[Point]:
        """Out of the side of one row, and past others into the side of another."""
        outwards = -1 if side == 0 else 1
        x = self._x(self._section[way.source], side)
        line = x + outwards * arc_x(self._layout, arc, side)
        ends = []
        for row, shift in ((way.source, _APART), (way.target, -_APART)):
            node = row.nodes[side]
            assert node is not None
            half = self._layout.width / 2
            if measure.is_small(node):
                # A circle is narrower above and below its middle.
                half = self._texts.size(node, row.sign)[0] / 2 - 0.5
            y = self._y(self._layout.middle(row)) + (0.0 if node.role == "junction" else shift)
            ends.append((x + outwards * half, y))
        return [ends[0], (line, ends[0][1]), (line, ends[1][1]), ends[1]]
