"""Paints a row of volumes: what is nearer covers what is behind."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise

from netcompiler.draw.curves import rounded, with_tip
from netcompiler.draw.dot import line_width
from netcompiler.draw.options import Options
from netcompiler.draw.picture import Arrow, Line, Node, Picture, Point, Shape, Span, Text
from netcompiler.draw.styles.volumes.arcs import Arc, sign_at, sign_size
from netcompiler.draw.styles.volumes.bands import add_bands
from netcompiler.draw.styles.volumes.cones import Cone, Cones
from netcompiler.draw.styles.volumes.faces import add_box, add_kernel
from netcompiler.draw.styles.volumes.plane import arrow_head, between, holds, inside, polyline
from netcompiler.draw.styles.volumes.row import Placed
from netcompiler.draw.styles.volumes.scene import Volume
from netcompiler.draw.styles.volumes.solid import Solid
from netcompiler.graph import Graph

_DOT = 1.1
"""Half the width of the point that a kernel makes."""


class Painter:
    """Paints one row into a picture of its own."""

    def __init__(self, graph: Graph, placed: Placed, options: Options) -> None:
        self._placed = placed
        self._theme = options.theme
        self._picture = Picture(graph.name, placed.width, placed.height, options.theme.paper)
        self._cones = Cones(placed.solids, placed.grid)
        self._groups = graph.groups
        self._segments: list[tuple[Point, Point]] = []
        add_bands(self._picture, placed.bands, graph.groups, options.theme)

    def paint(self) -> Picture:
        """The row."""
        # A volume covers those left of it; the lines into it are seen through it, and so is its kernel.
        columns: dict[int, list[Volume]] = {}
        for volume in self._placed.solids:
            columns.setdefault(volume.column, []).append(volume)
        for column in sorted(columns):
            for volume in columns[column]:
                self._lines_to(volume)
            for volume in columns[column]:
                self._volume(volume)
        for arc in self._placed.arcs:
            self._arc(arc)
        for text in self._placed.texts:
            self._plate(text)
        self._picture.shapes += self._placed.lines
        self._picture.texts += self._placed.texts
        return self._picture

    def _into(self, volume: Volume) -> list[Cone]:
        """How a volume is made, as far as that is in this row."""
        return [] if self._placed.grid.is_again(volume) else list(self._cones.of(volume))

    def _lines_to(self, volume: Volume) -> None:
        """The lines into a volume up to it: other volumes of its column may stand before them."""
        outline = self._placed.solids[volume].outline
        for cone in self._into(volume):
            for start, end in () if cone.is_way else cone.lines:
                part = inside(start, end, outline)
                self._line(cone, start, between(start, end, part[0]) if part else end)

    def _volume(self, volume: Volume) -> None:
        box = self._placed.solids[volume]
        paint = self._theme.kind(volume.kind)
        add_box(self._picture, box, paint, self._theme, again=self._placed.grid.is_again(volume))
        cones = self._into(volume)
        kernels = [c.kernel for c in cones if c.read.window is not None and c.read.window.spreads]
        for kernel in dict.fromkeys([*self._kernels(volume), *kernels]):
            if kernel is not None:
                add_kernel(self._picture, kernel, self._theme)
        for cone in cones:
            if cone.is_way:
                self._way(cone)
                continue
            for start, end in cone.lines:
                part = inside(start, end, box.outline)
                if part is not None:
                    self._line(cone, between(start, end, part[0]), between(start, end, part[1]))
            self._dot(cone.point)
        if volume.sign:
            self._sign(volume)

    def _kernels(self, volume: Volume) -> list[Solid | None]:
        """The kernels that lie in a volume."""
        return [
            self._cones.kernel(read, reader)
            for reader in self._placed.solids
            for read in reader.reads
            if read.source is volume and read.window is not None and not read.window.spreads
        ]

    def _color(self, cone: Cone) -> str:
        return self._theme.crossing if cone.read.crosses else self._theme.flow

    def _line(self, cone: Cone, start: Point, end: Point) -> None:
        self._segments.append((start, end))
        crosses = cone.read.crosses
        width = self._theme.thick * 0.6 if crosses else self._theme.thin * 0.5
        shape = Shape((start, end), None, self._color(cone), width, crosses, closed=False)
        self._picture.shapes.append(shape)

    def _way(self, cone: Cone) -> None:
        """A way with an arrow's head, among the volumes: an `Arrow` would lie before them all."""
        (corners,) = cone.lines
        color, width = self._color(cone), self._theme.thin
        curve, tip = with_tip(rounded(corners), width)
        points = polyline(curve)
        self._segments += pairwise(points)
        dashed = cone.read.crosses
        self._picture.shapes.append(Shape(tuple(points), None, color, width, dashed, closed=False))
        self._picture.shapes.append(Shape(arrow_head(points[-1], tip), color, None))

    def _plate(self, text: Text) -> None:
        """Cover the lines that would run through a text beside the volumes."""
        corners = _around(text)
        if not any(inside(start, end, corners) for start, end in self._segments):
            return
        middle = (corners[0][0] + corners[1][0]) / 2, text.y
        if any(holds(box.outline, middle) for box in self._placed.solids.values()):
            return
        band = next((band for band in self._placed.bands if band.holds(*middle)), None)
        fill = self._theme.lane(self._groups.index(band.group)).fill if band else self._theme.paper
        self._picture.shapes.append(Shape(corners, fill, None))

    def _dot(self, at: Point) -> None:
        x, y = at
        corners = ((x - _DOT, y), (x, y - _DOT), (x + _DOT, y), (x, y + _DOT))
        self._picture.shapes.append(Shape(corners, self._theme.ink, None))

    def _sign(self, volume: Volume) -> None:
        x, y = sign_at(self._placed.solids[volume], self._theme)
        paint = self._theme.kind("merge")
        text: Line = (Span(volume.sign[:1], self._theme.small, paint.line, bold=True),)
        key = self._sign_key(volume)
        size = sign_size(self._theme)
        self._picture.nodes.append(Node(key, "circle", x, y, size, size, paint.fill, paint.line, (text,)))

    def _arc(self, arc: Arc) -> None:
        theme = self._theme
        source, target = arc.skip.source, arc.skip.target
        curve, tip = with_tip(rounded(arc.corners), theme.thick)
        self._picture.arrows.append(
            Arrow(
                self._sign_key(source) if source.sign else self._end(arc.corners[0]),
                self._sign_key(target) if target.sign else self._end(arc.corners[-1]),
                tuple(curve),
                tip,
                theme.skip,
                theme.thick,
                bool(arc.skip.words),
            )
        )
        line = arc.words(theme)
        if line:
            x, y = arc.words_at
            self._picture.texts.append(Text(line, x, y - theme.small / 2, "middle"))

    def _sign_key(self, volume: Volume) -> Hashable:
        return "sign", self._placed.grid.row, volume

    def _end(self, at: Point) -> Hashable:
        """The key of a point that an arc starts or ends at."""
        key = "end", self._placed.grid.row, at
        if all(node.key != key for node in self._picture.nodes):
            self._picture.nodes.append(Node(key, "point", *at, 0.4, 0.4, self._theme.skip, self._theme.skip))
        return key


def _around(text: Text) -> tuple[Point, ...]:
    """The corners of the room that a text takes."""
    width = line_width(text.line)
    half = max(span.size for span in text.line) * 0.45
    left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    return (
        (left, text.y - half),
        (left + width, text.y - half),
        (left + width, text.y + half),
        (left, text.y + half),
    )
