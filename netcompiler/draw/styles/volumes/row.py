"""A row of volumes: its lanes above one another, in the bands of their placement groups."""

from __future__ import annotations

from dataclasses import dataclass, field

from netcompiler.draw.options import Options
from netcompiler.draw.picture import Shape, Text
from netcompiler.draw.styles.volumes import labels
from netcompiler.draw.styles.volumes.arcs import Arc
from netcompiler.draw.styles.volumes.bands import Band, name_height, spread
from netcompiler.draw.styles.volumes.footers import told
from netcompiler.draw.styles.volumes.lane import Lane, LaneMaker, notes_below
from netcompiler.draw.styles.volumes.scene import Scene, Volume
from netcompiler.draw.styles.volumes.solid import Solid
from netcompiler.draw.styles.volumes.spacing import BAND, Grid, Row, Spacing
from netcompiler.draw.theme import Theme

_GAP = 16.0
"""Between the lanes of placement groups; half as much between branches."""


@dataclass
class Placed:
    """A row, everything at its place; (0, 0) is its upper left corner.

    Attributes:
        grid: where its columns stand.
        solids: the boxes of its volumes.
        arcs: skip connections.
        texts: all texts but for the names of bands.
        lines: brackets.
        bands: those of placement groups.
        height: its height.
    """

    grid: Grid
    solids: dict[Volume, Solid] = field(default_factory=dict)
    arcs: list[Arc] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    lines: list[Shape] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    height: float = 0.0

    @property
    def width(self) -> float:
        """How wide it is."""
        return max([self.grid.width, *(band.right + 1 for band in self.bands)])

    def take(self, lane: Lane, y: float) -> None:
        """Take in a lane, its middle at the height ``y``."""
        self.solids |= {volume: box.moved(0.0, y) for volume, box in lane.solids.items()}
        self.arcs += [arc.moved(y) for arc in lane.arcs]
        self.texts += [Text(text.line, text.x, text.y + y, text.anchor) for text in lane.texts]
        self.lines += [moved(line, y) for line in lane.lines]


def moved(shape: Shape, y: float) -> Shape:
    """A shape further down."""
    points = tuple((px, py + y) for px, py in shape.points)
    return Shape(points, shape.fill, shape.line, shape.width, shape.dashed, shape.closed)


def place(scene: Scene, spacing: Spacing, row: Row, options: Options) -> Placed:
    """The places of all volumes of a row, and of those that it goes on from."""
    theme = options.theme
    grid = spacing.grid(row)
    solids = {
        v: spacing.solids[v].moved(grid.xs[v.column], 0.0) for v in scene.volumes if v.column in grid.xs
    }
    fresh = [volume for volume in solids if not grid.is_again(volume)]
    notes = notes_below(fresh, grid, theme)
    maker = LaneMaker(scene, grid, solids, told(scene, notes, theme), theme)
    numbers = sorted({v.lane for v in solids if v.lane is not None})
    placed = _stacked(scene, grid, {number: maker.make(number) for number in numbers}, theme)
    if any(volume.lane is None for volume in solids):
        _share(placed, maker.make(None))
    _pull_down(placed)
    if options.costs:
        _add_costs(placed, theme)
    return placed


def _stacked(scene: Scene, grid: Grid, lanes: dict[int, Lane], theme: Theme) -> Placed:
    """The lanes below one another. The last band's name stands at its foot, where no lines cross it."""
    placed = Placed(grid)
    by_group: dict[str | None, list[Lane]] = {}
    for number, lane in lanes.items():
        by_group.setdefault(scene.lanes[number], []).append(lane)
    y = 0.0
    for group, there in by_group.items():
        at_foot = len(placed.bands) > 0 and len(placed.bands) == len(by_group) - 1
        y += _GAP if placed.solids else 0.0
        top = y
        if group is not None:
            y += BAND / 2 if at_foot else name_height(theme) + BAND / 2
        for index, lane in enumerate(there):
            y += _GAP / 2 if index else 0.0
            placed.take(lane, y - lane.top)
            y += lane.bottom - lane.top
        if group is not None:
            y += BAND / 2 + (name_height(theme) if at_foot else 0.0)
            name_at = y - name_height(theme) / 2 - 1 if at_foot else top + name_height(theme) / 2 + 2
            placed.bands.append(Band(group, top, y, name_at))
    placed.bands = spread(placed.bands, placed.solids, scene, theme)
    placed.height = y
    return placed


def _share(placed: Placed, shared: Lane) -> None:
    """Put an input that several lanes read beside the middle of them."""
    (volume,) = shared.solids
    readers = [
        (box.top + box.bottom) / 2
        for v, box in placed.solids.items()
        if any(read.source is volume for read in v.reads)
    ]
    middle = (min(readers) + max(readers)) / 2 if readers else placed.height / 2
    placed.take(shared, middle)
    placed.height = max(placed.height, middle + shared.bottom)


def _pull_down(placed: Placed) -> None:
    """Move everything down so that nothing stands above the upper edge."""
    top = min(box.top for box in placed.solids.values())
    if top >= 0:
        return
    everything = Lane(placed.solids, placed.arcs, placed.texts, placed.lines, 0.0, 0.0)
    placed.solids, placed.arcs, placed.texts, placed.lines = {}, [], [], []
    placed.take(everything, -top)
    placed.bands = [band.moved(-top) for band in placed.bands]
    placed.height -= top


def _add_costs(placed: Placed, theme: Theme) -> None:
    """Parameters and MACs below each column, at the foot of the row."""
    leading = labels.leading(theme)
    y = placed.height + leading / 2
    for column in range(placed.grid.row[0], placed.grid.row[1] + 1):
        volumes = [volume for volume in placed.solids if volume.column == column]
        for index, text in enumerate(labels.costs(volumes)):
            at = placed.grid.middle(column), y + (index + 0.5) * leading
            if text:
                placed.texts.append(Text(labels.extent(text, theme), *at, "middle"))
    placed.height = y + 2 * leading
