"""A pipeline, in which each group hands its result to the next: its lanes one after another, in rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from netcompiler.draw.curves import rounded, straight
from netcompiler.draw.dot import line_width
from netcompiler.draw.picture import Line, Picture, Point, Text
from netcompiler.draw.styles.traffic.brush import INSET, Brush
from netcompiler.draw.styles.traffic.routes import ROUND
from netcompiler.draw.styles.traffic.stretches import Stretch, Traffic
from netcompiler.draw.styles.traffic.texts import end_lines, name, node_size, size_line
from netcompiler.draw.theme import Theme

_PADDING = 9.0
"""Between a lane's outline and the node in it. All distances suit text of 9.5 points."""

_TITLE = 1.7
"""The height of a lane's name, in the size of headings."""

_GAP = 26.0
"""Along an arrow, and beside the size of what it carries."""

_AROUND = 22.0
"""Between the lanes and the net's input and output, and beside rows where the way turns."""

_ROWS = 34.0
"""Between rows: a way back to the left and the size of what goes it."""

_TEXT = 4.0
"""Between an arrow and the text beside it."""


def is_chain(traffic: Traffic) -> bool:
    """True for a pipeline: one stretch for each group, each read by the next alone, one input, one output."""
    stretches = sorted(traffic.stretches, key=lambda stretch: stretch.phase)
    if len(traffic.groups) < len(stretches) or len(traffic.inputs) != 1 or len(traffic.outputs) != 1:
        return False
    follow = all(c.target.phase == c.source.phase + 1 for c in traffic.crossings)
    single = [stretch.phase for stretch in stretches] == list(range(len(stretches)))
    reads, gives = traffic.inputs[0][1], traffic.outputs[0][1]
    return follow and single and reads == (stretches[0],) and gives is stretches[-1]


class Chain:
    """Paints a pipeline."""

    def __init__(self, traffic: Traffic, texts: Mapping[Stretch, tuple[Line, ...]], theme: Theme) -> None:
        self._traffic, self._texts, self._theme = traffic, texts, theme
        self._space = theme.space
        self._stretches = sorted(traffic.stretches, key=lambda stretch: stretch.phase)
        self._crossings = {crossing.source: crossing for crossing in traffic.crossings}
        sizes = [node_size(texts[stretch], theme) for stretch in self._stretches]
        self._node = max(width for width, _ in sizes), max(height for _, height in sizes)
        labels = [line_width(size_line([crossing], theme)) for crossing in traffic.crossings]
        self._gap = max([_GAP * self._space, *(label + 4 * _TEXT * self._space for label in labels)])

    def ways(self) -> Iterator[Picture]:
        """The picture with all lanes in one row, with fewer, and with one in each."""
        for count in range(len(self._stretches), 0, -1):
            yield self._painted(count)

    def _painted(self, count: int) -> Picture:
        brush = Brush(self._traffic, self._texts, self._theme)
        places = [divmod(index, count) for index in range(len(self._stretches))]
        placed = zip(self._stretches, places, strict=True)
        middles = [self._put(brush, stretch, row, column, count) for stretch, (row, column) in placed]
        for index, (stretch, after) in enumerate(pairwise(self._stretches)):
            way, text = self._way(middles[index], middles[index + 1], count)
            crossing = self._crossings[stretch]
            brush.arrow(stretch, after, way, crossing.bytes)
            brush.picture.texts.append(replace(text, line=size_line([crossing], self._theme)))
        self._put_ends(brush, middles[0], middles[-1], upright=count == 1)
        return brush.trimmed()

    def _lane(self, count: int) -> tuple[float, float]:
        """The size of a lane. Where values come in from above, that is beside its name."""
        padding, inset = 2 * _PADDING * self._space, 2 * INSET * self._space
        title = max(line_width(name(s.group, self._theme, beside=count == 1)) for s in self._stretches)
        title = (title + 2 * inset) * (2 if count == 1 else 1)
        return max(self._node[0] + padding, title), self._node[1] + padding + _TITLE * self._theme.heading

    def _put(self, brush: Brush, stretch: Stretch, row: int, column: int, count: int) -> Point:
        """Paint a lane; gives the middle of its node."""
        width, height = self._lane(count)
        left, top = column * (width + self._gap), row * (height + _ROWS * self._space)
        brush.lane(stretch.group, (left, top, left + width, top + height), beside=count == 1)
        middle = left + width / 2, top + height - _PADDING * self._space - self._node[1] / 2
        brush.stretch(stretch, middle, self._node)
        return middle

    def _way(self, start: Point, end: Point, count: int) -> tuple[list[Point], Text]:
        """The way from a node to the next one, and where its size stands."""
        half, high = self._node[0] / 2, self._node[1] / 2
        lane, clear = self._lane(count), _TEXT * self._space
        up = clear + 0.6 * self._theme.small
        if count == 1:
            between = start[1] + high + (_PADDING + _ROWS / 2) * self._space
            way = straight((start[0], start[1] + high), (end[0], end[1] - high))
            return way, Text((), start[0] + clear, between)
        if start[1] == end[1]:
            way = straight((start[0] + half, start[1]), (end[0] - half, end[1]))
            return way, Text((), (start[0] + end[0]) / 2, start[1] - up, "middle")
        right = start[0] + lane[0] / 2 + _AROUND * self._space
        left = end[0] - lane[0] / 2 - _AROUND * self._space
        between = start[1] + high + (_PADDING + _ROWS / 2) * self._space
        turns = ((right, start[1]), (right, between), (left, between), (left, end[1]))
        way = rounded([(start[0] + half, start[1]), *turns, (end[0] - half, end[1])], ROUND * self._space)
        return way, Text((), (left + right) / 2, between - up, "middle")

    def _put_ends(self, brush: Brush, first: Point, last: Point, *, upright: bool) -> None:
        """The net's input before the first lane, its output after the last one."""
        layer, output = self._traffic.inputs[0][0], self._traffic.outputs[0][0]
        given = end_lines(layer.name, layer.output, self._theme)
        got = end_lines(output.name, output.shape, self._theme, training=output.training_only)
        key = ("output", output.name)
        for name_, lines, (x, y), sign in ((layer.id, given, first, -1), (key, got, last, 1)):
            width, height = node_size(lines, self._theme)
            around = (_PADDING + _AROUND) * self._space + (_TITLE * self._theme.heading if sign < 0 else 0.0)
            if upright:
                edge, end = (x, y + sign * self._node[1] / 2), (x, y + sign * (self._node[1] / 2 + around))
                middle = x, end[1] + sign * height / 2
            else:
                reach = self._lane(2)[0] / 2 + _AROUND * self._space
                edge, end = (x + sign * self._node[0] / 2, y), (x + sign * reach, y)
                middle = end[0] + sign * width / 2, y
            brush.end(name_, lines, middle, (width, height), dashed=output.training_only and sign > 0)
            if sign < 0:
                brush.arrow(name_, self._stretches[0], straight(end, edge))
            else:
                brush.arrow(self._stretches[-1], name_, straight(edge, end))
