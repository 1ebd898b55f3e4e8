"""A net's layers as a sequence that can be cut: what each costs, what they read, and where a cut may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from netcompiler.graph import BYTES_PER_ELEMENT, Graph, Layer
from netcompiler.placement.machines import Machine
from netcompiler.placement.training import Training
from netcompiler.placement.work import step_seconds

MANY = 1000
"""So many places for a cut are all tried; of more, those at the borders of blocks."""


_FOLLOWING = frozenset({"norm", "activation", "dropout"})


@dataclass(frozen=True, eq=False)
class Sequence:
    """The layers of a net without its inputs, in an order in which they can be computed.

    Sums are prefix sums: the sum over layers ``start`` to ``stop - 1`` is ``sums[stop] - sums[start]``.

    Attributes:
        layers: the layers.
        reads: for each layer the positions of the layers whose values it reads, each once.
        sizes: for each layer the bytes of its output, a sample, as edges have it.
        seconds: prefix sums of the time of a layer for one batch, forward and backward.
        parameters: prefix sums of learned numbers.
        elements: prefix sums of the outputs' elements, a sample.
        cuts: positions where a cut may be, in order: the layer there begins a group. Never inside what is run
            with the same weights: those layers stand in one group.
        inside: for each position how many calls of blocks a cut there is inside of, and one more where it
            parts a normalisation, an activation or a dropout from the layer that it follows.
    """

    layers: tuple[Layer, ...]
    reads: tuple[tuple[int, ...], ...]
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    parameters: tuple[int, ...]
    elements: tuple[int, ...]
    cuts: tuple[int, ...]
    inside: tuple[int, ...]

    def received(self, stop: int) -> Iterator[tuple[int, int]]:
        """For each ``start`` from ``stop - 1`` down to 0 the bytes a sample that layers before ``start`` send
        to layers from ``start`` to ``stop - 1``: each value once, as `cost.transfers` counts.
        """
        coming: set[int] = set()
        total = 0
        for start in range(stop - 1, -1, -1):
            if start in coming:
                coming.remove(start)
                total -= self.sizes[start]
            for source in self.reads[start]:
                if source not in coming:
                    coming.add(source)
                    total += self.sizes[source]
            yield start, total


def sequence(graph: Graph, machine: Machine, training: Training) -> Sequence:
    """The sequence of a graph, its times for one batch on one device of the machine."""
    layers = tuple(layer for layer in graph.layers() if layer.operation.kind != "input")
    position = {layer.id: index for index, layer in enumerate(layers)}
    reads = tuple(
        tuple({position[edge.source]: None for edge in graph.operands(layer.id) if edge.source in position})
        for layer in layers
    )
    seconds = [step_seconds(layer, training.batch, machine, training.element) for layer in layers]
    inside = _inside(graph, layers)
    return Sequence(
        layers,
        reads,
        tuple(layer.neurons * BYTES_PER_ELEMENT for layer in layers),
        tuple(accumulate(seconds, initial=0.0)),
        tuple(accumulate((layer.parameters for layer in layers), initial=0)),
        tuple(accumulate((layer.neurons for layer in layers), initial=0)),
        _cuts(layers, inside),
        inside,
    )


def _cuts(layers: tuple[Layer, ...], inside: tuple[int, ...]) -> tuple[int, ...]:
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for index, layer in enumerate(layers):
        first.setdefault(layer.path, index)
        last[layer.path] = index
    shared = [0] * (len(layers) + 1)
    for path, start in first.items():
        shared[start] += 1
        shared[last[path]] -= 1
    open_before = (0, *accumulate(shared))
    cuts = [p for p in range(1, len(layers)) if not open_before[p]]
    depth = 0
    while len(cuts) > MANY and depth <= max(inside):
        # The deepest are left out first, as many levels as it takes.
        deepest = max(inside) - depth
        fewer = [p for p in cuts if inside[p] < deepest]
        if not fewer:
            break
        cuts, depth = fewer, depth + 1
    return tuple(cuts)


def _inside(graph: Graph, layers: tuple[Layer, ...]) -> tuple[int, ...]:
    calls = [_calls(graph, layer) for layer in layers]
    both = [len(before & after) for before, after in pairwise(calls)]
    return (
        0,
        *(n + (layer.operation.kind in _FOLLOWING) for n, layer in zip(both, layers[1:], strict=True)),
        0,
    )


def _calls(graph: Graph, layer: Layer) -> frozenset[str]:
    found = set()
    path: str | None = layer.scope
    while path:
        if graph.scopes[path].definition is not None:
            found.add(path)
        path = graph.scopes[path].parent
    return frozenset(found)
