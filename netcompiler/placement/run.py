"""The time of one copy of a net, forward and backward: on each group, layers and messages in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from netcompiler.graph import BYTES_PER_ELEMENT, Graph
from netcompiler.partition import Message, Partition, partition
from netcompiler.placement.machines import Link, Machine
from netcompiler.placement.training import Training
from netcompiler.placement.work import BACKWARD, forward_seconds


def copy_seconds(
    graph: Graph, machine: Machine, training: Training, pipeline: tuple[str, ...] | None
) -> float:
    """Forward and backward of a batch; ``pipeline`` are the groups in order where they are its stages.

    A pipeline's micro-batches go through all stages once, and wait m - 1 times for the slowest of them.
    """
    samples = training.batch / training.microbatches
    if not graph.groups:
        layers = (layer for layer in graph.layers() if layer.operation.kind != "input")
        forward = sum(forward_seconds(layer, samples, machine, training.element) for layer in layers)
        return (1 + BACKWARD) * forward * training.microbatches
    run = _Run(graph, machine, samples, training.element)
    first = run.forward() + run.backward()
    if pipeline is None or training.microbatches == 1:
        return first
    return first + (training.microbatches - 1) * (run.slowest(1) + run.slowest(BACKWARD))


def link_between(first: int, second: int, machine: Machine) -> Link:
    """The link between two devices of a copy, which are neighbours."""
    return machine.inside if first // machine.node == second // machine.node else machine.between


class _Run:
    """One micro-batch through all groups. A value is sent when it is there, while its group goes on; a reader
    waits for it. Groups are the devices 0, 1, 2 … of a node.
    """

    def __init__(self, graph: Graph, machine: Machine, samples: float, element: int) -> None:
        self.graph = graph
        self.machine = machine
        self.scale = samples * element / BYTES_PER_ELEMENT
        self.parts: Partition = partition(graph)
        self.seconds = {
            layer.id: forward_seconds(layer, samples, machine, element)
            for layer in graph.layers()
            if layer.operation.kind != "input"
        }
        self.device = {group: index for index, group in enumerate(graph.groups)}
        self.by_way = {
            (value, target): message
            for message in self.parts.messages
            if message.kind != "output"
            for value in message.values
            for target in message.targets
        }

    def forward(self) -> float:
        """The time until every group has done its forward."""

        def needs(id: str) -> Iterable[tuple[str, str]]:
            group = self._group(id)
            return ((edge.source, group) for edge in self.graph.operands(id))

        order = [step for step in self.parts.steps if isinstance(step, str)]
        return self._pass(order, needs, 1, lambda message: message.values)

    def backward(self) -> float:
        """The time until every group has done its backward: gradients go the other way."""

        def needs(id: str) -> Iterable[tuple[str, str]]:
            return ((edge.target, self._group(edge.target)) for edge in self.graph.consumers(id))

        order = [step for step in reversed(self.parts.steps) if isinstance(step, str)]
        return self._pass(order, needs, BACKWARD, lambda message: message.readers)

    def slowest(self, times: int) -> float:
        """The time of a micro-batch in the slowest stage, or in the slowest link between two."""
        stage = dict.fromkeys(self.graph.groups, 0.0)
        for id, seconds in self.seconds.items():
            stage[self._group(id)] += times * seconds
        links: dict[tuple[str, ...], float] = {}
        for message in self.by_way.values():
            if times == 1 or message.differentiable:
                links[message.groups] = links.get(message.groups, 0.0) + self._travel(message)
        return max((*stage.values(), *links.values()))

    def _pass(
        self,
        order: Sequence[str],
        needs: Callable[[str], Iterable[tuple[str, str]]],
        times: int,
        givers: Callable[[Message], Sequence[str]],
    ) -> float:
        clock = dict.fromkeys(self.graph.groups, 0.0)
        done: dict[str, float] = {}
        arrived: dict[Message, float] = {}
        for id in order:
            group = self._group(id)
            start = clock[group]
            for other, reader in needs(id):
                if other not in self.seconds:
                    continue
                if self._group(other) == group:
                    start = max(start, done.get(other, 0.0))
                    continue
                message = self.by_way[(other, reader) if times == 1 else (id, reader)]
                if message not in arrived:
                    sent = max((done.get(giver, 0.0) for giver in givers(message)), default=0.0)
                    back = times == 1 or message.differentiable
                    arrived[message] = sent + (self._travel(message) if back else 0.0)
                start = max(start, arrived[message])
            done[id] = clock[group] = start + times * self.seconds[id]
        return max(clock.values())

    def _travel(self, message: Message) -> float:
        """How long a message takes: an all-gather goes round in a ring, a value on the one link."""
        size = message.bytes * self.scale
        places = [self.device[group] for group in message.groups]
        links = [link_between(a, b, self.machine) for a, b in pairwise(places)]
        slowest = max(links, key=lambda link: link.seconds(size))
        rounds = len(places) - 1 if message.kind == "exchange" else 1
        return rounds * slowest.seconds(size)

    def _group(self, id: str) -> str:
        group = self.graph.layer(id).group
        assert group is not None, f"layer {id} stands in no group"
        return group
