"""Placement groups as lanes side by side, with rows so that values flow down from lane to lane."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.cell import Area, Cell, Hint
from netcompiler.draw.layout.crossings import beside, crossing_hints, room
from netcompiler.draw.layout.level import Arranger, Level
from netcompiler.draw.layout.strip import Stack, Strip
from netcompiler.draw.tree import Box, Flow, Item, Leaf, Tree, leaves

_BELOW_TITLE = 9.0
"""Between a lane's title and what is in it."""

_BETWEEN = 28.0
"""Between lanes."""

_EDGE = 8.0
"""Between a lane's edge and the way of an output along it. All of these suit text of 9.5 points."""


_Crossing = Mapping[Flow, tuple[int, int, int, int]]
"""Flows between lanes, each with lane and element of its source, then of its target."""


@dataclass
class _Lane:
    box: Box
    level: Level
    strip: Strip
    tops: list[float]

    def lower(self, index: int, least: float) -> bool:
        """Move an element down to a place; False when it stands there or lower."""
        if self.tops[index] >= least:
            return False
        self.tops[index] = least
        return True

    def bottom(self, index: int) -> float:
        return self.tops[index] + self.strip.cells[index].height


def lanes_cell(tree: Tree, arranger: Arranger) -> Cell:
    """The layout of a net with placement groups."""
    boxes = [item for item in tree.root.children if isinstance(item, Box) and item.lane is not None]
    outside = [item for item in tree.root.children if not isinstance(item, Box) or item.lane is None]
    between = room(len(boxes)) * arranger.theme.space
    lanes = [_lane(box, arranger, between) for box in boxes]
    crossing = _crossing(lanes, tree)
    pipeline = _is_pipeline(lanes, crossing)
    _settle(lanes, () if pipeline else crossing.values(), between)
    spaces = arranger.spaces
    cell = Cell()
    above = [item for item in outside if not _flows(item, tree, out=False)]
    below = [item for item in outside if _flows(item, tree, out=False)]
    heads = [arranger.item(item) for item in above]
    top = max((head.height for head in heads), default=0.0) + (spaces.step + 8 if heads or pipeline else 0.0)
    _put_lanes(cell, lanes, crossing, top, spaces.padding + (spaces.step if pipeline else 0.0), arranger)
    if pipeline:
        cell.hints += [_onward(flow, cell, top, arranger) for flow in crossing]
    else:
        ways = {flow: (source, target) for flow, (source, _, target, _) in crossing.items()}
        cell.hints += crossing_hints(cell, ways)
    _put_inputs(cell, list(zip(above, heads, strict=True)), top, arranger)
    _put_outputs(cell, below, arranger)
    return _centred(cell)


def _is_pipeline(lanes: Sequence[_Lane], crossing: _Crossing) -> bool:
    """True when each lane only hands the value it ends with to the start of the next."""
    return all(
        target == source + 1 and element == len(lanes[source].tops) - 1 and reader == 0
        for source, element, target, reader in crossing.values()
    )


def _put_lanes(
    cell: Cell,
    lanes: Sequence[_Lane],
    crossing: _Crossing,
    top: float,
    padding: float,
    arranger: Arranger,
) -> None:
    stacks = [_stack(lane) for lane in lanes]
    header = measure.header(lanes[0].box, None, arranger.theme) + _BELOW_TITLE * arranger.theme.space
    bottom = top + header + max(stack.cell.height for stack in stacks) + padding
    x = 0.0
    for lane, stack in zip(lanes, stacks, strict=True):
        left, right = _reach(stack, lane, arranger, crossing)
        spine = x + left
        cell.areas.append(Area(lane.box, x, top, spine + right, bottom, spine))
        cell.put(stack.cell, spine, top + header)
        cell.grow(x, spine + right, bottom)
        x = spine + right + _BETWEEN * arranger.theme.space


def _onward(flow: Flow, cell: Cell, top: float, arranger: Arranger) -> Hint:
    """From the foot of a lane's content over its head into the next lane."""
    spots = {spot.leaf: spot for spot in cell.spots}
    source, target = spots[flow.source], spots[flow.target]
    lane = next(
        area for area in cell.areas if area.box.lane is not None and area.left < source.x < area.right
    )
    inside = [spot.bottom for spot in cell.spots if lane.left < spot.x < lane.right]
    inside += [a.bottom for a in cell.areas if a is not lane and lane.left < a.spine < lane.right]
    foot = max(inside) + 14 * arranger.theme.space
    gutter = lane.right + _BETWEEN * arranger.theme.space / 2
    head = top - arranger.spaces.step / 2
    return Hint(flow, "turn", ((source.x, foot), (gutter, foot), (gutter, head), (target.x, head)))


def _put_inputs(cell: Cell, inputs: Sequence[tuple[Item, Cell]], top: float, arranger: Arranger) -> None:
    """Inputs stand above the lanes that read them; their values come in on a lane's spine, past its title."""
    spots = {spot.leaf: spot for spot in cell.spots}
    way = (0.0, top - arranger.spaces.step / 2)
    for item, head in inputs:
        flows = [flow for flow in _flows(item, arranger.tree, out=True) if flow.target in spots]
        xs = sorted({spots[flow.target].x for flow in flows}) or [0.0]
        middle = (xs[0] + xs[-1]) / 2
        nearest = min(xs, key=lambda x: abs(x - middle))
        # Straight above a reader that stands about in the middle.
        _put_beside(cell, head, nearest if abs(nearest - middle) < head.left else middle, 0.0, arranger)
        cell.hints += [Hint(flow, "turn", (way, way)) for flow in flows]


def _put_outputs(cell: Cell, outputs: Sequence[Item], arranger: Arranger) -> None:
    """Outputs stand below the lanes they come from: what ends a lane below its spine, what leaves it
    earlier below its right edge, along which its value runs down.
    """
    spots = {spot.leaf: spot for spot in cell.spots}
    lanes = [area for area in cell.areas if area.box.lane is not None]
    foot = cell.height + arranger.spaces.step
    edge = _EDGE * arranger.theme.space
    early: list[tuple[Item, Flow, Area]] = []
    for item in outputs:
        for flow in _flows(item, arranger.tree, out=False):
            spot = spots[flow.source]
            lane = next((area for area in lanes if area.left <= spot.x <= area.right), None)
            if lane and any(lane.left <= s.x <= lane.right and s.y > spot.y for s in spots.values()):
                early.append((item, flow, lane))
            else:
                _put_beside(cell, arranger.item(item), spot.x, foot, arranger)
    used: dict[Area, int] = {}
    for item, flow, lane in early:
        number = used[lane] = used.get(lane, -1) + 1
        _put_beside(cell, arranger.item(item), lane.right + (2 * number - 1) * edge, foot, arranger)
        cell.hints.append(Hint(flow, "out"))


def _lane(box: Box, arranger: Arranger, crossing: float) -> _Lane:
    level = Level(arranger, box.children, crossing=crossing)
    strip = level.strip()
    return _Lane(box, level, strip, [0.0] * len(strip.cells))


def _crossing(lanes: Sequence[_Lane], tree: Tree) -> _Crossing:
    places = {
        leaf: (number, index)
        for number, lane in enumerate(lanes)
        for index, element in enumerate(lane.strip.elements)
        for leaf in lane.level.leaves_of(element)
    }
    found: dict[Flow, tuple[int, int, int, int]] = {}
    for flow in tree.flows:
        source, target = places.get(flow.source), places.get(flow.target)
        if source is not None and target is not None and source[0] != target[0]:
            found[flow] = (*source, *target)
    return found


def _settle(lanes: Sequence[_Lane], crossing: Collection[tuple[int, int, int, int]], room: float) -> None:
    """Move elements down until each stands below all it reads, in its own lane and in others.

    Branches that exchange values among themselves wait for one another: these stand side by side.
    """
    knots = _knots(lanes, crossing)
    number = {place: index for index, knot in enumerate(knots) for place in knot}
    moved = True
    while moved:
        moved = False
        for lane in lanes:
            for index in range(1, len(lane.tops)):
                moved |= lane.lower(index, lane.bottom(index - 1) + lane.strip.gaps[index])
        for source, element, target, reader in crossing:
            if number.get((source, element), -1) != number.get((target, reader), -2):
                moved |= lanes[target].lower(reader, lanes[source].bottom(element) + room)
        for knot in knots:
            first = [(n, min(index for other, index in knot if other == n)) for n in {n for n, _ in knot}]
            top = max(lanes[n].tops[index] for n, index in first)
            for n, index in first:
                moved |= lanes[n].lower(index, top)


def _knots(
    lanes: Sequence[_Lane], crossing: Collection[tuple[int, int, int, int]]
) -> list[set[tuple[int, int]]]:
    """Elements that wait for one another, by lane and place in it."""
    order = nx.DiGraph()
    for number, lane in enumerate(lanes):
        nx.add_path(order, [(number, index) for index in range(len(lane.tops))])
    order.add_edges_from(
        ((source, element), (target, reader)) for source, element, target, reader in crossing
    )
    return [knot for knot in nx.strongly_connected_components(order) if len(knot) > 1]


def _stack(lane: _Lane) -> Stack:
    strip = lane.strip
    strip.gaps = [top - lane.bottom(index - 1) if index else 0.0 for index, top in enumerate(lane.tops)]
    stack = lane.level.stack(strip, 0, len(strip.cells))
    moved = Cell(exit=stack.cell.exit)
    moved.put(stack.cell, 0.0, lane.tops[0])
    return Stack(moved, stack.extents)


def _reach(stack: Stack, lane: _Lane, arranger: Arranger, crossing: _Crossing) -> tuple[float, float]:
    """How far a lane reaches to both sides of its spine: around what is in it, for its title, and for the
    sizes of what it sends to others.
    """
    padding = arranger.spaces.padding
    sides = {False: stack.cell.left + padding, True: stack.cell.right + padding}
    sent: dict[tuple[Leaf, bool], list[Flow]] = {}
    for flow, (source, _, target, _) in crossing.items():
        sent.setdefault((flow.source, target > source), []).append(flow)
    spots = {spot.leaf: spot for spot in stack.cell.spots}
    for (leaf, right), flows in sent.items():
        if leaf in spots:
            x = beside(stack.cell, spots[leaf], measure.traffic_y(spots[leaf], arranger.theme), right=right)
            sides[right] = max(sides[right], abs(x) + line_width(measure.traffic(flows, arranger.theme)) + 4)
    name, _, *facts = (line_width(line) for line in measure.heading(lane.box, None, arranger.theme))
    title = padding + 8 + max(name, *facts)
    if not arranger.theme.narrow:
        return max(sides[False], title), max(sides[True], title)
    # All of the title stands on the wider side, or its name alone on the left.
    if sides[False] > sides[True]:
        return max(sides[False], title), sides[True]
    return max(sides[False], padding + 8 + name), max(sides[True], padding + 8 + max(facts))


def _flows(item: Item, tree: Tree, *, out: bool) -> list[Flow]:
    found: list[Flow] = []
    for leaf in leaves(item):
        found += tree.flows.out_of(leaf) if out else tree.flows.into(leaf)
    return found


def _put_beside(cell: Cell, other: Cell, x: float, y: float, arranger: Arranger) -> None:
    """Put a cell at a place, or as near to its right as there is room."""
    apart = arranger.spaces.beside
    taken = [
        (spot.left, spot.right) for spot in cell.spots if spot.bottom > y and spot.top < y + other.height
    ]
    for left, right in sorted(taken):
        if x - other.left < right + apart and x + other.right > left - apart:
            x = right + apart + other.left
    cell.put(other, x, y)


def _centred(cell: Cell) -> Cell:
    """The same with its spine in the middle."""
    middle = (cell.right - cell.left) / 2
    result = Cell()
    result.put(cell, -middle, 0.0)
    return result
