"""Where lanes and stretches stand: phases one after another along the lanes, lanes side by side across them.

Everything is computed in two directions: *along* the lanes, in which values flow, and *across* them. Lanes
run from left to right, or where the page is narrow, from top to bottom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from netcompiler.draw.picture import Point
from netcompiler.draw.styles.traffic.stretches import Crossing, Stretch, Traffic
from netcompiler.draw.theme import Theme

_PADDING = 9.0
"""Between a lane's outline and the nodes in it. All distances suit text of 9.5 points."""

_BETWEEN = 14.0
"""Between lanes."""

_ENTER = 16.0
"""Along a lane: for an arrow's head and the bend of its line."""

_SHORTEST = 40.0
"""Between two phases, at least."""

_CLEAR = 4.0
"""Between a text and what stands beside it."""

_ARRIVAL = 9.0
"""How far beside a node's middle the first value from another group arrives."""

TRACK = 7.0
"""Between lines side by side."""


@dataclass(frozen=True, slots=True)
class Direction:
    """The direction of the lanes."""

    rightwards: bool

    def point(self, along: float, across: float) -> Point:
        """A place on the page; an extent likewise."""
        return (along, across) if self.rightwards else (across, along)

    def extent(self, width: float, height: float) -> tuple[float, float]:
        """A size on the page as one along the lanes and one across them."""
        return (width, height) if self.rightwards else (height, width)


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of a node: its middle and its size, along the lanes and across them."""

    along: float
    across: float
    length: float
    breadth: float

    @property
    def back(self) -> float:
        """Where values come in."""
        return self.along - self.length / 2

    @property
    def front(self) -> float:
        """Where values leave."""
        return self.along + self.length / 2


@dataclass(frozen=True, slots=True)
class Lane:
    """The place of a lane: where it starts and ends, its near side and its far one."""

    start: float
    end: float
    near: float
    far: float


class Places:
    """The places of all lanes and stretches; lanes start at 0 along and at 0 across.

    Attributes:
        direction: of the lanes.
        spots: the places of the stretches.
        lanes: the places of the lanes.
        gaps: from where to where along the lanes there is room after each phase.
        tail: how far beside the middle of a node what it sends leaves it.
        label: how much room a size takes along the lanes and across them.
        between: how far apart lanes are.
        arcs: values that stay in their group and go past one of its stretches, numbered in each group.
        space: how far apart things stand, as a multiple of the distances here.
    """

    def __init__(
        self,
        traffic: Traffic,
        sizes: Mapping[Stretch, tuple[float, float]],
        label: tuple[float, float],
        theme: Theme,
        direction: Direction,
    ) -> None:
        self._traffic = traffic
        self._last = {stretch.group: stretch.phase for stretch in traffic.stretches}
        self.direction = direction
        self.space = theme.space
        self.label = direction.extent(*label)
        self.between = _BETWEEN * theme.space
        self._tracks = [self._lines_across(gap) for gap in range(traffic.phases)]
        self._arrivals = self._arrive()
        # What is sent leaves further from a node's middle than anything arrives: the lines stay apart.
        furthest = max(map(abs, self._arrivals.values()), default=0.0)
        self.tail = max(self.label[1] + 2 * _CLEAR * self.space, furthest + TRACK * self.space)
        self.arcs = self._past()
        self._title = 1.7 * theme.heading
        extents = self._extents({s: direction.extent(*size) for s, size in sizes.items()})
        middles = self._put_phases(extents)
        self.lanes: dict[str, Lane] = {}
        self.spots: dict[Stretch, Spot] = {}
        self._put_lanes(extents, middles)

    @property
    def end(self) -> float:
        """Where the lanes end."""
        return max(lane.end for lane in self.lanes.values())

    @property
    def far(self) -> float:
        """The far side of the last lane."""
        return max(lane.far for lane in self.lanes.values())

    def is_short(self, crossing: Crossing) -> bool:
        """True for a crossing to the next lane and the next phase: nothing stands in between."""
        next_lane = abs(self._traffic.distance(crossing)) == 1
        return next_lane and crossing.target.phase == crossing.source.phase + 1

    def track(self, gap: int, stretch: Stretch) -> float:
        """Where in a gap what a stretch sends or reads runs across the lanes."""
        start = self.gaps[gap][0] + self.label[0] + 2 * _CLEAR * self.space
        return start + TRACK * self.space * self._tracks[gap].index(stretch)

    def has_track(self, gap: int, stretch: Stretch) -> bool:
        """True for what has a line across the lanes in a gap; short crossings alone are curves."""
        return stretch in self._tracks[gap]

    def is_last(self, stretch: Stretch) -> bool:
        """True when no stretch of its group comes after it."""
        return self._last[stretch.group] == stretch.phase

    def arrival(self, crossing: Crossing) -> float:
        """How far beside a node's middle a value arrives; to the near side below 0."""
        return self._arrivals[crossing]

    def late_arrival(self, stretch: Stretch) -> float:
        """How far beside a node's middle an input of the net arrives that goes past earlier phases."""
        near = sum(c.target is stretch and at < 0 for c, at in self._arrivals.items())
        return -(_ARRIVAL + TRACK * near) * self.space

    def _arrive(self) -> dict[Crossing, float]:
        """Where crossings arrive beside the middle of nodes, one beside the other."""
        found: dict[Crossing, float] = {}
        beside: dict[tuple[Stretch, int], int] = {}
        for crossing in self._traffic.crossings:
            side = -1 if self._traffic.distance(crossing) > 0 else 1
            count = beside.get((crossing.target, side), 0)
            found[crossing] = side * (_ARRIVAL + TRACK * count) * self.space
            beside[crossing.target, side] = count + 1
        return found

    def _lines_across(self, gap: int) -> list[Stretch]:
        """What has a line across the lanes in a gap, in order: those that send, then those that read what was
        sent before the phase before.
        """
        sending = [c for c in self._traffic.crossings if c.source.phase == gap]
        reading = [c.target for c in self._traffic.crossings if c.source.phase < gap == c.target.phase - 1]
        sources = [c.source for c in sending] if not all(map(self.is_short, sending)) else []
        late = [s for _, readers in self._traffic.inputs for s in readers if s.phase == gap + 1]
        early = [s for _, s in self._traffic.outputs if s.phase == gap and not self.is_last(s)]
        order = {stretch: index for index, stretch in enumerate(self._traffic.stretches)}
        chosen = sorted({*sources, *early}, key=order.__getitem__)
        return list(dict.fromkeys([*chosen, *sorted({*reading, *late}, key=order.__getitem__)]))

    def _past(self) -> dict[tuple[Stretch, Stretch], int]:
        """Values that stay in a group and go past one of its stretches, numbered in each group."""
        inside: dict[str, list[Stretch]] = {}
        for stretch in self._traffic.stretches:
            inside.setdefault(stretch.group, []).append(stretch)
        after = {a: b for row in inside.values() for a, b in pairwise(row)}
        found: dict[tuple[Stretch, Stretch], int] = {}
        count = dict.fromkeys(inside, 0)
        for source, target in self._traffic.onward:
            if after[source] is not target:
                found[source, target] = count[source.group]
                count[source.group] += 1
        return found

    def _extents(self, given: Mapping[Stretch, tuple[float, float]]) -> dict[Stretch, tuple[float, float]]:
        """Lengths, the same for all of a phase, and breadths that hold all arrows."""
        lengths = [0.0] * self._traffic.phases
        for stretch, (length, _) in given.items():
            lengths[stretch.phase] = max(lengths[stretch.phase], length)
        found = {s: (lengths[s.phase], max(breadth, self._least(s))) for s, (_, breadth) in given.items()}
        if self.direction.rightwards:
            return found
        widest = max(breadth for _, breadth in found.values())
        return {stretch: (length, widest) for stretch, (length, _) in found.items()}

    def _least(self, stretch: Stretch) -> float:
        """The least breadth of a node, for what leaves it and arrives there."""
        arrivals = [abs(at) for crossing, at in self._arrivals.items() if crossing.target is stretch]
        if any(stretch in readers for _, readers in self._traffic.inputs) and stretch.phase:
            arrivals.append(abs(self.late_arrival(stretch)))
        sends = any(crossing.source is stretch for crossing in self._traffic.crossings)
        return 2 * (max([*arrivals, self.tail if sends else 0.0]) + 5 * self.space)

    def _put_phases(self, extents: Mapping[Stretch, tuple[float, float]]) -> list[float]:
        """The middles of the phases along the lanes."""
        at = _PADDING * self.space + (0.0 if self.direction.rightwards else self._title)
        middles: list[float] = []
        self.gaps: list[tuple[float, float]] = []
        for phase in range(self._traffic.phases):
            length = max(extents[s][0] for s in self._traffic.stretches if s.phase == phase)
            middles.append(at + length / 2)
            at += length
            lines = len(self._tracks[phase]) * TRACK
            gap = max(self.label[0] + (2 * _CLEAR + _ENTER + lines) * self.space, _SHORTEST * self.space)
            self.gaps.append((at, at + gap))
            at += gap
        return middles

    def _put_lanes(self, extents: Mapping[Stretch, tuple[float, float]], middles: list[float]) -> None:
        padding = _PADDING * self.space
        last = max(s.phase for s in self._traffic.stretches)
        end = self.gaps[last][0] + padding
        near = 0.0
        for group in self._traffic.groups:
            inside = [s for s in self._traffic.stretches if s.group == group]
            top = near + padding + (self._title if self.direction.rightwards else 0.0)
            top += sum(a.group == group for a, _ in self.arcs) * TRACK * self.space
            breadth = max(extents[s][1] for s in inside)
            for stretch in inside:
                length, own = extents[stretch]
                self.spots[stretch] = Spot(middles[stretch.phase], top + breadth / 2, length, own)
            far = top + breadth + padding
            self.lanes[group] = Lane(0.0, end, near, far)
            near = far + self.between

    def widen(self, least: Mapping[str, float]) -> None:
        """Make lanes at least so broad, for their names."""
        shift = 0.0
        for group, lane in list(self.lanes.items()):
            more = max(least[group] - (lane.far - lane.near), 0.0)
            self.lanes[group] = replace(lane, near=lane.near + shift, far=lane.far + shift + more)
            for stretch, spot in list(self.spots.items()):
                if stretch.group == group:
                    self.spots[stretch] = replace(spot, across=spot.across + shift + more / 2)
            shift += more
