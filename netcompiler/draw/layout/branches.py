"""Branches between two nodes: bodies around the spine, skip connections to the right of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from netcompiler.draw.layout.cell import Cell, Hint
from netcompiler.draw.layout.series import Element, Group, Tangle, members
from netcompiler.draw.layout.tangle import chained, layered
from netcompiler.draw.tree import leaves

if TYPE_CHECKING:
    from netcompiler.draw.layout.level import Level


def branches(level: Level, group: Group) -> Cell:
    """The layout of branches side by side."""
    cells = [_branch(level, group, branch) for branch in group.branches]
    skips = skipping(level, group)
    result = Cell(height=max(cell.height for cell in cells))
    bodies = [cell for cell, skip in zip(cells, skips, strict=True) if not skip]
    _put_bodies(result, bodies, level.arranger.spaces.beside)
    for cell, branch, skip in zip(cells, group.branches, skips, strict=True):
        part = list(members(*branch))
        if skip:
            _put_detour(level, result, group, part, cell)
        elif skips.count(False) > 1:
            # Branches of different height: the lines run to the side above and below all of them.
            above, below = (result.height, 0.0) if level.rising else (0.0, result.height)
            result.hints += [Hint(f, "spread", ((0.0, above),)) for f in level.flows([group.before], part)]
            result.hints += [Hint(f, "gather", ((0.0, below),)) for f in level.flows(part, [group.after])]
    if group.before is not None:
        # An exchange says the shape that it gives below the point where the branches part.
        result.grow(0.0, level.cells[group.before].right, 0.0)
    known = {hint.flow for hint in result.hints}
    for flow in level.flows([group.before], [group.after]):
        if group.direct and flow not in known:
            x = result.right + level.arranger.spaces.arc
            result.hints.append(Hint(flow, "arc", ((x, 0.0),)))
            result.grow(0.0, x + 3, 0.0)
    return result


def spreads(level: Level, element: Element) -> bool:
    """True for what spreads to both sides of the spine, and so needs room above and below."""
    if isinstance(element, Group):
        return skipping(level, element).count(False) > 1
    return isinstance(element, Tangle)


def skipping(level: Level, group: Group) -> list[bool]:
    """Which branches of a group are skip connections; none when all are."""
    skips: list[bool] = []
    for branch in group.branches:
        flows = level.flows(members(*branch), [group.after])
        skips.append(bool(flows) and all(flow.skip for flow in flows))
    return skips if not all(skips) else [False] * len(skips)


def tangle(level: Level, element: Tangle, group: Group | None = None) -> Cell:
    """Nodes in no simple order, with the edges from and to the ends of the group that they are all of."""
    nodes = list(element.nodes)
    if group is not None:
        nodes = [node for node in (group.before, *nodes, group.after) if node is not None]
    edges = {
        (a, b): flows
        for a, source in enumerate(nodes)
        for b, target in enumerate(nodes)
        if a < b and (flows := level.flows([source], [target]))
    }
    if group is not None and len(group.branches) > 1:
        edges.pop((0, len(nodes) - 1), None)
    inside = set(element.nodes)
    cells = [level.cells[node] if node in inside else None for node in nodes]
    scale = level.arranger.theme.space
    if all(pair in edges for pair in pairwise(range(len(nodes)))):
        return chained(cells, edges, scale)
    return layered(cells, edges, scale)


def _branch(level: Level, group: Group, elements: Sequence[Element]) -> Cell:
    """A branch: it never wraps, since its ends must stay near the nodes that it joins."""
    if len(elements) == 1 and isinstance(elements[0], Tangle):
        return tangle(level, elements[0], group)
    return level.row(elements)


def _put_bodies(result: Cell, bodies: Sequence[Cell], beside: float) -> None:
    spines: list[float] = []
    x = 0.0
    for cell in bodies:
        spines.append(x + cell.left)
        x += cell.width + beside
    # The spine runs through the middle branch, or between the two in the middle.
    middle = (spines[(len(spines) - 1) // 2] + spines[len(spines) // 2]) / 2
    for cell, spine in zip(bodies, spines, strict=True):
        result.put(cell, spine - middle, (result.height - cell.height) / 2)
    if len(bodies) == 1:
        result.exit = bodies[0].exit


def _put_detour(level: Level, result: Cell, group: Group, part: Sequence[int], cell: Cell) -> None:
    """Put a skip connection that has layers of its own to the right of what is there."""
    x = result.right + level.arranger.spaces.beside + cell.left
    result.put(cell, x, (result.height - cell.height) / 2)
    result.hints += [Hint(flow, "out") for flow in level.flows([group.before], part)]
    result.hints += [Hint(flow, "in") for flow in level.flows(part, [group.after])]
    flows = level.arranger.tree.flows
    for leaf in leaves(level.items[node] for node in part):
        result.detours += [*flows.into(leaf), *flows.out_of(leaf)]
