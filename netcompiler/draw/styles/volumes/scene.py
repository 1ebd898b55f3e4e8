"""What stands in a picture of volumes: volumes, what each reads, skip connections and repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from netcompiler.draw.tree import Leaf
from netcompiler.graph import Layer
from netcompiler.operations.base import Shape

MAP_RANK = 3
"""Extents of maps: channels, height, width."""


@dataclass(frozen=True)
class Window:
    """A kernel or a pool's window, as a share of the map that it slides over.

    Attributes:
        size: its extents as the spec gives them.
        reach: the height and width that it covers, dilation included, of the map's height and width; up to 1.
        channels: the share of the map's channels that it covers: less than 1 for a grouped convolution.
        spreads: True for a transposed convolution, whose kernel lies on the map that it gives.
    """

    size: tuple[int, int]
    reach: tuple[float, float]
    channels: float = 1.0
    spreads: bool = False


@dataclass(frozen=True, eq=False)
class Read:
    """A value that a volume is made from.

    Attributes:
        source: the volume that is read.
        window: the window that is slid over it; None where the value is taken as it is.
        dense: True when every element goes into every element.
        pools: words for the pools between the two that are not drawn themselves.
        crosses: True when it goes from one placement group to another.
    """

    source: Volume
    window: Window | None = None
    dense: bool = False
    pools: tuple[str, ...] = ()
    crosses: bool = False


@dataclass(eq=False)
class Volume:
    """One box of the picture: the value that a layer gives.

    Attributes:
        leaf: the node of the tree that it stands for.
        layers: every layer whose cost is its own.
        shape: channels, height and width, or a single number of units.
        kind: the family of operations that gives its colours.
        group: its placement group.
        reads: what it is made from.
        notes: words about the step that makes it: the stride, ``dense``.
        name: its name in the spec, "" where the block around it is named.
        sign: the merges whose sum it carries, ``+``.
        column: how many steps it stands from the inputs.
        lane: which of the lines above one another it stands in; None for an input that several read.
    """

    leaf: Leaf = field(repr=False)
    layers: list[Layer] = field(repr=False)
    shape: Shape
    kind: str
    group: str | None
    reads: list[Read] = field(default_factory=list, repr=False)
    notes: tuple[str, ...] = ()
    name: str = ""
    sign: str = ""
    column: int = 0
    lane: int | None = None

    @property
    def is_map(self) -> bool:
        """True for channels of maps, False for a single number of units."""
        return len(self.shape) == MAP_RANK

    @property
    def is_head(self) -> bool:
        """True for the first of a branch: what it reads stands in other lanes of its group, or in none."""
        return bool(self.reads) and all(not r.crosses and r.source.lane != self.lane for r in self.reads)


@dataclass(frozen=True, eq=False)
class Skip:
    """A value that goes past other volumes.

    Attributes:
        source: where it comes from.
        target: the volume that takes it in.
        words: the layers on its way, or "".
        summed: True where it goes to the sign on its target, False where the target is made from it.
    """

    source: Volume
    target: Volume
    words: str = ""
    summed: bool = True


@dataclass(frozen=True, eq=False)
class Bracket:
    """A block: some volumes in a row.

    Attributes:
        volumes: the volumes in it.
        name: what it is called.
        times: how often it stands there.
        varies: True when its copies differ in their sizes.
        level: 0 for the innermost.
    """

    volumes: tuple[Volume, ...]
    name: str
    times: int = 1
    varies: bool = False
    level: int = 0

    @property
    def columns(self) -> tuple[int, int]:
        """The first and the last column it covers."""
        columns = [volume.column for volume in self.volumes]
        return min(columns), max(columns)


@dataclass(eq=False)
class Scene:
    """All of it.

    Attributes:
        volumes: in an order in which they can be computed.
        lanes: the placement group of each lane from top to bottom, None without groups.
        facts: small print about each placement group.
    """

    volumes: list[Volume]
    skips: list[Skip]
    brackets: list[Bracket]
    lanes: list[str | None] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return 1 + max(volume.column for volume in self.volumes)

    def at(self, column: int) -> Iterator[Volume]:
        """The volumes of a column from top to bottom."""
        found = [volume for volume in self.volumes if volume.column == column]
        yield from sorted(found, key=lambda volume: -1 if volume.lane is None else volume.lane)
