"""The ways of values from stretch to stretch, as points along and across the lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from netcompiler.draw.styles.traffic.places import TRACK, Places, Spot
from netcompiler.draw.styles.traffic.stretches import Crossing, Stretch, Traffic

_OUTSIDE = 11.0
"""How far beside the lanes lines run past them. All distances suit text of 9.5 points."""

ROUND = 5.0
"""The radius of corners."""

Place = tuple[float, float]
"""A point along and across the lanes."""


@dataclass(frozen=True)
class Route:
    """A way through points: a curve from the first to the last, or lines with corners."""

    points: tuple[Place, ...]
    curved: bool = False


class Routes:
    """The ways between places."""

    def __init__(self, traffic: Traffic, places: Places) -> None:
        self._traffic = traffic
        self._places = places
        self._spots = places.spots

    def onward(self, source: Stretch, target: Stretch) -> Route:
        """From one stretch of a group to another one: straight, or past those in between."""
        start, end = self._spots[source], self._spots[target]
        number = self._places.arcs.get((source, target))
        if number is None:
            return Route(((start.front, start.across), (end.back, end.across)))
        inside = [self._spots[s] for s in self._traffic.stretches if s.group == source.group]
        top = min(spot.across - spot.breadth / 2 for spot in inside)
        across = top - TRACK * self._places.space * (number + 1)
        leave, enter = start.along + start.length / 4, end.along - end.length / 4
        return Route(
            (
                (leave, start.across - start.breadth / 2),
                (leave, across),
                (enter, across),
                (enter, end.across - end.breadth / 2),
            )
        )

    def sent(self, stretch: Stretch, *, far: bool) -> list[tuple[Crossing, Route]]:
        """The ways of what a stretch sends to the far side, or to the near one.

        All leave on one line, from which those to nearer places turn off.
        """
        side = self._traffic.sent(stretch, far=far)
        if not self._places.has_track(stretch.phase, stretch):
            return [(crossing, self._curve(crossing)) for crossing in side]
        spot = self._spots[stretch]
        sign = 1 if far else -1
        leave = spot.across + sign * self._places.tail
        track = self._places.track(stretch.phase, stretch)
        found: list[tuple[Crossing, Route]] = []
        start: list[Place] = [(spot.front, leave), (track, leave)]
        for crossing in sorted(side, key=lambda c: sign * self._turn(c)):
            rest = self._rest(crossing, track)
            found.append((crossing, Route((*start, *rest))))
            start = [(track, rest[0][1] - sign * ROUND * self._places.space)]
        return found

    def _curve(self, crossing: Crossing) -> Route:
        start, end = self._spots[crossing.source], self._spots[crossing.target]
        sign = 1 if self._traffic.distance(crossing) > 0 else -1
        arrive = end.across + self._places.arrival(crossing)
        leave = start.across + sign * self._places.tail
        return Route(((start.front, leave), (end.back, arrive)), curved=True)

    def _turn(self, crossing: Crossing) -> float:
        """Where across the lanes a crossing leaves its first track."""
        if crossing.target.phase == crossing.source.phase + 1:
            return self._spots[crossing.target].across + self._places.arrival(crossing)
        return self._aside(crossing)

    def _aside(self, crossing: Crossing) -> float:
        """A line beside the target's lane, on the side of the source."""
        lane = self._places.lanes[crossing.target.group]
        half = self._places.between / 2
        return lane.near - half if self._traffic.distance(crossing) > 0 else lane.far + half

    def _rest(self, crossing: Crossing, track: float) -> list[Place]:
        """From where a crossing turns off its track to its end."""
        end = self._spots[crossing.target]
        arrive = end.across + self._places.arrival(crossing)
        if crossing.target.phase == crossing.source.phase + 1:
            return [(track, arrive), (end.back, arrive)]
        enter = self._places.track(crossing.target.phase - 1, crossing.target)
        aside = self._aside(crossing)
        return [(track, aside), (enter, aside), (enter, arrive), (end.back, arrive)]

    def entering(self, spot: Spot, target: Stretch, number: int) -> Route:
        """From an input of the net: straight to the first phase, to later ones past the lanes."""
        end = self._spots[target]
        if target.phase == 0:
            middle = (spot.front + min(lane.start for lane in self._places.lanes.values())) / 2
            way = ((spot.front, spot.across), (middle, spot.across))
            return Route((*way, (middle, end.across), (end.back, end.across)))
        space = self._places.space
        leave, aside = spot.front + 2 * ROUND * space, self.outside(number)
        enter = self._places.track(target.phase - 1, target)
        arrive = end.across + self._places.late_arrival(target)
        out = ((spot.front, spot.across), (leave, spot.across), (leave, aside))
        return Route((*out, (enter, aside), (enter, arrive), (end.back, arrive)))

    def outside(self, number: int) -> float:
        """A line past the lanes, on their near side."""
        return -(_OUTSIDE + TRACK * number) * self._places.space

    def leaving(self, source: Stretch, spot: Spot) -> Route:
        """To an output of the net: straight from a group's last stretch, from others past the lanes."""
        start = self._spots[source]
        if self._places.is_last(source):
            return Route(((start.front, start.across), (spot.back, spot.across)))
        track = self._places.track(source.phase, source)
        return Route(
            (
                (start.front, start.across),
                (track, start.across),
                (track, spot.across),
                (spot.back, spot.across),
            )
        )


def corners(places: Sequence[Place]) -> list[Place]:
    """The points of a way without those at which it goes straight on."""
    found = [places[0]]
    for place, after in pairwise(places[1:]):
        last = found[-1]
        if all(abs(last[axis] - place[axis]) + abs(place[axis] - after[axis]) > 0.5 for axis in (0, 1)):
            found.append(place)
    return [*found, places[-1]]
