"""Where the columns of volumes stand: how far apart, so that kernels, lines and texts have room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from netcompiler.draw.styles.volumes.captions import has_room
from netcompiler.draw.styles.volumes.plane import holds
from netcompiler.draw.styles.volumes.scene import Scene, Volume
from netcompiler.draw.styles.volumes.solid import Scale, Solid, solid
from netcompiler.draw.styles.volumes.widths import Widths
from netcompiler.draw.theme import Theme

_NEAREST = 1.6
"""Between a volume and the next, in the size of small print."""

_CROSSED = 3.6
"""The same, where values cross between lanes or branches part."""

_AIR = 0.55
"""Between texts side by side."""

BAND = 8.0
"""Between the edge of a placement group's band and what is in it, in points."""

_TRIES = 4
"""Places to try for a volume that stands in front of a face."""

_BEHIND = 4
"""How many columns before a volume may have faces that reach behind it."""

LOW, MIDDLE, HIGH = 0.7, 0.5, 0.3
"""Where kernels stand on their maps, from the top."""

Row = tuple[int, int]
"""The first and the last column of a row."""


def shown(row: Row) -> Row:
    """The columns that a row shows: it starts with the last one of the row above, from which it goes on."""
    first, last = row
    return max(0, first - 1), last


@dataclass(frozen=True)
class Density:
    """How much of a volume's right face stays free of the next volume, in points.

    Attributes:
        change: before a volume of another size.
        same: before a volume of the same size.
    """

    change: float
    same: float


@dataclass(frozen=True)
class Grid:
    """The columns of one row.

    Attributes:
        row: which they are; `shown` says which are there besides.
        xs: the left edge of the fronts of each column.
        widths: of the widest front of each column.
        notes: the middle of the notes before each column.
        free: how much of a volume's right face is free, as a share of its depth, by column.
        on_face: volumes whose kernel's size and notes stand on the face of the input that they read.
        width: the row's width.
    """

    row: Row
    xs: Mapping[int, float]
    widths: Mapping[int, float]
    notes: Mapping[int, float]
    free: Mapping[int, float]
    on_face: frozenset[Volume]
    width: float

    def middle(self, column: int) -> float:
        """The middle of a column's fronts."""
        return self.xs[column] + self.widths[column] / 2

    def is_again(self, volume: Volume) -> bool:
        """True for a volume of the row above."""
        return volume.column < self.row[0]


class Spacing:
    """How far apart the columns of a scene stand.

    Args:
        scene: the volumes.
        scale: the picture's scale.
        density: how close they may stand.
        texts: widths of texts.
        theme: sizes.

    Attributes:
        solids: the box of every volume, its front's left edge at 0, its middle at height 0.
    """

    def __init__(self, scene: Scene, scale: Scale, density: Density, texts: Widths, theme: Theme) -> None:
        self._theme = theme
        self._em = theme.small
        self._texts = texts
        self._density = density
        self._columns = [list(scene.at(column)) for column in range(scene.columns)]
        self._crossed = _crossed(scene)
        self._block_ends = {bracket.columns[1] for bracket in scene.brackets}
        self.solids: dict[Volume, Solid] = {volume: solid(volume, scale) for volume in scene.volumes}
        self._widths = [max(self.solids[v].width for v in column) for column in self._columns]
        self._on_face = {v for column in range(1, scene.columns) for v in self._find_on_face(column)}
        self._gaps = [0.0]
        self._xs = [0.0]
        for column in range(1, scene.columns):
            self._gaps.append(max(self._room(column), self._apart(column)))
            self._xs.append(self._xs[-1] + self._widths[column - 1] + self._gaps[column])
        self._ends = [self._reach(column) for column in range(scene.columns)]
        self._reaches: dict[int, list[tuple[float, float]]] = {}

    def grid(self, row: Row) -> Grid:
        """The places of a row's columns."""
        first, last = shown(row)
        left, right = self._row_ends(row)
        columns = range(first, last + 1)
        xs = {column: left + self._xs[column] - self._xs[first] for column in columns}
        return Grid(
            row,
            xs,
            {column: self._widths[column] for column in columns},
            {column: xs[column] + self._note(column) for column in columns},
            {column: self._free_share(column) for column in columns},
            frozenset(self._on_face),
            left + right,
        )

    def width(self, row: Row) -> float:
        """How wide a row is."""
        return sum(self._row_ends(row))

    def _row_ends(self, row: Row) -> tuple[float, float]:
        """How far a row reaches to the left and to the right of its first front's left edge."""
        first, last = shown(row)
        if first not in self._reaches:
            left, right = self._texts.height[first] + self._band(first), 0.0
            found = self._reaches[first] = []
            for column in range(first, len(self._columns)):
                x = self._xs[column] - self._xs[first]
                ends = self._ends[column]
                left, right = max(left, ends[0] - x), max(right, x + ends[1])
                found.append((left, right))
        return self._reaches[first][last - first]

    def _reach(self, column: int) -> tuple[float, float]:
        """How far a column reaches to the left and to the right of its front's left edge."""
        middle, text = self._widths[column] / 2, self._texts.middle[column] / 2
        right = max(self.solids[volume].end for volume in self._columns[column])
        band = self._band(column)
        return text - middle + band, max(right + band, middle + text + band, self._note_end(column))

    def _band(self, column: int) -> float:
        """Room for the edge of a placement group's band."""
        return BAND + 1 if any(volume.group for volume in self._columns[column]) else 0.0

    def _room(self, column: int) -> float:
        """What kernels, lines and labels between two columns need.

        No text stands half on a face: the next volume stands far in front of it, or not at all.
        """
        wanted = self._between(column)
        deep = max(self.solids[volume].deep[0] for volume in self._columns[column - 1])
        least = min(deep, self._least(column))
        for part in range(_TRIES):
            free = least + (deep - least) * part / _TRIES
            step = self._widths[column - 1] + free + wanted
            if free + wanted < deep and self._stands_clear(column, step):
                return free + wanted
        return deep + wanted

    def _least(self, column: int) -> float:
        """How much of the right faces before a column stays free at least."""
        before, after = self._columns[column - 1], self._columns[column]
        dense = any(read.dense for volume in after for read in volume.reads)
        if column in self._crossed or dense or any(not volume.reads for volume in before):
            return inf
        change = {volume.shape[1:] for volume in before} != {volume.shape[1:] for volume in after}
        return self._density.change if change else self._density.same

    def _between(self, column: int) -> float:
        """The same beyond what is free of the faces before."""
        before, after = self._columns[column - 1], self._columns[column]
        wanted = self._em * (_CROSSED if column in self._crossed else _NEAREST)
        kernel = max((self._texts.kernels[v] for v in after if v not in self._on_face), default=0.0)
        resized = self._texts.resized[column]
        wanted = max(wanted, max(kernel, resized) + self._em)
        if any(v.group for v in after) and not all(v.group for v in before):
            # The edge of the band stands between the two.
            wanted = max(wanted, kernel + resized + self._em) + 2 * BAND
        if column - 1 in self._block_ends:
            wanted = max(wanted, self._notes(column) + 2)
        return wanted

    def _stands_clear(self, column: int, step: float) -> bool:
        """True when all that is written at a column's volumes is either on a face before it or beside it.

        Args:
            column: which one.
            step: how far its fronts stand from those of the column before.
        """
        x = self._xs[column - 1] + step
        for volume in self._columns[column]:
            for earlier in range(max(0, column - _BEHIND), column):
                for other in self._columns[earlier]:
                    moved = self.solids[other].moved(self._xs[earlier] - x, 0.0)
                    if other.lane == volume.lane and not self._is_clear_of(volume, moved):
                        return False
        return True

    def _is_clear_of(self, volume: Volume, other: Solid) -> bool:
        """The same for one volume and a box before it; the volume's front is at 0."""
        box, line = self.solids[volume], 1.3 * self._em
        half, middle = self._texts.middle[volume.column] / 2, box.width / 2
        places = [((middle - half, middle + half), (box.bottom + 2, box.bottom + 2 * line))]
        if self._texts.resized[volume.column]:
            heights = box.bottom - box.height, box.bottom - 1
            places.append(((-self._texts.resized[volume.column], 0.0), heights))
        return all(len({holds(other.side, (x, y)) for x in xs for y in ys}) == 1 for xs, ys in places)

    def _free_share(self, column: int) -> float:
        """The share of depth that is free of all maps of a column: kernels stand at the same place of all."""
        depths = [self.solids[v].deep[0] for v in self._columns[column] if v.is_map]
        if not depths or column + 1 >= len(self._gaps):
            return 1.0
        return min(1.0, (self._gaps[column + 1] - self._em) / max(depths))

    def _find_on_face(self, column: int) -> set[Volume]:
        """The volumes of a column whose notes stand on the face of an input: all that read it, or none."""
        readers = [(read, v) for v in self._columns[column] for read in v.reads if not read.source.reads]
        lowest = LOW if len(readers) == 1 else 1 - 0.5 / max(len(readers), 1)
        fit = all(has_room(self.solids[read.source], lowest, read, v, self._theme) for read, v in readers)
        return {v for _, v in readers} if fit else set()

    def _apart(self, column: int) -> float:
        """What the texts below two columns need."""
        air = self._em * _AIR
        texts = (self._texts.middle[column - 1] + self._texts.middle[column]) / 2 + air
        needed = texts - (self._widths[column - 1] + self._widths[column]) / 2
        if self._notes(column - 1):
            # Notes stand in the middle of the gaps, beside an input, or below the start of a branch.
            beyond = self._note_end(column - 1) + air - self._widths[column - 1]
            for volume in self._noted(column):
                width = self._texts.notes[volume]
                needed = max(needed, beyond if volume.is_head else 2 * beyond + width)
        return needed

    def _note_end(self, column: int) -> float:
        """Where the notes before a column end, from its front's left edge."""
        ends = [0.0]
        for volume in self._noted(column):
            width = self._texts.notes[volume]
            ends.append(width if volume.is_head else self._note(column) + width / 2)
        return max(ends)

    def _note(self, column: int) -> float:
        """Where the middle of the notes before a column is, from its front's left edge."""
        middle = -self._gaps[column] / 2
        before = self._columns[column - 1] if column else []
        inputs = [self.solids[v].end for v in before if not v.reads]
        if not inputs:
            return middle
        beside = max(inputs) - self._widths[column - 1] - self._gaps[column] + self._notes(column) / 2 + 3
        return max(middle, beside)

    def _noted(self, column: int) -> list[Volume]:
        """The volumes of a column with notes."""
        volumes = self._columns[column]
        return [v for v in volumes if v not in self._on_face and self._texts.notes[v]]

    def _notes(self, column: int) -> float:
        """How wide the notes before a column are."""
        return max((self._texts.notes[volume] for volume in self._noted(column)), default=0.0)


def _crossed(scene: Scene) -> set[int]:
    """The columns before which lines run from lane to lane."""
    return {
        volume.column
        for volume in scene.volumes
        for read in volume.reads
        if None not in {read.source.lane, volume.lane} and read.source.lane != volume.lane
    }
