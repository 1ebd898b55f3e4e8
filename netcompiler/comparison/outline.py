"""Two trees of parts as one: row by row, what stands in either of them and what corresponds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from netcompiler.comparison.comparison import Comparison, Pair
from netcompiler.comparison.parts import Part, inner, layers, leaves
from netcompiler.comparison.sequence import increasing
from netcompiler.graph import Layer

_WITH_WEIGHTS = 10
"""How many layers without weights count as much as one with them, when parts are matched by their layers."""


@dataclass(eq=False)
class Row:
    """What stands at one place of either net.

    Attributes:
        before: what the first net has there, or None.
        after: what the second net has there, or None.
        children: the rows in a scope that both have.
        elsewhere: True for what stands at another place in the order now. It has two rows: one where it
            stood, with nothing in it but `before`, and one where it stands.
        pairs: the pairs of layers whose second one stands here.
        removed: layers of the first net without a partner.
        added: layers of the second net without a partner.
    """

    before: Part | None
    after: Part | None
    children: list[Row] = field(default_factory=list)
    elsewhere: bool = False
    pairs: list[Pair] = field(default_factory=list)
    removed: list[Layer] = field(default_factory=list)
    added: list[Layer] = field(default_factory=list)

    @property
    def part(self) -> Part:
        """What it is in the second net, or in the first where the second has nothing."""
        part = self.after or self.before
        assert part is not None
        return part

    @property
    def same(self) -> bool:
        """True when nothing but names has changed."""
        return not (self.removed or self.added or any(pair.changes for pair in self.pairs))

    @property
    def resized(self) -> bool:
        """True when something has changed, and nothing but sizes and costs."""
        whole = not (self.removed or self.added)
        return whole and not self.same and all(not p.changes or p.resized for p in self.pairs)


def outline(comparison: Comparison, before: Part, after: Part) -> Row:
    """The rows of two trees, in a row for their roots."""
    return _Outliner(comparison, before, after).run()


class _Outliner:
    def __init__(self, comparison: Comparison, before: Part, after: Part) -> None:
        self._roots = before, after
        self._pairs = {pair.after.id: pair for pair in comparison.pairs}
        self._known = {pair.before.id for pair in comparison.pairs}, set(self._pairs)
        self._partners = _partners(comparison, before, after)
        self._paired = {other: part for part, other in self._partners.items()}

    def run(self) -> Row:
        root = Row(*self._roots)
        work = [root]
        order = []
        for row in work:
            order.append(row)
            if row.before is not None and row.after is not None and row.part.is_scope:
                row.children = self._rows(row.before, row.after)
                work += row.children
        for row in reversed(order):
            self._fill(row)
        return root

    def _rows(self, before: Part, after: Part) -> list[Row]:
        first = list(_children(before, self._partners, self._known[0]))
        second = list(_children(after, self._paired, self._known[1]))
        places = {part: index for index, part in enumerate(second)}
        joined = [
            (i, places[self._partners[part]])
            for i, part in enumerate(first)
            if self._partners.get(part) in places
        ]
        rows: list[Row] = []
        a = b = 0
        for i, j in [*increasing(joined), (len(first), len(second))]:
            rows += [Row(part, None, elsewhere=part in self._partners) for part in first[a:i]]
            rows += [Row(self._paired.get(x), x, elsewhere=x in self._paired) for x in second[b:j]]
            if i < len(first):
                rows.append(Row(first[i], second[j]))
            a, b = i + 1, j + 1
        return rows

    def _fill(self, row: Row) -> None:
        """Say what corresponds in a row; those of its children are known."""
        if row.children:
            for child in row.children:
                row.pairs += child.pairs
                row.removed += child.removed
                row.added += child.added
            return
        if row.after is None and row.elsewhere:
            return
        first = layers(row.before) if row.before else ()
        second = list(layers(row.after)) if row.after else []
        row.removed = [layer for layer in first if layer.id not in self._known[0]]
        row.added = [layer for layer in second if layer.id not in self._pairs]
        row.pairs = [self._pairs[layer.id] for layer in second if layer.id in self._pairs]


def _children(scope: Part, partners: Collection[Part], known: Collection[str]) -> Iterator[Part]:
    """What stands in a scope. A scope in it that has no partner, but layers that have, is taken apart."""
    stack = [iter(scope.children)]
    while stack:
        for child in stack[-1]:
            if child.is_scope and child not in partners and any(x.id in known for x in layers(child)):
                stack.append(iter(child.children))
                break
            yield child
        else:
            stack.pop()


def _partners(comparison: Comparison, before: Part, after: Part) -> dict[Part, Part]:
    """Which parts correspond: scopes by their paths, leaves by their layers, those with weights above all."""
    found = {}
    scopes = {part.path: part for part in inner(after)}
    for part in inner(before):
        path, at, run = part.path.partition("@")
        other = scopes.get(comparison.scopes.get(path, "") + at + run)
        if other is not None and path in comparison.scopes:
            found[part] = other
    homes = [{layer.id: leaf for leaf in leaves(root) for layer in leaf.layers} for root in (before, after)]
    votes: dict[tuple[Part, Part], int] = {}
    for pair in comparison.pairs:
        sides = homes[0].get(pair.before.id), homes[1].get(pair.after.id)
        if sides[0] is not None and sides[1] is not None:
            weight = _WITH_WEIGHTS if pair.after.weights else 1
            votes[sides[0], sides[1]] = votes.get((sides[0], sides[1]), 0) + weight
    taken = set()
    for first, second in sorted(votes, key=lambda sides: -votes[sides]):
        if first not in found and second not in taken:
            found[first] = second
            taken.add(second)
    return found
