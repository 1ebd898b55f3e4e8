"""Lanes, stretches and what goes between them, painted at their places."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from netcompiler.draw.curves import bend, rounded, straight
from netcompiler.draw.picture import Line, Picture, Point, Text
from netcompiler.draw.styles.traffic.brush import Brush
from netcompiler.draw.styles.traffic.places import Places, Spot
from netcompiler.draw.styles.traffic.routes import ROUND, Route, Routes, corners
from netcompiler.draw.styles.traffic.stretches import Crossing, Stretch, Traffic
from netcompiler.draw.styles.traffic.texts import end_lines, node_size, size_line
from netcompiler.draw.theme import Theme

_AROUND = 26.0
"""Between the lanes and the net's inputs and outputs. All distances suit text of 9.5 points."""

_BESIDE = 8.0
"""Between inputs side by side, and between outputs."""

_TEXT = 4.0
"""Between a node's front and the size of what it sends."""


class Painter:
    """Paints a net's lanes."""

    def __init__(
        self, traffic: Traffic, texts: Mapping[Stretch, tuple[Line, ...]], places: Places, theme: Theme
    ) -> None:
        self._traffic, self._places, self._theme = traffic, places, theme
        self._routes = Routes(traffic, places)
        self._brush = Brush(traffic, texts, theme)
        self._point = places.direction.point

    def paint(self) -> Picture:
        """All of it, on a page that is as large as that."""
        for group, lane in self._places.lanes.items():
            box = (*self._point(lane.start, lane.near), *self._point(lane.end, lane.far))
            self._brush.lane(group, box, beside=not self._places.direction.rightwards)
        for stretch, spot in self._places.spots.items():
            self._brush.stretch(
                stretch, self._point(spot.along, spot.across), self._point(spot.length, spot.breadth)
            )
        for source, target in self._traffic.onward:
            self._arrow(source, target, self._routes.onward(source, target))
        for stretch in self._traffic.stretches:
            for far in (False, True):
                self._sent(stretch, far=far)
        self._inputs()
        self._outputs()
        return self._brush.trimmed()

    def _arrow(self, source: Hashable, target: Hashable, route: Route, size: int = 0) -> None:
        self._brush.arrow(source, target, self._curve(route), size)

    def _curve(self, route: Route) -> list[Point]:
        points = [self._point(*place) for place in corners(route.points)]
        if len(points) > 2:
            return rounded(points, ROUND * self._theme.space)
        upright = not self._places.direction.rightwards
        if not route.curved:
            return straight(*points)
        return bend(points[0], points[1], upright=(upright, upright))

    def _sent(self, stretch: Stretch, *, far: bool) -> None:
        """What a stretch sends to one side, and how much that is."""
        sent = self._routes.sent(stretch, far=far)
        for crossing, route in sent:
            self._arrow(crossing.source, crossing.target, route, crossing.bytes)
        if sent:
            size = self._size(stretch, [crossing for crossing, _ in sent], far=far)
            self._brush.picture.texts.append(size)

    def _size(self, stretch: Stretch, sent: Sequence[Crossing], *, far: bool) -> Text:
        """The size of what leaves a stretch, between the line on which it leaves and the group's own."""
        places, spot = self._places, self._places.spots[stretch]
        clear = _TEXT * self._theme.space
        beside = (places.tail - places.label[1] / 2 - clear) * (1 if far else -1)
        line = size_line(sent, self._theme)
        if places.direction.rightwards:
            return Text(line, *self._point(spot.front + clear, spot.across + beside))
        after = spot.front + clear + places.label[0] / 2
        return Text(line, *self._point(after, spot.across + beside), "middle")

    def _inputs(self) -> None:
        """The net's inputs, before the lanes that read them; what is read late beside the first lane."""
        theme = self._theme
        ends = []
        late = 0
        numbers: dict[str, int] = {}
        for layer, readers in self._traffic.inputs:
            numbers[layer.id] = late
            late += sum(stretch.phase > 0 for stretch in readers)
            first = [self._places.spots[s].across for s in readers if s.phase == 0]
            across = sum(first) / len(first) if first else self._routes.outside(numbers[layer.id])
            ends.append((layer.id, end_lines(layer.name, layer.output, theme), across))
        placed = self._ends(ends, lambda length: -_AROUND * theme.space - length / 2)
        for layer, readers in self._traffic.inputs:
            spot, lines = placed[layer.id]
            self._end(layer.id, lines, spot)
            for number, stretch in enumerate(sorted(readers, key=lambda s: -s.phase)):
                self._arrow(
                    layer.id, stretch, self._routes.entering(spot, stretch, numbers[layer.id] + number)
                )

    def _outputs(self) -> None:
        """The net's outputs, after the lanes that give them."""
        theme = self._theme
        ends = []
        for output, stretch in self._traffic.outputs:
            last = self._places.is_last(stretch)
            lines = end_lines(output.name, output.shape, theme, training=output.training_only)
            below = self._places.far + _AROUND * theme.space
            across = self._places.spots[stretch].across if last else below
            ends.append((output.name, lines, across))
        after = self._places.end + _AROUND * theme.space
        placed = self._ends(ends, lambda length: after + length / 2)
        for output, stretch in self._traffic.outputs:
            spot, lines = placed[output.name]
            key = ("output", output.name)
            self._end(key, lines, spot, dashed=output.training_only)
            self._arrow(stretch, key, self._routes.leaving(stretch, spot))

    def _ends(
        self, ends: Sequence[tuple[str, tuple[Line, ...], float]], along: Callable[[float], float]
    ) -> dict[str, tuple[Spot, tuple[Line, ...]]]:
        """Places and texts of inputs or outputs, each as near to where it wants to be as can be."""
        placed: dict[str, tuple[Spot, tuple[Line, ...]]] = {}
        free = float("-inf")
        for key, lines, across in sorted(ends, key=lambda end: end[2]):
            length, breadth = self._places.direction.extent(*node_size(lines, self._theme))
            middle = max(across, free + breadth / 2)
            placed[key] = Spot(along(length), middle, length, breadth), lines
            free = middle + breadth / 2 + _BESIDE * self._theme.space
        return placed

    def _end(self, key: Hashable, lines: tuple[Line, ...], spot: Spot, *, dashed: bool = False) -> None:
        middle, size = self._point(spot.along, spot.across), self._point(spot.length, spot.breadth)
        self._brush.end(key, lines, middle, size, dashed=dashed)
