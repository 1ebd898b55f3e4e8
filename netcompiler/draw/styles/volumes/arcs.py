"""Skip connections as arcs above the volumes that they go past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netcompiler.draw.dot import line_width
from netcompiler.draw.picture import Line, Point, Span
from netcompiler.draw.styles.volumes import labels
from netcompiler.draw.styles.volumes.scene import Skip, Volume
from netcompiler.draw.styles.volumes.solid import Solid
from netcompiler.draw.theme import Theme

_CLEAR = 7.0
"""From the highest volume below an arc to the arc."""


@dataclass(frozen=True)
class Arc:
    """A skip connection and the corners of its way, the last of them at its arrow's head."""

    skip: Skip
    corners: tuple[Point, ...]

    @property
    def level(self) -> float:
        """The height of its long part."""
        return min(y for _, y in self.corners)

    @property
    def _ends(self) -> tuple[float, float]:
        xs = [x for x, y in self.corners if y == self.level]
        return min(xs), max(xs)

    @property
    def words_at(self) -> Point:
        """Where the middle of its words' lower edge is."""
        return sum(self._ends) / 2, self.level - 2

    def words(self, theme: Theme) -> Line:
        """The layers on its way, cut to what it has room for."""
        left, right = self._ends
        for length in range(len(self.skip.words), 1, -1):
            whole = length == len(self.skip.words)
            text = self.skip.words if whole else self.skip.words[: length - 1] + "…"
            line = (Span(text, theme.small, theme.skip),)
            if line_width(line) < right - left:
                return line
        return ()

    def top(self, theme: Theme) -> float:
        """The upper end of it and its words."""
        return self.level - (labels.leading(theme) + 2 if self.skip.words else theme.thick)

    def moved(self, y: float) -> Arc:
        """The same further down."""
        return Arc(self.skip, tuple((px, py + y) for px, py in self.corners))


def sign_size(theme: Theme) -> float:
    """Diameter of the sign of a sum."""
    return theme.small * 1.2


def sign_at(box: Solid, theme: Theme) -> Point:
    """The middle of the sign of a sum: on top of a volume."""
    return box.left + (box.width + box.deep[0]) / 2, box.top - sign_size(theme) / 2 + 1


def arcs(skips: Sequence[Skip], solids: Mapping[Volume, Solid], theme: Theme) -> list[Arc]:
    """The arcs of the skip connections of one lane; the shorter ones lie below the longer ones."""
    size = sign_size(theme)
    tops = {v: sign_at(box, theme)[1] - size / 2 if v.sign else box.top for v, box in solids.items()}
    found: list[Arc] = []
    for skip in sorted(skips, key=lambda s: (s.target.column - s.source.column, s.source.column)):
        first, last = skip.source.column, skip.target.column
        level = min(top for v, top in tops.items() if first <= v.column <= last) - _CLEAR
        for other in found:
            if other.skip.source.column < last and first < other.skip.target.column:
                level = min(level, other.top(theme) - _CLEAR + 1)
        found.append(Arc(skip, _way(skip, solids, level, theme)))
    return found


def _way(skip: Skip, solids: Mapping[Volume, Solid], level: float, theme: Theme) -> tuple[Point, ...]:
    source, target = solids[skip.source], solids[skip.target]
    radius = sign_size(theme) / 2
    if skip.source.sign:
        x, y = sign_at(source, theme)
        start: tuple[Point, ...] = ((x + radius, y), (x + radius + 5, y))
    else:
        start = (source.at(2 / 3, 0, 0.5),)
    if skip.summed and skip.target.sign:
        x, y = sign_at(target, theme)
        end = x, y - radius
    else:
        end = target.at(1 / 3, 0, 0.5)
    return (*start, (start[-1][0], level), (end[0], level), end)
