"""Which layers of two nets correspond: by their names, by what they do, by where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import networkx as nx

from netcompiler.comparison.likeness import ALIKE, Likeness
from netcompiler.comparison.parts import Part, layers, leaves, tree
from netcompiler.comparison.sequence import NEVER, align, increasing
from netcompiler.graph import Graph, Layer

_MOST_OPENED = 4
"""Scopes that are tried in one place for whether what is in them corresponds."""

_MOST_NESTED = 2
"""Trials within one another, at most: in unlike nets each would try others in turn, without end."""

_RADII = (3, 2, 1)
"""How far around a layer its surroundings are compared, in steps, the farthest first."""


@dataclass(frozen=True)
class Alignment:
    """What corresponds.

    Attributes:
        layers: ids in the first net to ids in the second.
        scopes: paths in the first net to paths in the second.
    """

    layers: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)


def align_graphs(before: Graph, after: Graph) -> Alignment:
    """What corresponds in two nets; for these in the other order, the same pairs the other way round."""
    if _fingerprint(before) <= _fingerprint(after):
        return _Aligner(before, after).run()
    found = _Aligner(after, before).run()
    scopes = {b: a for a, b in found.scopes.items()}
    return Alignment({b: a for a, b in found.layers.items()}, scopes)


def _fingerprint(graph: Graph) -> tuple[object, ...]:
    """All that an alignment depends on, to tell which of two nets comes first."""
    layers = [
        (
            layer.id,
            layer.operation.name,
            repr(layer.args),
            layer.inputs,
            layer.output,
            layer.named,
            layer.reuses,
        )
        for layer in graph.layers()
    ]
    edges = [(edge.source, edge.target, edge.argument) for edge in graph.edges()]
    scopes = [(path, scope.definition or "") for path, scope in graph.scopes.items()]
    return len(layers), layers, edges, scopes


class _Aligner:
    """Finds pairs in four steps, each of which takes what the one before it left.

    1. Scope by scope from the outside in: equal names first, then the most alike, in order.
    2. Equal names, wherever they stand.
    3. Between what corresponds: layers alike that have come to stand in other scopes.
    4. Equal surroundings, by networkx's Weisfeiler-Lehman hashes: branches in another order.
    """

    def __init__(self, before: Graph, after: Graph) -> None:
        self._graphs = before, after
        self._trees = tree(before), tree(after)
        self._likeness = Likeness()
        self._found = Alignment()
        self._taken: set[str] = set()
        self._opening = 0

    def run(self) -> Alignment:
        for root in self._trees:
            self._likeness.learn(root)
        self._by_scope()
        if all(self._left()):
            self._by_name()
        if all(self._left()):
            self._by_place()
        if all(self._left()):
            self._by_surroundings()
        return self._found

    def _put(self, a: str, b: str) -> None:
        self._found.layers[a] = b
        self._taken.add(b)

    def _left(self) -> tuple[list[Layer], list[Layer]]:
        """The layers of both nets that have no partner yet."""
        first, second = self._graphs
        return (
            [layer for layer in first.layers() if layer.id not in self._found.layers],
            [layer for layer in second.layers() if layer.id not in self._taken],
        )

    def _by_scope(self) -> None:
        work = [self._trees]
        while work:
            a, b = work.pop()
            self._found.scopes[a.path] = b.path
            for first, second in self._children(a.children, b.children):
                if first.is_scope:
                    work.append((first, second))
                else:
                    self._put(first.path, second.path)

    def _children(self, first: Sequence[Part], second: Sequence[Part]) -> Iterator[tuple[Part, Part]]:
        """Pairs of what stands in two scopes that correspond."""
        same = self._same_names(first, second)
        yield from ((first[i], second[j]) for i, j in same)
        taken = {i for i, _ in same}, {j for _, j in same}
        for (a, a_end), (b, b_end) in _between(increasing(same), len(first), len(second)):
            rest = (
                [part for i, part in enumerate(first[a:a_end], a) if i not in taken[0]],
                [part for j, part in enumerate(second[b:b_end], b) if j not in taken[1]],
            )
            turned = self._turned_round(*rest)
            yield from turned
            gone = {part for pair in turned for part in pair}
            yield from self._in_order(*([part for part in side if part not in gone] for side in rest))

    def _same_names(self, first: Sequence[Part], second: Sequence[Part]) -> list[tuple[int, int]]:
        """Children with the same name that are both scopes, or layers that do the same."""
        known = {part.name: j for j, part in enumerate(second) if part.named}
        found = [(i, known[part.name]) for i, part in enumerate(first) if part.named and part.name in known]
        return [(i, j) for i, j in found if self._certain(first[i], second[j])]

    def _certain(self, a: Part, b: Part) -> bool:
        if a.is_scope or b.is_scope:
            return a.is_scope and b.is_scope
        facts = [self._likeness.facts(part.layers[0]) for part in (a, b)]
        return facts[0][1] == facts[1][1]

    def _turned_round(self, first: Sequence[Part], second: Sequence[Part]) -> list[tuple[Part, Part]]:
        """Parts that do the same as just one of the others, and have changed places with each other."""
        keys = [[self._likeness.key(part) for part in side] for side in (first, second)]
        counts = Counter(keys[0]), Counter(keys[1])
        places = {key: j for j, key in enumerate(keys[1])}
        single = [
            (i, places[key])
            for i, key in enumerate(keys[0])
            if counts[0][key] == counts[1][key] == 1 and any(layer.weights for layer in layers(first[i]))
        ]
        kept = set(increasing(single))
        return [(first[i], second[j]) for i, j in single if (i, j) not in kept]

    def _in_order(self, first: Sequence[Part], second: Sequence[Part]) -> Iterator[tuple[Part, Part]]:
        likeness = self._likeness
        pairs = align(
            [likeness.key(part) for part in first],
            [likeness.key(part) for part in second],
            lambda i, j: likeness.of_parts(first[i], second[j]),
        )
        yield from ((first[i], second[j]) for i, j in pairs)
        for (a, a_end), (b, b_end) in _between(pairs, len(first), len(second)):
            if a < a_end and b < b_end:
                yield from self._opened(first[a:a_end], second[b:b_end])

    def _opened(self, first: Sequence[Part], second: Sequence[Part]) -> Iterator[tuple[Part, Part]]:
        """Pairs of parts that are none as they stand: what is in the largest scope takes that scope's place.

        So layers are found that were put into a scope or taken out of one: most of what is in it must be.
        """
        if self._opening == _MOST_NESTED:
            return
        opened = 0
        for _ in range(_MOST_OPENED):
            scopes = [part for part in (*first, *second) if part.is_scope]
            if not scopes:
                return
            largest = max(scopes, key=self._likeness.size)
            opened += self._likeness.size(largest)
            first, second = (
                [inside for part in side for inside in (part.children if part is largest else [part])]
                for side in (first, second)
            )
            self._opening += 1
            pairs = list(self._children(first, second))
            self._opening -= 1
            if 2 * sum(self._likeness.size(part) for part, _ in pairs) >= opened:
                yield from pairs
                return

    def _by_name(self) -> None:
        first, second = self._left()
        known = {layer.id: layer for layer in second if layer.named}
        for layer in first:
            other = known.get(layer.id)
            if other is not None and layer.named and _may_pair(layer, other):
                self._put(layer.id, other.id)

    def _by_place(self) -> None:
        """Layers that are clearly alike, between those that correspond already."""
        orders = [[leaf.layers[0] for leaf in leaves(root)] for root in self._trees]
        places = [{layer.id: index for index, layer in enumerate(order)} for order in orders]
        known = sorted((places[0][a], places[1][b]) for a, b in self._found.layers.items())
        found: list[tuple[Layer, Layer]] = []
        for (a, a_end), (b, b_end) in _between(increasing(known), len(orders[0]), len(orders[1])):
            first = [layer for layer in orders[0][a:a_end] if layer.id not in self._found.layers]
            second = [layer for layer in orders[1][b:b_end] if layer.id not in self._taken]
            if first and second:
                found += self._alike(first, second)
        for id, other in self._supported(found):
            self._put(id, other)

    def _alike(self, first: Sequence[Layer], second: Sequence[Layer]) -> Iterator[tuple[Layer, Layer]]:
        likeness = self._likeness

        def score(i: int, j: int) -> float:
            found = likeness.of_layers(first[i], second[j])
            return found if found >= ALIKE else NEVER

        keys = [[likeness.facts(layer)[2] for layer in part] for part in (first, second)]
        return ((first[i], second[j]) for i, j in align(keys[0], keys[1], score))

    def _supported(self, pairs: Iterable[tuple[Layer, Layer]]) -> Iterator[tuple[str, str]]:
        """Of the pairs found by their likeness, those that have weights, and those that stand beside a pair:
        one activation is as good as another, and says nothing.
        """
        layers = dict(self._found.layers)
        open_pairs: dict[str, str] = {}
        for a, b in pairs:
            (layers if a.weights else open_pairs)[a.id] = b.id
            if a.weights:
                yield a.id, b.id
        pending = list(layers)
        while pending and open_pairs:
            id = pending.pop()
            for neighbour in _neighbours(self._graphs[0], id):
                if open_pairs.get(neighbour) in _neighbours(self._graphs[1], layers[id]):
                    layers[neighbour] = open_pairs.pop(neighbour)
                    pending.append(neighbour)
                    yield neighbour, layers[neighbour]

    def _by_surroundings(self) -> None:
        hashes = [self._hashes(graph) for graph in self._graphs]
        for radius in _RADII:
            groups: tuple[dict[str, list[Layer]], dict[str, list[Layer]]] = ({}, {})
            for group, known, left in zip(groups, hashes, self._left(), strict=True):
                for layer in left:
                    group.setdefault(known[layer.id][radius - 1], []).append(layer)
            for label, first in groups[0].items():
                second = groups[1].get(label, [])
                if len(first) == len(second):
                    for one, other in zip(first, second, strict=True):
                        self._put(one.id, other.id)

    def _hashes(self, graph: Graph) -> Mapping[str, Sequence[str]]:
        """For each layer a hash of what is within one step of it, within two, and so on."""
        # Without directions: networkx warns about directed graphs, whose hashes depend on its version.
        plain = nx.Graph(graph.nx.edges())
        plain.add_nodes_from(graph.nx)
        facts = {layer.id: str(self._likeness.facts(layer)[2]) for layer in graph.layers()}
        nx.set_node_attributes(plain, facts, "facts")
        found: Mapping[str, Sequence[str]] = nx.weisfeiler_lehman_subgraph_hashes(
            plain, node_attr="facts", iterations=max(_RADII)
        )
        return found


def _may_pair(a: Layer, b: Layer) -> bool:
    """An input stays an input."""
    return (a.operation.kind == "input") == (b.operation.kind == "input")


def _neighbours(graph: Graph, id: str) -> set[str]:
    return {*graph.nx.predecessors(id), *graph.nx.successors(id)}


def _between(
    fixed: Sequence[tuple[int, int]], first: int, second: int
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The stretches of two sequences of these lengths between pairs that are fixed."""
    a = b = 0
    for i, j in [*fixed, (first, second)]:
        yield (a, i), (b, j)
        a, b = i + 1, j + 1
