"""Placement groups as lanes side by side, with rows so that values flow down from lane to lane."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.cell import Area, Cell, Hint
from netcompiler.draw.layout.level import Arranger, Level
from netcompiler.draw.layout.spaces import BESIDE, PADDING, STEP
from netcompiler.draw.layout.strip import Stack, Strip
from netcompiler.draw.tree import Box, Flow, Item, Tree, leaves

HEADER = 36.0
"""For a lane's title."""

BETWEEN = 44.0
"""Between lanes: room for the size of what crosses, on either side."""

CROSSING = 34.0
"""The height of a crossing between two lanes."""

CROSSING_MANY = 46.0
"""The height of crossings between more."""


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
    lanes = [_lane(box, arranger) for box in boxes]
    crossing = _crossing(lanes, tree)
    pipeline = _is_pipeline(lanes, crossing)
    _settle(lanes, () if pipeline else crossing.values())
    cell = Cell()
    above = [item for item in outside if not _flows(item, tree, out=False)]
    below = [item for item in outside if _flows(item, tree, out=False)]
    heads = [arranger.item(item) for item in above]
    top = max((head.height for head in heads), default=0.0) + (STEP + 8 if heads or pipeline else 0.0)
    _put_lanes(cell, lanes, top, PADDING + (STEP if pipeline else 0.0), arranger)
    for flow, (_, element, _, reader) in crossing.items():
        if pipeline:
            cell.hints.append(_onward(flow, cell, top))
        elif len(lanes) == 2 and element + 1 == reader:
            cell.hints.append(Hint(flow, "across"))
    _put_inputs(cell, list(zip(above, heads, strict=True)), tree, top)
    _put_outputs(cell, below, tree, arranger)
    return _centred(cell)


def _is_pipeline(lanes: Sequence[_Lane], crossing: Mapping[Flow, tuple[int, int, int, int]]) -> bool:
    """True when each lane only hands the value it ends with to the start of the next."""
    return all(
        target == source + 1 and element == len(lanes[source].tops) - 1 and reader == 0
        for source, element, target, reader in crossing.values()
    )


def _put_lanes(cell: Cell, lanes: Sequence[_Lane], top: float, padding: float, arranger: Arranger) -> None:
    stacks = [_stack(lane) for lane in lanes]
    bottom = top + HEADER + max(stack.cell.height for stack in stacks) + padding
    x = 0.0
    for lane, stack in zip(lanes, stacks, strict=True):
        left, right = _reach(stack, lane, arranger)
        spine = x + left
        cell.areas.append(Area(lane.box, x, top, spine + right, bottom, spine))
        cell.put(stack.cell, spine, top + HEADER)
        cell.grow(x, spine + right, bottom)
        x = spine + right + BETWEEN


def _onward(flow: Flow, cell: Cell, top: float) -> Hint:
    """From the foot of a lane's content over its head into the next lane."""
    spots = {spot.leaf: spot for spot in cell.spots}
    source, target = spots[flow.source], spots[flow.target]
    lane = next(
        area for area in cell.areas if area.box.lane is not None and area.left < source.x < area.right
    )
    inside = [spot.bottom for spot in cell.spots if lane.left < spot.x < lane.right]
    inside += [a.bottom for a in cell.areas if a is not lane and lane.left < a.spine < lane.right]
    foot, gutter = max(inside) + 14, lane.right + BETWEEN / 2
    head = top - STEP / 2
    return Hint(flow, "turn", ((source.x, foot), (gutter, foot), (gutter, head), (target.x, head)))


def _put_inputs(cell: Cell, inputs: Sequence[tuple[Item, Cell]], tree: Tree, top: float) -> None:
    """Inputs stand above the lanes that read them; their values come in on a lane's spine, past its title."""
    spots = {spot.leaf: spot for spot in cell.spots}
    for item, head in inputs:
        flows = [flow for flow in _flows(item, tree, out=True) if flow.target in spots]
        xs = sorted({spots[flow.target].x for flow in flows})
        _put_beside(cell, head, (xs[0] + xs[-1]) / 2 if xs else 0.0, 0.0)
        cell.hints += [Hint(flow, "turn", ((0.0, top - STEP / 2), (0.0, top - STEP / 2))) for flow in flows]


def _put_outputs(cell: Cell, outputs: Sequence[Item], tree: Tree, arranger: Arranger) -> None:
    """Outputs stand below the lanes they come from."""
    spots = {spot.leaf: spot for spot in cell.spots}
    foot = cell.height + STEP
    for item in outputs:
        flows = [flow for flow in _flows(item, tree, out=False) if flow.source in spots]
        _put_beside(cell, arranger.item(item), spots[flows[0].source].x if flows else 0.0, foot)
        for flow in flows:
            spot = spots[flow.source]
            around = [a for a in cell.areas if a.box.lane is not None and a.left <= spot.x <= a.right]
            for lane in around:
                below = (other for other in spots.values() if lane.left <= other.x <= lane.right)
                if any(other.y > spot.y for other in below):
                    cell.hints.append(Hint(flow, "arc", ((lane.right - 6, 0.0),)))


def _lane(box: Box, arranger: Arranger) -> _Lane:
    level = Level(arranger, box.children, lane=True)
    strip = level.strip()
    return _Lane(box, level, strip, [0.0] * len(strip.cells))


def _crossing(lanes: Sequence[_Lane], tree: Tree) -> dict[Flow, tuple[int, int, int, int]]:
    """Flows between lanes, each with lane and element of its source, then of its target."""
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


def _settle(lanes: Sequence[_Lane], crossing: Collection[tuple[int, int, int, int]]) -> None:
    """Move elements down until each stands below all it reads, in its own lane and in others.

    Branches that exchange values among themselves wait for one another: these stand side by side.
    """
    knots = _knots(lanes, crossing)
    number = {place: index for index, knot in enumerate(knots) for place in knot}
    room = CROSSING if len(lanes) == 2 else CROSSING_MANY
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


def _reach(stack: Stack, lane: _Lane, arranger: Arranger) -> tuple[float, float]:
    """How far a lane reaches to both sides of its spine: around what is in it, and for its title."""
    left, below, upper, lower = (line_width(line) for line in measure.heading(lane.box, None, arranger.theme))
    title = max(left, below, upper, lower) + PADDING + 8
    return max(stack.cell.left + PADDING, title), max(stack.cell.right + PADDING, title)


def _flows(item: Item, tree: Tree, *, out: bool) -> list[Flow]:
    found: list[Flow] = []
    for leaf in leaves(item):
        found += tree.flows.out_of(leaf) if out else tree.flows.into(leaf)
    return found


def _put_beside(cell: Cell, other: Cell, x: float, y: float) -> None:
    """Put a cell at a place, or as near to its right as there is room."""
    taken = [
        (spot.left, spot.right) for spot in cell.spots if spot.bottom > y and spot.top < y + other.height
    ]
    for left, right in sorted(taken):
        if x - other.left < right + BESIDE and x + other.right > left - BESIDE:
            x = right + BESIDE + other.left
    cell.put(other, x, y)


def _centred(cell: Cell) -> Cell:
    """The same with its spine in the middle."""
    middle = (cell.right - cell.left) / 2
    result = Cell()
    result.put(cell, -middle, 0.0)
    return result
