"""A net with placement groups as stretches of layers, and what goes from one stretch to another.

A stretch is what a group computes between two crossings: it ends where a value is sent and where one is
received. Stretches of the same phase may run at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from netcompiler.cost import transfers
from netcompiler.graph import Graph, Layer, Output


@dataclass(frozen=True, eq=False)
class Stretch:
    """Layers of one group.

    Attributes:
        group: the group.
        phase: how many crossings lie on the longest way from the inputs to here.
        layers: its layers, in order.
    """

    group: str
    phase: int
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Crossing:
    """Values that go from one group to another.

    Attributes:
        source: where they come from.
        target: where they are first read.
        bytes: their size in single precision, a sample.
    """

    source: Stretch
    target: Stretch
    bytes: int


@dataclass(frozen=True, eq=False)
class Traffic:
    """A net's stretches and what goes from one to another.

    Attributes:
        graph: the net.
        stretches: in the order of the groups and of the phases.
        crossings: between groups.
        onward: values that stay in their group, from stretch to stretch.
        inputs: each of the net's inputs with the stretches that read it.
        outputs: each of the net's outputs with the stretch that gives it.
    """

    graph: Graph
    stretches: tuple[Stretch, ...]
    crossings: tuple[Crossing, ...]
    onward: tuple[tuple[Stretch, Stretch], ...]
    inputs: tuple[tuple[Layer, tuple[Stretch, ...]], ...]
    outputs: tuple[tuple[Output, Stretch], ...]

    def sent(self, stretch: Stretch, *, far: bool) -> list[Crossing]:
        """What a stretch sends to groups after its own, or to those before it."""
        here = self._order[stretch.group]
        return [c for c in self._leaving.get(stretch, ()) if (self._order[c.target.group] > here) == far]

    def distance(self, crossing: Crossing) -> int:
        """How many groups further a crossing goes; below 0 to those before."""
        return self._order[crossing.target.group] - self._order[crossing.source.group]

    @cached_property
    def _order(self) -> dict[str, int]:
        return {group: index for index, group in enumerate(self.groups)}

    @cached_property
    def _leaving(self) -> dict[Stretch, list[Crossing]]:
        found: dict[Stretch, list[Crossing]] = {}
        for crossing in self.crossings:
            found.setdefault(crossing.source, []).append(crossing)
        return found

    @cached_property
    def groups(self) -> list[str]:
        """The groups that have layers."""
        return list(dict.fromkeys(stretch.group for stretch in self.stretches))

    @property
    def phases(self) -> int:
        """How many phases there are."""
        return 1 + max(stretch.phase for stretch in self.stretches)


def traffic(graph: Graph) -> Traffic:
    """The stretches of a net with placement groups."""
    home = _homes(graph)
    stretches = tuple(dict.fromkeys(home.values()))
    onward = dict.fromkeys(
        (home[edge.source], home[edge.target])
        for edge in graph.edges()
        if edge.source in home and not edge.crosses and home[edge.source] is not home[edge.target]
    )
    inputs = tuple(
        (graph.layer(id), tuple(dict.fromkeys(home[edge.target] for edge in graph.consumers(id))))
        for id in graph.inputs
    )
    outputs = tuple((output, home[output.layer]) for output in graph.outputs if output.layer in home)
    order = {group: index for index, group in enumerate(graph.groups)}
    return Traffic(
        graph,
        tuple(sorted(stretches, key=lambda s: (order[s.group], s.phase))),
        tuple(_crossings(graph, home)),
        tuple(onward),
        inputs,
        outputs,
    )


def _homes(graph: Graph) -> dict[str, Stretch]:
    """The stretch of each layer, by the layer's id."""
    placed = [layer for layer in graph.layers() if layer.group is not None]
    senders = {edge.source for edge in graph.edges() if edge.crosses}
    phase: dict[str, int] = {}
    for layer in placed:
        read = [edge.source for edge in graph.operands(layer.id) if edge.source in phase]
        phase[layer.id] = max((phase[id] + (id in senders) for id in read), default=0)
    inside: dict[tuple[str, int], list[Layer]] = {}
    for layer in placed:
        inside.setdefault((layer.group or "", phase[layer.id]), []).append(layer)
    found = {key: Stretch(*key, tuple(layers)) for key, layers in inside.items()}
    return {layer.id: found[layer.group or "", phase[layer.id]] for layer in placed}


def _crossings(graph: Graph, home: Mapping[str, Stretch]) -> Iterator[Crossing]:
    sizes: dict[tuple[Stretch, Stretch], int] = {}
    for transfer in transfers(graph):
        target = min((home[id] for id in transfer.readers), key=lambda stretch: stretch.phase)
        pair = home[transfer.layer], target
        sizes[pair] = sizes.get(pair, 0) + transfer.bytes
    for (source, target), size in sizes.items():
        yield Crossing(source, target, size)
