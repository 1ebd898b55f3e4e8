"""What stands below the volumes of one lane: notes on steps, brackets of blocks, names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netcompiler.draw.picture import Line, Shape, Text
from netcompiler.draw.styles.volumes import labels
from netcompiler.draw.styles.volumes.scene import Bracket, Scene, Volume
from netcompiler.draw.styles.volumes.spacing import Grid
from netcompiler.draw.theme import Theme

_TICK = 3.0

_LEVEL = 3.5
"""How far apart, in lines, the lower ends of neighbours may be to have their texts on one line."""


@dataclass
class Told:
    """Which lane says what: a step or a block that is the same in several lanes is told once, below them.

    Attributes:
        notes: by lane and column.
        heads: lanes and columns in which a branch starts: lines to other lanes pass before it.
        names: by lane and column.
        brackets: by lane.
    """

    notes: dict[tuple[int, int], list[Line]] = field(default_factory=dict)
    heads: set[tuple[int, int]] = field(default_factory=set)
    names: dict[tuple[int, int], Line] = field(default_factory=dict)
    brackets: dict[int, list[Bracket]] = field(default_factory=dict)


def told(scene: Scene, notes: Mapping[Volume, tuple[Line, ...]], theme: Theme) -> Told:
    """What is told below the lanes: the notes of each volume of the row, names, and blocks."""
    found = Told()
    for column in sorted({volume.column for volume in notes}):
        there = [v for v in notes if v.column == column and v.lane is not None]
        lines = {v: notes[v] for v in there if v.reads}
        for volume, key in _tellers(there, lines):
            found.notes[key] = list(lines[volume])
            if volume.is_head:
                found.heads.add(key)
        names = {v: (labels.name(v, theme),) for v in there if v.name}
        for volume, key in _tellers(there, names):
            (found.names[key],) = names[volume]
    _tell_brackets(found, scene, set(notes))
    return found


def _tellers(
    there: Sequence[Volume], lines: Mapping[Volume, tuple[Line, ...]]
) -> Iterator[tuple[Volume, tuple[int, int]]]:
    """Who tells some lines, and below which lane and column: the lowest where all say the same."""
    same = len(set(lines.values())) == 1 and len({v.group for v in there}) == len(there)
    for volume in list(lines)[-1:] if same else lines:
        lanes = [volume.lane]
        if same:
            lanes += [read.source.lane for v in there for read in v.reads if read.crosses]
            lanes += [v.lane for v in there]
        if lines[volume]:
            yield volume, (max(lane for lane in lanes if lane is not None), volume.column)


def _tell_brackets(found: Told, scene: Scene, volumes: set[Volume]) -> None:
    shown: set[tuple[tuple[int, int], str, int]] = set()
    for bracket in sorted(scene.brackets, key=lambda b: (b.level, b.columns)):
        key = bracket.columns, bracket.name, bracket.times
        lanes = [v.lane for v in bracket.volumes if v in volumes and v.lane is not None]
        if lanes and key not in shown:
            shown.add(key)
            # Alike in several lanes: below the last of them.
            alike = [b for b in scene.brackets if (b.columns, b.name, b.times) == key]
            there = [v.lane for b in alike for v in b.volumes if v in volumes and v.lane is not None]
            found.brackets.setdefault(max(there), []).append(bracket)


class Footers:
    """Makes the texts and lines below one lane.

    Attributes:
        texts: the texts.
        lines: brackets.
        bottom: the lower end of everything.
    """

    def __init__(self, lane: int, told: Told, floors: Mapping[int, float], grid: Grid, theme: Theme) -> None:
        """Makes them.

        Args:
            lane: which lane it is.
            told: what is told below which lane.
            floors: what is free below the volumes of each column of the lane, inputs left out.
            grid: where the columns stand.
            theme: colours and sizes.
        """
        self._grid = grid
        self._theme = theme
        self._leading = labels.leading(theme)
        self._floors = dict(floors)
        self.texts: list[Text] = []
        self.lines: list[Shape] = []
        notes = {column: lines for (at, column), lines in told.notes.items() if at == lane}
        names = {column: line for (at, column), line in told.names.items() if at == lane}
        for column in {*notes, *names}:
            self._floors.setdefault(column, self._floors.get(column - 1, max(floors.values(), default=0.0)))
        self._heads = {column for at, column in told.heads if at == lane}
        self._add_notes(notes, _aligned(self._floors, _LEVEL * self._leading))
        for bracket in told.brackets.get(lane, ()):
            self._add_bracket(bracket)
        self._add_names(names)
        self.bottom = max(self._floors.values(), default=0.0)

    def _add_notes(self, notes: Mapping[int, Sequence[Line]], starts: Mapping[int, float]) -> None:
        for column, lines in notes.items():
            head = column in self._heads
            x = self._grid.xs[column] if head else self._grid.notes[column]
            y = max(starts[c] for c in (column - 1, column) if c in starts)
            for line in lines:
                at = y + self._leading / 2
                self.texts.append(Text(line, x, at, "start" if head else "middle"))
                y += self._leading
            self._floors[column] = max(self._floors[column], y)
            left = x - labels.size(lines, self._theme)[0] / 2
            if column - 1 in self._floors and left < self._right(column - 1):
                self._floors[column - 1] = max(self._floors[column - 1], y)

    def _right(self, column: int) -> float:
        return self._grid.xs[column] + self._grid.widths[column]

    def _add_bracket(self, bracket: Bracket) -> None:
        """Add a bracket; where it goes on in another row, its end is open."""
        first, last = (min(max(column, self._grid.row[0]), self._grid.row[1]) for column in bracket.columns)
        covered = [column for column in self._floors if first <= column <= last]
        y = max(self._floors[column] for column in covered) + 3
        left, right = self._grid.xs[first], self._right(last)
        corners = [(left, y), (right, y)]
        if first == bracket.columns[0]:
            corners.insert(0, (left, y - _TICK))
        if last == bracket.columns[1]:
            corners.append((right, y - _TICK))
        color = self._theme.repeat if bracket.times > 1 else self._theme.quiet
        self.lines.append(Shape(tuple(corners), None, color, self._theme.thin * 0.8, closed=False))
        text = labels.block(bracket, self._theme)
        self.texts.append(Text(text, (left + right) / 2, y + 1 + self._leading / 2, "middle"))
        self._floors |= dict.fromkeys(covered, y + 2 + self._leading)

    def _add_names(self, names: Mapping[int, Line]) -> None:
        """Add the names of volumes, all on one line."""
        beside = {c for column in names for c in (column - 1, column, column + 1) if c in self._floors}
        y = max((self._floors[column] for column in beside), default=0.0)
        for column, line in names.items():
            self.texts.append(Text(line, self._grid.middle(column), y + self._leading / 2, "middle"))
            self._floors[column] = y + self._leading


def _aligned(floors: Mapping[int, float], most: float) -> dict[int, float]:
    """Lower ends, those of neighbours brought to the same height where that is not far from each."""
    found: dict[int, float] = {}
    run: list[int] = []
    for column in sorted(floors):
        ends = [floors[c] for c in [*run, column]]
        if max(ends) - min(ends) > most:
            run = []
        run.append(column)
        found |= dict.fromkeys(run, max(floors[c] for c in run))
    return found


def floors(bottoms: Iterable[tuple[Volume, float]]) -> dict[int, float]:
    """What is free below each column of a lane. An input is large: it counts only where it is alone."""
    every = list(bottoms)
    return {volume.column: y for volume, y in every if volume.reads} or {v.column: y for v, y in every}
