"""What has changed about a layer, and about what a net gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from netcompiler.comparison.comparison import Change, OutputChange
from netcompiler.graph import Graph, Layer

_MOST_SOURCES = 16
"""Layers that a value can be traced back to, past layers of one net alone; beyond that nothing is said."""


class Changes:
    """Finds what has changed about the layers that correspond."""

    def __init__(self, before: Graph, after: Graph, pairs: Mapping[str, str]) -> None:
        self._before = _Sources(before, pairs)
        self._after = _Sources(after, {other: other for other in pairs.values()})

    def of(self, before: Layer, after: Layer) -> tuple[Change, ...]:
        """All that has changed about a layer, its name left out."""
        return (
            *filter(_differs, self._own(before, after)),
            *self._inputs(before, after),
            *filter(_differs, _sizes(before, after)),
        )

    def _own(self, before: Layer, after: Layer) -> Iterator[Change]:
        yield Change("operation", "", before.operation.name, after.operation.name)
        for parameter in before.operation.parameters:
            if parameter.name in after.args:
                name = parameter.name
                yield Change("argument", name, before.args[name], after.args[name])
        yield Change("group", "", before.group, after.group)
        yield Change("weights", "", _weights(before), _weights(after))

    def _inputs(self, before: Layer, after: Layer) -> Iterator[Change]:
        """What is read from elsewhere. Layers that only one net has are looked past: they are reported."""
        first, second = self._before.read_by(before.id), self._after.read_by(after.id)
        if len(first) == len(second):
            for position, ((a, a_from), (b, b_from)) in enumerate(zip(first, second, strict=True), 1):
                if a_from and b_from and not a_from & b_from:
                    yield Change("input", str(position), a, b)
            return
        gone = _missing(first, second)
        new = _missing(second, first)
        if not gone and not new:
            shorter = min(len(first), len(second))
            gone, new = range(shorter, len(first)), range(shorter, len(second))
        for index in gone:
            yield Change("input", str(index + 1), first[index][0], None)
        for index in new:
            yield Change("input", str(index + 1), None, second[index][0])


def _differs(change: Change) -> bool:
    # 1, 1.0 and true are equal in Python.
    return change.before != change.after or type(change.before) is not type(change.after)


Read = tuple[str, frozenset[str]]
"""What a layer reads: the layer that gives it, and the layers with a partner that it comes from."""


class _Sources:
    """What the layers of a net read. ``names`` has a name for each layer with a partner, which has it too."""

    def __init__(self, graph: Graph, names: Mapping[str, str]) -> None:
        self._graph = graph
        self._known: dict[str, frozenset[str]] = {}
        for layer in graph.layers():
            if layer.id in names:
                self._known[layer.id] = frozenset({names[layer.id]})
                continue
            edges = graph.operands(layer.id)
            found = frozenset().union(*(self._known[edge.source] for edge in edges))
            self._known[layer.id] = found if len(found) <= _MOST_SOURCES else frozenset()

    def read_by(self, id: str) -> list[Read]:
        """What a layer reads, by position. Where it comes from is empty when there is nothing to be said."""
        return [(edge.source, self._known[edge.source]) for edge in self._graph.operands(id)]


def _missing(reads: Sequence[Read], others: Sequence[Read]) -> Sequence[int]:
    """Positions of values that come from nowhere where any of the others come from."""
    anywhere = frozenset().union(*(origins for _, origins in others))
    return [index for index, (_, origins) in enumerate(reads) if origins and not origins & anywhere]


def _weights(layer: Layer) -> str:
    return f"those of {layer.path}" if layer.reuses else "its own"


def _sizes(before: Layer, after: Layer) -> Iterator[Change]:
    yield Change("output", "", before.output, after.output)
    yield Change("parameters", "", before.parameters, after.parameters)
    yield Change("macs", "", before.macs, after.macs)


def changed_outputs(before: Graph, after: Graph, pairs: Mapping[str, str]) -> Iterator[OutputChange]:
    """Outputs of one net that the other has not, or that come from elsewhere, or only in training."""
    others = {output.name: output for output in after.outputs}
    for output in before.outputs:
        other = others.pop(output.name, None)
        if (
            other is None
            or pairs.get(output.layer) != other.layer
            or output.training_only != other.training_only
        ):
            yield OutputChange(output, other)
    for other in others.values():
        yield OutputChange(None, other)
