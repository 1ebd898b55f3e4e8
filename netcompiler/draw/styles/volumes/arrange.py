"""Columns and lanes of volumes: what stands beside what, and what above what.

A volume's column is how many steps it stands from the inputs. Each placement group has a lane; where a value
goes into branches with volumes of their own, each branch has one, and it is free again where they meet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netcompiler.draw.styles.volumes.scene import Read, Scene, Volume


class TangledError(Exception):
    """The volumes are connected otherwise than as rows, branches and skip connections."""


def arrange(scene: Scene, groups: Sequence[str]) -> None:
    """Give every volume its column and its lane.

    Raises:
        TangledError: no lanes can show how they are connected.
    """
    for volume in scene.volumes:
        volume.column = max((read.source.column + 1 for read in volume.reads), default=0)
    readers = _readers(scene)
    _Lanes(scene, groups, readers).assign()
    _share_inputs(scene, readers)
    _check(scene)


Readers = Mapping[Volume, Sequence[Volume]]


def _readers(scene: Scene) -> Readers:
    found: dict[Volume, list[Volume]] = {volume: [] for volume in scene.volumes}
    for volume in scene.volumes:
        for read in volume.reads:
            found[read.source].append(volume)
    return found


@dataclass
class _Lane:
    """A lane that is being filled.

    Attributes:
        group: the placement group whose lane it is.
        tip: the last volume in it.
        taken: columns up to this one are taken.
    """

    group: str | None
    tip: Volume | None = None
    taken: int = -1
    volumes: list[Volume] = field(default_factory=list)

    def put(self, volume: Volume) -> None:
        self.tip, self.taken = volume, volume.column
        self.volumes.append(volume)


class _Lanes:
    def __init__(self, scene: Scene, groups: Sequence[str], readers: Readers) -> None:
        self._scene = scene
        self._readers = readers
        self._lanes: list[_Lane] = []
        self._order: list[str | None] = [*groups] if groups else [None]
        self._heirs = self._find_heirs()

    def assign(self) -> None:
        for volume in self._scene.volumes:
            lane = self._lane(volume)
            lane.put(volume)
            for read in volume.reads:
                self._release(read.source, volume.column)
        self._lanes.sort(key=lambda lane: self._order.index(lane.group))
        for index, lane in enumerate(self._lanes):
            for volume in lane.volumes:
                volume.lane = index
        self._scene.lanes = [lane.group for lane in self._lanes]

    def _find_heirs(self) -> dict[Volume, Volume]:
        """Which reader goes on in a volume's lane: the one with the longest way to the end."""
        height: dict[Volume, int] = {}
        heirs: dict[Volume, Volume] = {}
        for volume in reversed(self._scene.volumes):
            readers = self._readers[volume]
            height[volume] = 1 + max((height[reader] for reader in readers), default=0)
            near = [r for r in readers if r.group == self._group(volume)]
            if near:
                heirs[volume] = max(near, key=lambda reader: height[reader])
        return heirs

    def _group(self, volume: Volume) -> str | None:
        """The group in whose lane a volume stands: an input's is that of who reads it first."""
        if volume.group is not None or self._order == [None]:
            return volume.group
        return next((reader.group for reader in self._readers[volume]), None) or self._order[0]

    def _lane(self, volume: Volume) -> _Lane:
        """The lane of what it continues, else the first that is free, else a new one."""
        sources = {read.source for read in volume.reads if self._heirs.get(read.source) is volume}
        group = self._group(volume)
        for lane in self._lanes:
            if lane.tip in sources and lane.group == group:
                return lane
        for lane in self._lanes:
            if lane.group == group and lane.taken < volume.column and self._is_done(lane.tip):
                return lane
        self._lanes.append(_Lane(group))
        return self._lanes[-1]

    def _is_done(self, tip: Volume | None) -> bool:
        placed = {volume for lane in self._lanes for volume in lane.volumes}
        return tip is None or placed.issuperset(self._readers[tip])

    def _release(self, source: Volume, column: int) -> None:
        """A value is taken up to the column before its reader: the line to it runs there."""
        for lane in self._lanes:
            if lane.tip is source:
                lane.taken = max(lane.taken, column - 1)


def _share_inputs(scene: Scene, readers: Readers) -> None:
    """The one input of a net, where several lanes read it, stands in the middle of them and in none."""
    inputs = [volume for volume in scene.volumes if not volume.reads]
    if len(inputs) == 1 and len({reader.lane for reader in readers[inputs[0]]}) > 1:
        inputs[0].lane = None
    kept = sorted({volume.lane for volume in scene.volumes if volume.lane is not None})
    place = {lane: index for index, lane in enumerate(kept)}
    for volume in scene.volumes:
        volume.lane = None if volume.lane is None else place[volume.lane]
    scene.lanes = [scene.lanes[lane] for lane in kept]


def _check(scene: Scene) -> None:
    """Raise TangledError for a line that would run through volumes."""
    taken = {(volume.lane, volume.column) for volume in scene.volumes}
    if len(taken) < len(scene.volumes):
        raise TangledError
    for volume in scene.volumes:
        for read in volume.reads:
            if not _is_clear(read, volume, taken):
                raise TangledError
    if any(skip.source.lane != skip.target.lane for skip in scene.skips):
        raise TangledError


def _is_clear(read: Read, target: Volume, taken: set[tuple[int | None, int]]) -> bool:
    """True when nothing stands between a volume and what it reads, in the lane of what it reads."""
    between = range(read.source.column + 1, target.column)
    return not any((read.source.lane, column) in taken for column in between)
