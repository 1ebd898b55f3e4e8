"""One lane of a row, its middle at the height 0: boxes, arcs and all its texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netcompiler.draw.picture import Line, Shape, Text
from netcompiler.draw.styles.volumes import captions, labels
from netcompiler.draw.styles.volumes.arcs import Arc, arcs, sign_at, sign_size
from netcompiler.draw.styles.volumes.bands import sides
from netcompiler.draw.styles.volumes.cones import Cone, Cones
from netcompiler.draw.styles.volumes.footers import Footers, Told, floors
from netcompiler.draw.styles.volumes.scene import Read, Scene, Volume
from netcompiler.draw.styles.volumes.solid import Solid
from netcompiler.draw.styles.volumes.spacing import BAND, Grid
from netcompiler.draw.theme import Theme


@dataclass
class Lane:
    """A lane, or with one volume in it an input that several lanes share.

    Attributes:
        solids: the boxes of its volumes.
        arcs: skip connections.
        texts: all that is written at its volumes and below them.
        lines: brackets below it.
        top: its upper end.
        bottom: its lower end.
    """

    solids: dict[Volume, Solid]
    arcs: list[Arc]
    texts: list[Text]
    lines: list[Shape]
    top: float
    bottom: float


def notes_below(volumes: Sequence[Volume], grid: Grid, theme: Theme) -> dict[Volume, tuple[Line, ...]]:
    """What is noted below each step: all but what stands beside its kernel."""
    found: dict[Volume, tuple[Line, ...]] = {}
    for target in volumes:
        if target in grid.on_face:
            found[target] = ()
            continue
        kernels = [
            labels.kernel(read, theme)
            for read in target.reads
            if not read.crosses and not side(read, target, volumes)
        ]
        found[target] = (*filter(None, kernels[:1]), *labels.notes(target, theme))
    return found


def side(read: Read, target: Volume, volumes: Sequence[Volume]) -> int:
    """Where a kernel's size stands, on the side to which no line to another lane goes: -1 above its lines,
    1 below them, 0 nowhere.
    """
    if read.source.lane != target.lane:
        return 0
    ends = {read.source, target}
    ways = [(r.source, v) for v in volumes if v.column == target.column for r in v.reads]
    lanes = {v.lane for way in ways if not ends.isdisjoint(way) for v in way} - {None, target.lane}
    here = target.lane or 0
    below, above = (any(lane is not None and sign * (lane - here) > 0 for lane in lanes) for sign in (1, -1))
    if above and below:
        return 0
    return 1 if above else -1


class LaneMaker:
    """Makes the lanes of a row.

    Args:
        scene: all volumes.
        grid: where the columns of the row stand.
        solids: the boxes of the row's volumes, at their columns and each with its middle at the height 0.
        told: what is told below which lane.
        theme: colours and sizes.
    """

    def __init__(
        self, scene: Scene, grid: Grid, solids: Mapping[Volume, Solid], told: Told, theme: Theme
    ) -> None:
        self._scene = scene
        self._grid = grid
        self._solids = solids
        self._told = told
        self._theme = theme
        self._volumes = list(solids)
        self._cones = Cones(solids, grid)
        self._crossed = captions.crossed_below(self._volumes)

    def make(self, lane: int | None) -> Lane:
        """The lane of this number; None for the inputs that are in no lane."""
        boxes = {v: box for v, box in self._solids.items() if v.lane == lane}
        made = Lane(boxes, self._arcs(boxes), [], [], 0.0, 0.0)
        at_volumes = {v: self._texts(v, box) for v, box in boxes.items()}
        made.texts = [text for texts in at_volumes.values() for text in texts]
        bottoms = {v: max(captions.reach(texts)[1], boxes[v].bottom) for v, texts in at_volumes.items()}
        below = [bottoms[v] for v in boxes]
        if lane is not None:
            footers = Footers(lane, self._told, floors(bottoms.items()), self._grid, self._theme)
            made.texts += footers.texts
            made.lines = footers.lines
            below.append(footers.bottom)
        made.top = min(self._tops(made))
        made.bottom = max(below)
        return made

    def _tops(self, made: Lane) -> list[float]:
        tops = [box.top for box in made.solids.values()]
        size = sign_size(self._theme)
        tops += [sign_at(box, self._theme)[1] - size / 2 for v, box in made.solids.items() if v.sign]
        tops += [arc.top(self._theme) for arc in made.arcs]
        return [*tops, captions.reach(made.texts)[0]]

    def _arcs(self, boxes: dict[Volume, Solid]) -> list[Arc]:
        skips = [
            skip
            for skip in self._scene.skips
            if skip.source in boxes and skip.target in boxes and not self._grid.is_again(skip.target)
        ]
        return arcs(skips, boxes, self._theme)

    def _texts(self, volume: Volume, box: Solid) -> list[Text]:
        """Everything written at a volume but for its footers."""
        cones = [] if self._grid.is_again(volume) else list(self._cones.of(volume))
        kernels = [text for cone in cones for text in self._kernel(cone)]
        busy = [text.y for text in kernels]
        for cone in cones:
            at = box.left - self._theme.small
            busy += [y for line in cone.lines for y in _heights(line, at, self._theme.small)]
        crossed = volume in self._crossed
        sizes = [text for read, reader in self._readers(volume) for text in self._sizes(read, reader)]
        own = captions.captions(volume, box, self._theme, crossed=crossed, busy=busy)
        return [*own, *kernels, *dict.fromkeys(sizes)]

    def _readers(self, volume: Volume) -> list[tuple[Read, Volume]]:
        return [(read, v) for v in self._volumes for read in v.reads if read.source is volume]

    def _sizes(self, read: Read, reader: Volume) -> list[Text]:
        """The size of a kernel in an input at its edges, where it has room there."""
        kernel = self._cones.kernel(read, reader)
        if kernel is None or reader not in self._grid.on_face:
            return []
        return captions.kernel_sizes(read, reader, kernel, self._theme)

    def _kernel(self, cone: Cone) -> list[Text]:
        """The size of a kernel beside its lines."""
        read, target = cone.read, cone.target
        line = labels.kernel(read, self._theme)
        place = side(read, target, self._volumes)
        if not line or read.crosses or not place or target in self._grid.on_face:
            return []
        width, _ = labels.size([line], self._theme)
        x = self._grid.xs[target.column]
        if target.group and not read.source.group:
            # Beside the band, not across its edge.
            x = sides(target, self._solids[target], self._theme)[0] - BAND
        x -= width / 2 + 0.4 * self._theme.small
        heights = [height for lines in cone.lines for height in _heights(lines, x, width)]
        half = self._theme.small * 0.6
        y = max(heights) + half if place > 0 else min(heights) - half
        return [Text(line, x, y, "middle")]


def _heights(line: Sequence[tuple[float, float]], x: float, width: float) -> list[float]:
    """How high a straight line is at both ends of a text around ``x``."""
    (x0, y0), (x1, y1) = line[0], line[-1]
    found = []
    for at in (x - width / 2, x + width / 2):
        share = min(1.0, max(0.0, (at - x0) / (x1 - x0))) if x1 > x0 else 0.0
        found.append(y0 + share * (y1 - y0))
    return found
