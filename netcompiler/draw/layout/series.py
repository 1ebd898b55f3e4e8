"""What runs one after another and what runs side by side in a directed acyclic graph.

Nodes are numbers in an order in which they can be computed. A node that every way from start to end passes
is a `Single`; what lies between two of them is a `Group` of branches, each taken apart in the same way. What
cannot be taken apart is a `Tangle`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Single:
    """A node that every way passes."""

    node: int


@dataclass(frozen=True, slots=True)
class Group:
    """Branches between two nodes that every way passes.

    Attributes:
        branches: each taken apart again.
        before: the node above them, which may stand outside of a branch; None at the very start.
        after: the node below them, likewise; None at the very end.
        direct: True when an edge leads past all branches.
    """

    branches: tuple[tuple[Element, ...], ...]
    before: int | None
    after: int | None
    direct: bool


@dataclass(frozen=True, slots=True)
class Tangle:
    """Nodes that have no order beyond that of their edges."""

    nodes: tuple[int, ...]


Element = Single | Group | Tangle

Successors = Mapping[int, Collection[int]]

_DEEPEST = 40
"""Groups within groups, at most: what lies deeper is a tangle, which is laid out without recursion."""


def take_apart(
    nodes: Sequence[int],
    successors: Successors,
    starts: Collection[int],
    ends: Collection[int],
    outer: tuple[int | None, int | None] = (None, None),
    depth: int = 0,
) -> tuple[Element, ...]:
    """Take a graph apart. Every node lies on a way from one of the starts to one of the ends.

    ``outer`` are the nodes before and after a branch, on which the starts and the ends of it hang.
    """
    if depth > _DEEPEST:
        return (Tangle(tuple(nodes)),)
    place = {node: index for index, node in enumerate(nodes)}
    first, last = -1, len(nodes)
    edges = [(first, place[node]) for node in starts] + [(place[node], last) for node in ends]
    edges += [(place[a], place[b]) for a in nodes for b in successors.get(a, ()) if b in place]
    cuts = _uncovered(edges, len(nodes))
    direct = {(a, b) for a, b in edges if b - a > 1}
    elements: list[Element] = []
    for above, below in zip([first, *cuts], [*cuts, last], strict=True):
        inner = range(above + 1, below)
        if inner:
            gap = _Gap(
                above,
                below,
                nodes[above] if above >= 0 else outer[0],
                nodes[below] if below < last else outer[1],
                (above, below) in direct,
                depth,
            )
            elements.append(_between(nodes, successors, edges, gap))
        if below != last:
            elements.append(Single(nodes[below]))
    return tuple(elements)


@dataclass(frozen=True, slots=True)
class _Gap:
    """What lies between two places that every way passes, and the nodes there."""

    above: int
    below: int
    before: int | None
    after: int | None
    direct: bool
    depth: int


def _between(
    nodes: Sequence[int], successors: Successors, edges: Iterable[tuple[int, int]], gap: _Gap
) -> Element:
    """The branches in a gap."""
    inner = [nodes[index] for index in range(gap.above + 1, gap.below)]
    entered = {nodes[b] for a, b in edges if a == gap.above and b < gap.below}
    left = {nodes[a] for a, b in edges if b == gap.below and a > gap.above}
    parts = components(inner, successors)
    whole = gap.above == -1 and gap.below == len(nodes)
    if whole and len(parts) == 1:
        return Tangle(tuple(inner))
    return Group(
        branches=tuple(
            take_apart(
                part,
                successors,
                entered & set(part),
                left & set(part),
                (gap.before, gap.after),
                gap.depth + 1,
            )
            for part in parts
        ),
        before=gap.before,
        after=gap.after,
        direct=gap.direct,
    )


def _uncovered(edges: Iterable[tuple[int, int]], count: int) -> list[int]:
    """The places that no edge leads past: every way goes through them."""
    change = [0] * (count + 2)
    for a, b in edges:
        if b - a > 1:
            change[a + 1] += 1
            change[b] -= 1
    result, covered = [], 0
    for index in range(count):
        covered += change[index]
        if covered == 0:
            result.append(index)
    return result


def components(nodes: Sequence[int], successors: Successors) -> list[list[int]]:
    """The parts of a graph that no edge joins, each in the given order, by their first nodes."""
    known = set(nodes)
    parent = {node: node for node in nodes}

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a in nodes:
        for b in successors.get(a, ()):
            if b in known:
                parent[find(b)] = find(a)
    parts: dict[int, list[int]] = {}
    for node in nodes:
        parts.setdefault(find(node), []).append(node)
    return list(parts.values())


def reachable(starts: Iterable[int], successors: Successors) -> set[int]:
    """All nodes on ways from the starts, these included."""
    found = set(starts)
    pending = list(found)
    while pending:
        for node in successors.get(pending.pop(), ()):
            if node not in found:
                found.add(node)
                pending.append(node)
    return found


def reverse(successors: Successors) -> dict[int, list[int]]:
    """The same edges the other way round."""
    result: dict[int, list[int]] = {}
    for source, targets in successors.items():
        for target in targets:
            result.setdefault(target, []).append(source)
    return result


def members(*elements: Element) -> Iterator[int]:
    """All nodes of some elements, in order."""
    for element in elements:
        if isinstance(element, Single):
            yield element.node
        elif isinstance(element, Group):
            for branch in element.branches:
                yield from members(*branch)
        else:
            yield from element.nodes
