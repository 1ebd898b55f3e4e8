"""The ways of values: straight on to the next row, or around what stands between as an arc."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from netcompiler.draw.styles.diff.entries import Entry, rows
from netcompiler.draw.tree import Flow, Leaf, Tree, leaves


@dataclass(frozen=True)
class Way:
    """A value on its way from one row to another.

    Attributes:
        source: the row that gives it.
        target: the row that reads it.
        flow: the first of the values that take this way.
        direct: True when the target is the next row of its net.
        detour: True for a part of a skip connection that has layers of its own.
    """

    source: Entry
    target: Entry
    flow: Flow
    direct: bool
    detour: bool


@dataclass(eq=False)
class Arc:
    """Ways of one kind from one row past others, on one line from which each branches off to its target.

    Attributes:
        home: the smallest block that holds all ends; None for the whole picture.
        ways: the ways.
        top: where the line begins.
        bottom: where it ends.
        lane: how many other arcs lie between it and the rows.
    """

    home: Entry | None
    ways: list[Way]
    top: float
    bottom: float
    lane: int = 0


def ways(entries: Sequence[Entry], tree: Tree, side: int) -> list[Way]:
    """All ways of one net, in order."""
    shown = [row for row in rows(entries) if row.nodes[side] is not None]
    place: dict[Leaf, Entry] = {leaf: row for row in shown for leaf in row.leaves[side]}
    order = {row: index for index, row in enumerate(shown)}
    aside = _aside(tree)
    found: dict[tuple[Entry, Entry], Way] = {}
    for flow in tree.flows:
        source, target = place.get(flow.source), place.get(flow.target)
        # What is not shown, and ways from one of several alike to the next.
        if source is None or target is None or order[source] >= order[target]:
            continue
        if (source, target) not in found:
            direct = order[target] == order[source] + 1
            detour = flow.target in aside or flow.source in aside
            found[source, target] = Way(source, target, flow, direct, detour)
    return sorted(found.values(), key=lambda way: (order[way.source], order[way.target]))


def _aside(tree: Tree) -> set[Leaf]:
    """Leaves that are read by skip connections alone: these have layers of their own."""
    found: set[Leaf] = set()
    for leaf in reversed(list(leaves(tree.root))):
        out = tree.flows.out_of(leaf)
        if out and leaf.role == "layer" and all(flow.skip or flow.target in found for flow in out):
            found.add(leaf)
    return found


def homes(entries: Sequence[Entry]) -> dict[Entry, tuple[Entry, ...]]:
    """The blocks around each row and each block, the largest first."""
    found: dict[Entry, tuple[Entry, ...]] = {}
    work: list[tuple[Entry, tuple[Entry, ...]]] = [(entry, ()) for entry in entries]
    while work:
        entry, around = work.pop()
        found[entry] = around
        work += [(child, (*around, entry)) for child in entry.children]
    return found


def arcs(
    found: Sequence[Way], around: Mapping[Entry, tuple[Entry, ...]], y: Mapping[Entry, float]
) -> list[Arc]:
    """The ways that are not direct as arcs, each in the innermost lane in which it meets no other."""
    groups: dict[tuple[Entry | None, Entry, tuple[bool, bool, bool]], list[Way]] = {}
    for way in found:
        if not way.direct:
            look = (way.flow.skip, way.detour, way.flow.crosses)
            groups.setdefault((_common(around, way), way.source, look), []).append(way)
    result = [
        Arc(home, some, y[source], max(y[way.target] for way in some))
        for (home, source, _), some in groups.items()
    ]
    for arc in sorted(result, key=lambda arc: (arc.bottom - arc.top, arc.top)):
        taken = set(_lanes_beside(arc, result))
        arc.lane = next(lane for lane in range(1, len(result) + 1) if lane not in taken)
    return result


def _common(around: Mapping[Entry, tuple[Entry, ...]], way: Way) -> Entry | None:
    home: Entry | None = None
    for first, second in zip(around[way.source], around[way.target], strict=False):
        if first is not second:
            break
        home = first
    return home


def _lanes_beside(arc: Arc, others: Sequence[Arc]) -> Iterator[int]:
    """The lanes of arcs of the same block beside which it runs."""
    for other in others:
        if other.lane and other.home is arc.home and other.top < arc.bottom and arc.top < other.bottom:
            yield other.lane
