"""Graphs that are neither chains nor branches side by side: arcs past a chain, or layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from netcompiler.draw.layout.cell import Cell, Hint
from netcompiler.draw.picture import Point
from netcompiler.draw.tree import Flow

_STEP = 22.0
_LAYER = 34.0
_BESIDE = 18.0
_ARC = 11.0
"""Distances in points, for text of 9.5 points."""

_SWEEPS = 8

Edges = Mapping[tuple[int, int], Sequence[Flow]]
"""Flows by the places of two nodes."""


def chained(cells: Sequence[Cell | None], edges: Edges, scale: float) -> Cell:
    """Nodes one below the other, each joined to the next; other edges are arcs, the longest furthest out.

    A node without a cell stands elsewhere, above or below.
    """
    result = Cell()
    y = 0.0
    for cell in cells:
        if cell is not None:
            result.put(cell, 0.0, y)
            y = result.height + scale * _STEP
    # All arcs of a node leave along one line, as far out as the longest of them needs.
    arcs: dict[int, list[tuple[int, Sequence[Flow]]]] = {}
    for (start, end), flows in edges.items():
        if end - start > 1:
            arcs.setdefault(start, []).append((end, flows))
    spans = sorted((max(end for end, _ in ends) - start, start) for start, ends in arcs.items())
    taken: list[tuple[int, int, int]] = []
    reach = result.right
    for span, start in spans:
        level = 1 + max((lv for a, b, lv in taken if a < start + span and start < b), default=0)
        taken.append((start, start + span, level))
        x = reach + scale * _ARC * level
        result.hints += [Hint(flow, "arc", ((x, 0.0),)) for _, flows in arcs[start] for flow in flows]
        result.grow(0.0, x + 3, 0.0)
    return result


@dataclass(eq=False)
class _Seat:
    """A place in a layer: a node, or a point where a long edge passes."""

    node: int | None
    width: float
    left: float
    layer: int
    x: float = 0.0
    order: float = 0.0


def layered(cells: Sequence[Cell | None], edges: Edges, scale: float) -> Cell:
    """Nodes in layers, every edge downwards, ordered so that few edges cross.

    A node without a cell stands elsewhere, above or below.
    """
    sizes = [cell or Cell() for cell in cells]
    beside = scale * _BESIDE
    before: dict[int, list[int]] = {}
    for a, b in edges:
        before.setdefault(b, []).append(a)
    depth: list[int] = []
    for node in range(len(cells)):
        depth.append(1 + max((depth[a] for a in before.get(node, ())), default=-1))
    rows: list[list[_Seat]] = [[] for _ in range(max(depth) + 1)]
    seat = [_Seat(n, size.width, size.left, depth[n]) for n, size in enumerate(sizes)]
    for one in seat:
        rows[one.layer].append(one)
    chains: dict[tuple[int, int], list[_Seat]] = {}
    for a, b in edges:
        points = [_Seat(None, 8.0, 4.0, layer) for layer in range(depth[a] + 1, depth[b])]
        for point in points:
            rows[point.layer].append(point)
        chains[a, b] = [seat[a], *points, seat[b]]
    above: dict[_Seat, list[_Seat]] = {s: [] for row in rows for s in row}
    below: dict[_Seat, list[_Seat]] = {s: [] for row in rows for s in row}
    for chain in chains.values():
        for up, down in pairwise(chain):
            below[up].append(down)
            above[down].append(up)
    _order(rows, above, below)
    _settle(rows, above, below, beside)
    return _place(rows, cells, edges, chains, scale * _LAYER)


def _order(
    rows: list[list[_Seat]], above: Mapping[_Seat, list[_Seat]], below: Mapping[_Seat, list[_Seat]]
) -> None:
    """Order each layer by the middle of its neighbours, down and up in turn."""
    for row in rows:
        for index, seat in enumerate(row):
            seat.order = index
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        near = above if downwards else below
        for row in rows if downwards else reversed(rows):
            means = {s: sum(n.order for n in near[s]) / len(near[s]) if near[s] else s.order for s in row}
            row.sort(key=lambda s, means=means: means[s])  # type: ignore[misc]
            for index, seat in enumerate(row):
                seat.order = index - (len(row) - 1) / 2


def _settle(
    rows: list[list[_Seat]],
    above: Mapping[_Seat, list[_Seat]],
    below: Mapping[_Seat, list[_Seat]],
    beside: float,
) -> None:
    """Give every seat an x near those of its neighbours, in order and without overlap."""
    for row in rows:
        x = 0.0
        for seat in row:
            seat.x = x + seat.left
            x += seat.width + beside
        middle = (x - beside) / 2
        for seat in row:
            seat.x -= middle
    for sweep in range(2 * _SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wishes = []
            for seat in row:
                near = above[seat] + below[seat]
                wishes.append(sum(n.x for n in near) / len(near) if near else seat.x)
            _spread(row, wishes, beside)


def _spread(row: list[_Seat], wishes: Sequence[float], beside: float) -> None:
    """Seats as near to where they want to be as their widths allow: the mean of packing from both sides."""
    rightwards: list[float] = []
    for seat, wish in zip(row, wishes, strict=True):
        least = rightwards[-1] if rightwards else float("-inf")
        x = max(wish, least + seat.left)
        rightwards.append(x + seat.width - seat.left + beside)
        seat.x = x
    limit = float("inf")
    for seat, wish in zip(reversed(row), reversed(wishes), strict=True):
        right = seat.width - seat.left
        x = min(wish, limit - right)
        limit = x - seat.left - beside
        seat.x = (seat.x + x) / 2


def _place(
    rows: list[list[_Seat]],
    cells: Sequence[Cell | None],
    edges: Edges,
    chains: Mapping[tuple[int, int], list[_Seat]],
    between: float,
) -> Cell:
    result = Cell()
    tops: list[tuple[float, float]] = []
    # Ends that stand elsewhere take no room, and the spine is where they are.
    ends = [seat.x for row in (rows[0], rows[-1]) for seat in row if cells[seat.node or 0] is None]
    spine = sum(ends) / len(ends) if ends else 0.0
    y = 0.0
    for row in rows:
        standing = {seat: cell for seat in row if seat.node is not None and (cell := cells[seat.node])}
        height = max((cell.height for cell in standing.values()), default=0.0)
        for seat, cell in standing.items():
            result.put(cell, seat.x - spine, y + (height - cell.height) / 2)
        for seat in row:
            x = seat.x - spine
            result.grow(x - seat.left, x + seat.width - seat.left, 0.0)
        tops.append((y, y + height))
        y += height + (between if height else 0.0)
    for edge, chain in chains.items():
        if len(chain) == 2:
            continue
        points: list[Point] = []
        for seat in chain[1:-1]:
            points += [(seat.x - spine, tops[seat.layer][0]), (seat.x - spine, tops[seat.layer][1])]
        result.hints += [Hint(flow, "via", tuple(points)) for flow in edges[edge]]
    return result
