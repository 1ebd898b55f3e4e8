"""Kernels in volumes, and the lines from each to the point that it makes of what it sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import atan2, tau

from netcompiler.draw.picture import Point
from netcompiler.draw.styles.volumes.scene import Read, Volume, Window
from netcompiler.draw.styles.volumes.solid import Solid
from netcompiler.draw.styles.volumes.spacing import HIGH, LOW, MIDDLE, Grid

_TALL = 8.0
"""From this height on, all four corners of a kernel have a line; two are enough for smaller ones."""

_LAST = 22.0
"""The last piece of a way along an empty lane."""


@dataclass(frozen=True)
class Cone:
    """How one volume is made from another.

    Attributes:
        read: what is drawn.
        target: the volume that is made.
        kernel: the box of the kernel; None for a layer that reads all, or takes the value as it is.
        lines: from the kernel to its point; where there is no window, a way with an arrow's head.
        point: where they meet.
    """

    read: Read
    target: Volume
    kernel: Solid | None
    lines: tuple[tuple[Point, ...], ...]
    point: Point

    @property
    def is_way(self) -> bool:
        """True for a single way with an arrow's head."""
        return self.read.window is None and not self.read.dense


class Cones:
    """Makes the cones of a row.

    Args:
        solids: the boxes of its volumes, at their places.
        grid: where its columns stand.
    """

    def __init__(self, solids: Mapping[Volume, Solid], grid: Grid) -> None:
        self._solids = solids
        self._free = grid.free
        self._ways = _ways(solids)

    def of(self, target: Volume) -> Iterator[Cone]:
        """The cones that end in a volume, of those whose sources stand in the row."""
        present = [read for read in target.reads if read.source in self._solids]
        for index, read in enumerate(present):
            if read.window is None and not read.dense:
                yield self._plain(read, target, (index + 1) / (len(present) + 1))
            elif read.window is not None and read.window.spreads:
                yield self._spread(read, target, read.window)
            else:
                yield self._cone(read, target)

    def place(self, read: Read, target: Volume) -> Point:
        """Where on the map a kernel stands: shares of height and depth. The next volume's point is there too.

        Kernels stand high and low in turn, so that a volume's point and its own kernel are apart.
        """
        source = read.source
        deep = min(self._free[source.column], self._free[target.column]) / 2
        ways = self._ways[source]
        if len(ways) > 1:
            return (_index(ways, _way(read, target)) + 0.5) / len(ways), deep
        if any(len(self._ways.get(r.source, ())) > 1 for r in source.reads):
            return MIDDLE, deep
        return (HIGH if source.column % 2 else LOW), deep

    def kernel(self, read: Read, target: Volume) -> Solid | None:
        """The kernel's box in the volume that is read, or in that which is made."""
        if read.window is None or read.source not in self._solids:
            return None
        box = self._solids[target if read.window.spreads else read.source]
        return box.inner(read.window, self.place(read, target))

    def _cone(self, read: Read, target: Volume) -> Cone:
        kernel = self.kernel(read, target)
        place = (0.5, 0.5) if read.dense else self.place(read, target)
        point = self._solids[target].at(0, *place)
        seen = kernel or self._solids[read.source]
        starts = _corners(seen, point, few=read.crosses)
        return Cone(read, target, kernel, tuple((start, point) for start in starts), point)

    def _spread(self, read: Read, target: Volume, window: Window) -> Cone:
        place = self.place(read, target)
        box = self._solids[target].inner(window, place)
        point = self._solids[read.source].at(1, *place)
        return Cone(
            read, target, box, tuple((point, end) for end in (box.at(0, 0, 0), box.at(0, 1, 0))), point
        )

    def _plain(self, read: Read, target: Volume, down: float) -> Cone:
        """A level way to the left edge of the volume that is made, where both are high enough."""
        source, box = self._solids[read.source], self._solids[target]
        middle = (box.top + box.bottom) / 2 + (down - 0.5) * box.height
        end = box.left, _within(middle, box.at(0, 0.1, 0)[1], box.at(0, 0.9, 0)[1])
        deep = self._free[read.source.column] / 2
        start = source.at(1, 0.1, deep)
        start = start[0], _within(end[1], start[1], source.at(1, 0.9, deep)[1])
        ways = [start, end]
        if target.column - read.source.column > 1:
            # Along the empty lane, up to the last gap.
            ways.insert(1, (end[0] - _LAST, start[1]))
        return Cone(read, target, None, (tuple(ways),), end)


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


_Way = tuple[int, tuple[int, int]]
"""A lane, or -1 for others' lanes, and the size of a window."""


def _ways(solids: Mapping[Volume, Solid]) -> dict[Volume, list[_Way]]:
    """In how many ways a volume is read, each with a kernel at a place of its own.

    Groups that read the same kernel's view share it; branches of one group have each their own.
    """
    found: dict[Volume, set[_Way]] = {volume: set() for volume in solids}
    for target in solids:
        for read in target.reads:
            if read.source in found and read.window is not None:
                found[read.source].add(_way(read, target))
    return {volume: _shared(ways) for volume, ways in found.items()}


def _way(read: Read, target: Volume) -> _Way:
    size = read.window.size if read.window is not None else (0, 0)
    return (-1 if read.crosses or target.lane is None else target.lane), size


def _index(ways: Sequence[_Way], way: _Way) -> int:
    """Which way it is, or which it shares."""
    return ways.index(way) if way in ways else next(i for i, other in enumerate(ways) if other[1] == way[1])


def _shared(ways: set[_Way]) -> list[_Way]:
    """The ways in order; what others' lanes read as the own lane does is the same way."""
    own = {size for lane, size in ways if lane >= 0}
    return sorted(way for way in ways if way[0] >= 0 or way[1] not in own)


def _corners(box: Solid, point: Point, *, few: bool) -> list[Point]:
    """The corners of a box from which lines go to a point: all of its right face, or the outermost two."""
    corners = list(box.side)
    if not few and box.height >= _TALL:
        return corners
    angles = [(atan2(y - point[1], x - point[0]) % tau, (x, y)) for x, y in corners]
    return [min(angles)[1], max(angles)[1]]
