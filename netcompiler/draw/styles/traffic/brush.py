"""The parts of the picture at given places on the page: lanes, nodes, arrows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from netcompiler.draw import words
from netcompiler.draw.colors import mix
from netcompiler.draw.curves import with_tip
from netcompiler.draw.picture import Arrow, Frame, Line, Node, Picture, Point, Text
from netcompiler.draw.styles.traffic.stretches import Stretch, Traffic
from netcompiler.draw.styles.traffic.texts import name
from netcompiler.draw.theme import Paint, Theme

INSET = 4.0
"""Between a lane's corner and its name, and twice that from its left; for text of 9.5 points."""

_FILL = 0.22
"""How much of the colour of a lane's outline is in its nodes."""

_TOLD = 12
"""Layers that a tooltip names."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


def stretch_paint(paint: Paint) -> Paint:
    """The colours of a node in a lane of these colours."""
    return Paint(mix(paint.fill, paint.line, _FILL), paint.line)


class Brush:
    """Paints the parts of a net with placement groups.

    Attributes:
        picture: what is painted so far.
    """

    def __init__(self, traffic: Traffic, texts: Mapping[Stretch, tuple[Line, ...]], theme: Theme) -> None:
        self.picture = Picture(traffic.graph.name, 0.0, 0.0, theme.paper)
        self._texts, self._theme = texts, theme
        self._colors = {group: theme.lane(index) for index, group in enumerate(traffic.graph.groups)}
        self._frames: dict[str, int] = {}

    def lane(self, group: str, box: Box, *, beside: bool) -> None:
        """A group's lane with its name, beside which values may come in."""
        left, top, _, _ = box
        paint, title = self._colors[group], name(group, self._theme, beside=beside)
        self._frames[group] = len(self.picture.frames)
        self.picture.frames.append(Frame(*box, paint.fill, paint.line, label=group))
        inset = INSET * self._theme.space
        self.picture.texts.append(Text(title, left + 2 * inset, top + inset + 0.6 * title[0].size))

    def stretch(self, stretch: Stretch, middle: Point, size: tuple[float, float]) -> None:
        """A stretch of layers; its lane is painted before."""
        told = [layer.path for layer in stretch.layers[:_TOLD]]
        told += [f"and {len(stretch.layers) - _TOLD} more"] if len(stretch.layers) > _TOLD else []
        paint = stretch_paint(self._colors[stretch.group])
        node = Node(stretch, "box", *middle, *size, paint.fill, paint.line, self._texts[stretch])
        node = replace(node, frame=self._frames[stretch.group], tooltip=", ".join(told))
        self.picture.nodes.append(node)

    def end(
        self,
        key: Hashable,
        lines: tuple[Line, ...],
        middle: Point,
        size: tuple[float, float],
        *,
        dashed: bool,
    ) -> None:
        """One of the net's inputs or outputs."""
        paint = self._theme.kind("input")
        self.picture.nodes.append(
            Node(key, "box", *middle, *size, paint.fill, paint.line, lines, dashed=dashed)
        )

    def arrow(self, source: Hashable, target: Hashable, curve: Sequence[Point], size: int = 0) -> None:
        """An arrow between nodes; one of so many bytes crosses between groups."""
        theme = self._theme
        width = theme.thick if size else theme.thin
        way, tip = with_tip(curve, width)
        color = theme.crossing if size else theme.flow
        about = words.size(size) if size else ""
        self.picture.arrows.append(
            Arrow(source, target, tuple(way), tip, color, width, dashed=size > 0, tooltip=about)
        )

    def trimmed(self) -> Picture:
        """All of it on a page that is as large as that."""
        picture = self.picture
        points = [point for f in picture.frames for point in ((f.left, f.top), (f.right, f.bottom))]
        for node in picture.nodes:
            w, h = node.width / 2, node.height / 2
            points += [(node.x - w, node.y - h), (node.x + w, node.y + h)]
        points += [point for arrow in picture.arrows for point in arrow.curve]
        (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*points, strict=True))
        page = Picture(picture.name, right - left, bottom - top, picture.paper)
        page.put(picture, -left, -top)
        return page
