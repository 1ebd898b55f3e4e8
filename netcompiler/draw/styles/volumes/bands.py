"""The bands of placement groups: what is behind the volumes of each, with its name and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from netcompiler.draw.dot import line_width
from netcompiler.draw.layout.measure import cut
from netcompiler.draw.picture import Line, Picture, Shape, Span, Text
from netcompiler.draw.styles.volumes import labels
from netcompiler.draw.styles.volumes.captions import captions
from netcompiler.draw.styles.volumes.scene import Scene, Volume
from netcompiler.draw.styles.volumes.solid import Solid
from netcompiler.draw.styles.volumes.spacing import BAND
from netcompiler.draw.theme import Theme


@dataclass(frozen=True)
class Band:
    """The part of the page that is one placement group's.

    Attributes:
        group: its name.
        top: its upper end.
        bottom: its lower end.
        name_at: the height of the middle of its name.
        name: its name and what it costs.
        left: its left end.
        right: its right end.
    """

    group: str
    top: float
    bottom: float
    name_at: float
    name: Line = ()
    left: float = 0.0
    right: float = 0.0

    def moved(self, y: float) -> Band:
        """The same further down."""
        return replace(self, top=self.top + y, bottom=self.bottom + y, name_at=self.name_at + y)

    def holds(self, x: float, y: float) -> bool:
        """True when a point lies in it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def name_height(theme: Theme) -> float:
    """How high the line of a band's name is."""
    return theme.heading * 1.5


def spread(bands: Sequence[Band], solids: Mapping[Volume, Solid], scene: Scene, theme: Theme) -> list[Band]:
    """Bands of one row with their names, all from the first to the last volume that stands in any of them."""
    boxes = [(volume, box) for volume, box in solids.items() if volume.group]
    ends_of = [sides(volume, box, theme) for volume, box in boxes]
    left = min((side[0] for side in ends_of), default=0.0) - BAND
    names = {band.group: _name(band.group, scene, theme) for band in bands}
    for band in bands[1:-1]:
        # Lines from and to the lanes around it cross what is not at its left edge.
        names[band.group] = names[band.group][:1]
    ends = [side[1] for side in ends_of] + [left + BAND + line_width(name) for name in names.values()]
    right = max(ends, default=0.0) + BAND
    return [replace(band, name=names[band.group], left=left, right=right) for band in bands]


def add_bands(picture: Picture, bands: Sequence[Band], groups: Sequence[str], theme: Theme) -> None:
    """Add the bands of a row; to be done first, as they lie behind all else."""
    for band in bands:
        paint = theme.lane(groups.index(band.group))
        ends = band.left, band.right
        corners = tuple((x, band.top) for x in ends) + tuple((x, band.bottom) for x in ends[::-1])
        picture.shapes.append(Shape(corners, paint.fill, paint.line, theme.outline))
        picture.texts.append(Text(band.name, band.left + BAND, band.name_at))


def sides(volume: Volume, box: Solid, theme: Theme) -> tuple[float, float]:
    """The left and the right end of a volume and of what is written at it."""
    texts = captions(volume, box, theme)
    lefts = [text.x - line_width(text.line) for text in texts if text.anchor == "end"]
    half = max(line_width(line) for line in (labels.name(volume, theme), labels.caption(volume, theme))) / 2
    middle = box.left + box.width / 2
    return min([box.left, middle - half, *lefts]), max(box.end, middle + box.deep[0] / 2 + half)


def _name(group: str, scene: Scene, theme: Theme) -> Line:
    facts = f"   {scene.facts.get(group, '')}"
    return Span(cut(group), theme.heading, theme.ink, bold=True), Span(facts, theme.small, theme.quiet)
