"""The ways of values between lanes: from side to side, and straight across the lanes that stand between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from netcompiler.draw.layout.cell import Area, Cell, Hint, Spot
from netcompiler.draw.tree import Flow, Leaf

_NEXT = 34.0
"""The height of crossings between neighbours, in points for text of 9.5 points."""

_TRACK = 6.0
"""The height that each way across a lane adds."""

_MOST_TRACKS = 14
"""Ways across that get room of their own: more lie closer together."""

_ASIDE, _HALF = 5.0, 6.0
"""Between a node and the text beside it, and half of the text's height."""

_CLEAR = 3.0
"""Between a way across a lane and what stands in the lane."""


def room(lanes: int) -> float:
    """How high crossings are between so many lanes, where each sends to each."""
    return _NEXT + _TRACK * min(2 * max(lanes - 2, 0), _MOST_TRACKS)


def crossing_hints(cell: Cell, flows: Mapping[Flow, tuple[int, int]]) -> list[Hint]:
    """The ways of flows from lane to lane, each given with the numbers of the two lanes."""
    lanes = [area for area in cell.areas if area.box.lane is not None]
    spots = {spot.leaf: spot for spot in cell.spots}
    tracks = _tracks(cell, lanes, spots, flows)
    hints = []
    for flow, (source, target) in flows.items():
        between = _between(source, target)
        points: list[tuple[float, float]] = []
        if between:
            y = tracks[flow.source, target > source]
            ends = [(lanes[between[0]].left, y), (lanes[between[-1]].right, y)]
            points = ends if target > source else ends[::-1]
        hints.append(Hint(flow, "across", tuple(points)))
    return hints


def sent(flows: Iterable[Flow], spots: Mapping[Leaf, Spot]) -> dict[tuple[Leaf, bool], list[Flow]]:
    """What each leaf sends to other groups, to the right (True) and to the left."""
    found: dict[tuple[Leaf, bool], list[Flow]] = {}
    for flow in flows:
        if flow.crosses:
            right = spots[flow.target].x >= spots[flow.source].x
            found.setdefault((flow.source, right), []).append(flow)
    return found


def beside(cell: Cell, spot: Spot, y: float, *, right: bool, edge: float = float("inf")) -> float:
    """The x next to a leaf's side, and past the arcs that run by there at a height, at which text may start.

    What stands beyond ``edge`` does not count.
    """
    if not right:
        return spot.left - _ASIDE
    heights = {spot.leaf: spot.y for spot in cell.spots}
    arcs = [
        (hint.points[0][0], sorted((heights[hint.flow.source], heights[hint.flow.target])))
        for hint in cell.hints
        if hint.way == "arc" and hint.flow.source in heights and hint.flow.target in heights
    ]
    passed = [x for x, (top, bottom) in arcs if spot.right < x < edge and top - _HALF < y < bottom + _HALF]
    return max([spot.right, *passed]) + _ASIDE


def _between(source: int, target: int) -> range:
    return range(min(source, target) + 1, max(source, target))


def _tracks(
    cell: Cell, lanes: Sequence[Area], spots: Mapping[Leaf, Spot], flows: Mapping[Flow, tuple[int, int]]
) -> dict[tuple[Leaf, bool], float]:
    """At which height each value runs across lanes to the right (True) or to the left. Values that cross at
    the same place run side by side.
    """
    spans: dict[tuple[Leaf, bool], list[tuple[Flow, range]]] = {}
    for flow, (source, target) in flows.items():
        between = _between(source, target)
        if between:
            spans.setdefault((flow.source, target > source), []).append((flow, between))
    places: dict[tuple[float, float], list[tuple[Leaf, bool]]] = {}
    for key, ways in spans.items():
        top = spots[key[0]].y
        bottom = min(spots[flow.target].y for flow, _ in ways)
        passed = [lanes[i] for i in dict.fromkeys(i for _, between in ways for i in between)]
        places.setdefault(_gap(cell, passed, min(top, bottom), max(top, bottom)), []).append(key)
    return {
        key: low + (high - low) * (index + 1) / (len(keys) + 1)
        for (low, high), keys in places.items()
        for index, key in enumerate(keys)
    }


def _gap(cell: Cell, lanes: Sequence[Area], top: float, bottom: float) -> tuple[float, float]:
    """The highest stretch between two heights on which nothing stands in them; all where there is none."""
    taken = [
        (spot.top - _CLEAR, spot.bottom + _CLEAR)
        for spot in cell.spots
        if any(lane.left < spot.x < lane.right for lane in lanes)
    ]
    edges = sorted([(top, top), *(t for t in taken if t[1] > top and t[0] < bottom), (bottom, bottom)])
    reached, gaps = top, []
    for (_, before), (after, _) in pairwise(edges):
        reached = max(reached, before)
        gaps.append((after - reached, -reached))
    size, low = max(gaps)
    return (-low, -low + size) if size > 0 else (top, bottom)
