"""The scale of a picture and where its rows break: the largest volumes that leave the text legible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, sqrt

from netcompiler.draw.options import Options
from netcompiler.draw.page import SMALLEST, fit, margin_of, shrinking
from netcompiler.draw.styles.volumes import labels
from netcompiler.draw.styles.volumes.scene import Scene
from netcompiler.draw.styles.volumes.solid import Scale
from netcompiler.draw.styles.volumes.spacing import Density, Row, Spacing, shown
from netcompiler.draw.styles.volumes.widths import widths
from netcompiler.draw.styles.volumes.wrap import rows

_HIGHEST, _STACKED = 280.0, 330.0
"""How high the largest map may be, and all lanes together, in points."""

_LARGEST_UNIT = 4.0
"""Points for an element of the smallest maps."""

_WIDEST, _LONGEST = 45.0, 110.0
"""How wide the volume with the most channels may be, and how long the longest bar."""

_FACTORS = (1.0, 0.85, 0.7, 0.6, 0.5, 0.4)
"""Scales to try, as shares of the largest."""

_DENSITIES = (Density(50.0, 32.0), Density(34.0, 22.0), Density(16.0, 12.0))

_ROOMS = (620.0, 860.0, inf)
"""Widths to try where none is asked for."""

_BELOW = 7
"""About how many lines of text stand below a row."""

_AROUND = 90.0
"""About the height of title and legend."""

ROW_GAP = 22.0
"""Between rows."""


@dataclass(frozen=True)
class Layout:
    """A way to lay out a scene.

    Attributes:
        spacing: how far apart its columns stand.
        rows: its rows.
        factor: its scale as a share of the largest.
        width: its width.
        height: about its height.
    """

    spacing: Spacing
    rows: tuple[Row, ...]
    factor: float
    width: float
    height: float

    def is_legible(self, options: Options) -> bool:
        """True when it can be as wide as asked for, its text large enough."""
        return (self.width + 2 * margin_of(options)) * SMALLEST <= options.room * options.theme.small

    def score(self, options: Options) -> float:
        """The larger the better: large text first, large volumes, few rows that are full."""
        margin = 2 * margin_of(options)
        width, height = self.width + margin, self.height + margin + _AROUND
        zoom = fit(width, height) if options.width is None else shrinking(width, height, options)
        full = sum(map(self.spacing.width, self.rows)) / len(self.rows) / self.width
        score: float = zoom**1.3 * self.factor**0.8 * sqrt(full) * 0.92 ** len(self.rows)
        return score


def best(scene: Scene, options: Options) -> Layout:
    """The best layout of a scene; when none is legible at the width asked for, the narrowest."""
    layouts = list(_layouts(scene, options))
    legible = [layout for layout in layouts if layout.is_legible(options)]
    if not legible:
        return min(layouts, key=lambda layout: layout.width)
    return max(legible, key=lambda layout: layout.score(options))


def _layouts(scene: Scene, options: Options) -> Iterator[Layout]:
    largest = _largest(scene, options)
    texts = widths(scene, options)
    rooms: tuple[float, ...] = _ROOMS
    if options.width is not None:
        widest = options.room * options.theme.small / SMALLEST
        rooms = tuple(room - 2 * margin_of(options) for room in (options.room, widest))
    for factor in _FACTORS:
        scale = Scale(largest.unit * factor, largest.root * factor)
        for density in _DENSITIES:
            spacing = Spacing(scene, scale, density, texts, options.theme)
            for way in dict.fromkeys(tuple(rows(scene, spacing, room)) for room in rooms):
                height = sum(_height(spacing, row, options) + ROW_GAP for row in way) - ROW_GAP
                yield Layout(spacing, way, factor, max(map(spacing.width, way)), height)


def _height(spacing: Spacing, row: Row, options: Options) -> float:
    """About how high a row is."""
    first, last = shown(row)
    line = labels.leading(options.theme)
    highest: dict[int | None, float] = {}
    for volume, box in spacing.solids.items():
        if first <= volume.column <= last:
            highest[volume.lane] = max(highest.get(volume.lane, 0.0), box.bottom - box.top)
    shared = highest.pop(None, 0.0)
    return max(shared, sum(height + 3 * line for height in highest.values()) + _BELOW * line)


def _largest(scene: Scene, options: Options) -> Scale:
    """The largest scale that suits a net: larger text wants larger volumes."""
    maps = [volume for volume in scene.volumes if volume.is_map]
    extent = max(max(volume.shape[1:]) for volume in maps)
    stacked = sum(
        max((v.shape[1] + 0.3 * v.shape[2] for v in maps if v.lane == lane), default=0)
        for lane in range(len(scene.lanes))
    )
    unit = min(_LARGEST_UNIT, _HIGHEST / extent, _STACKED / max(stacked, 1))
    channels = max(volume.shape[0] for volume in maps)
    units = max((volume.shape[0] for volume in scene.volumes if not volume.is_map), default=1)
    root = min(1.5 * unit, _WIDEST / sqrt(channels), _LONGEST / sqrt(units))
    grown = options.theme.small / 7.5
    return Scale(unit * grown, root * grown)
