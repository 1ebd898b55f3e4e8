"""A net with placement groups as the parts that its processes run, and the messages between them.

Every process derives this from the same graph, so all of them have the same messages in the same order. It is
made of `cost.transfers`: each transfer is carried by exactly one message, and a message that is no output
carries nothing else.

Inputs of the net travel nowhere: every process is given them. What the net gives goes from the group that
computes it to all others, so that each can compute the loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from netcompiler.cost import Transfer, transfers
from netcompiler.graph import BYTES_PER_ELEMENT, Graph, Layer
from netcompiler.operations.base import Shape

Kind = Literal["exchange", "send", "output"]
"""How a message travels: an all-gather, point to point, or a broadcast of what the net gives."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes of single precision that cross between groups, a sample."""

    forward: int
    backward: int

    @property
    def total(self) -> int:
        """Both ways."""
        return self.forward + self.backward


@dataclass(frozen=True, slots=True)
class Message:
    """One communication between groups.

    Attributes:
        kind: ``exchange``: every source gets the values of all others, by an all-gather, and a reduce-scatter
            on the way back. ``send``: one value from one group to another, and its gradient back. ``output``:
            a value that the net gives, from its group to all others; nothing comes back, since each group's
            gradient is the same.
        values: ids of the layers whose values travel, one for each source.
        sources: the groups that give them, in the order of `values`.
        targets: the groups that take; those of an exchange are its sources.
        shape: of each value, without the batch dimension.
        readers: ids of the layers that read them on a group that is not theirs, in order; none of an output.
        training_only: True when evaluation does without it.
        differentiable: True when a gradient comes back: some weights have a share in the values.
    """

    kind: Kind
    values: tuple[str, ...]
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    shape: Shape
    readers: tuple[str, ...]
    training_only: bool
    differentiable: bool

    @property
    def bytes(self) -> int:
        """The size of one value, a sample."""
        size = BYTES_PER_ELEMENT
        for extent in self.shape:
            size *= extent
        return size

    @property
    def groups(self) -> tuple[str, ...]:
        """All groups that take part, those that give first."""
        return tuple(dict.fromkeys((*self.sources, *self.targets)))

    @property
    def traffic(self) -> Traffic:
        """What it puts on the links."""
        sent = [self.sent(group) for group in self.groups]
        return Traffic(sum(t.forward for t in sent), sum(t.backward for t in sent))

    @property
    def gives_back(self) -> bool:
        """True when gradients travel the other way in training."""
        return self.differentiable and self.kind != "output"

    def sent(self, group: str) -> Traffic:
        """What a group sends."""
        return Traffic(self._given(group), self._taken(group) if self.gives_back else 0)

    def received(self, group: str) -> Traffic:
        """What a group receives."""
        return Traffic(self._taken(group), self._given(group) if self.gives_back else 0)

    def _given(self, group: str) -> int:
        return self.bytes * sum(t != group for t in self.targets) if group in self.sources else 0

    def _taken(self, group: str) -> int:
        return self.bytes * sum(s != group for s in self.sources) if group in self.targets else 0


@dataclass(frozen=True, slots=True)
class Part:
    """What the process of one group runs.

    Attributes:
        group: the group.
        inputs: ids of the net's inputs that its layers read.
        steps: ids of its layers, and the messages it takes part in, in the order in which it runs them.
    """

    group: str
    inputs: tuple[str, ...]
    steps: tuple[str | Message, ...]

    @property
    def layers(self) -> tuple[str, ...]:
        """Ids of its layers, in the graph's order."""
        return tuple(step for step in self.steps if isinstance(step, str))

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages that it takes part in, in order."""
        return tuple(step for step in self.steps if isinstance(step, Message))


@dataclass(frozen=True, slots=True)
class Partition:
    """A net's parts.

    Attributes:
        steps: ids of all layers, inputs left out, and all messages, in an order that every part's is a piece
            of. Going backward, the messages go in the reverse order.
        parts: the parts by group, in the order of declaration.
    """

    steps: tuple[str | Message, ...]
    parts: dict[str, Part]

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages in order."""
        return tuple(step for step in self.steps if isinstance(step, Message))

    def sent(self, group: str, *, training: bool = True) -> Traffic:
        """What a group sends in a training step, or in evaluation, a sample."""
        return _sum((m.sent(group) for m in self._messages(training=training)), training=training)

    def received(self, group: str, *, training: bool = True) -> Traffic:
        """What a group receives in a training step, or in evaluation, a sample."""
        return _sum((m.received(group) for m in self._messages(training=training)), training=training)

    def _messages(self, *, training: bool) -> Iterator[Message]:
        return (message for message in self.messages if training or not message.training_only)


def partition(graph: Graph) -> Partition:
    """The parts of a valid net with placement groups.

    Raises:
        ValueError: the net has no groups.
    """
    if not graph.groups:
        raise ValueError(f"net {graph.name} has no placement groups: declare them with `group a, b`")
    facts = _Facts(graph)
    messages = [*_exchanges(facts)]
    carried = {(t.layer, t.target) for message in messages for t in facts.carried(message)}
    messages += [facts.send(t) for t in facts.transfers if (t.layer, t.target) not in carried]
    steps = [*_schedule(facts, messages), *_outputs(facts)]
    return Partition(tuple(steps), {group: _part(graph, group, steps) for group in graph.groups})


def _sum(traffic: Iterator[Traffic], *, training: bool) -> Traffic:
    found = list(traffic)
    return Traffic(sum(t.forward for t in found), sum(t.backward for t in found) if training else 0)


def _part(graph: Graph, group: str, steps: Sequence[str | Message]) -> Part:
    own = [s for s in steps if (graph.layer(s).group == group if isinstance(s, str) else group in s.groups)]
    read = {edge.source for step in own if isinstance(step, str) for edge in graph.operands(step)}
    return Part(group, tuple(id for id in graph.inputs if id in read), tuple(own))


class _Facts:
    """What is known about a graph's layers.

    Attributes:
        position: of each layer in the graph's order.
        evaluated: ids of the layers that evaluation needs.
        learned: ids of the layers whose values some weights have a share in.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.layers = list(graph.layers())
        self.position = {layer.id: i for i, layer in enumerate(self.layers)}
        self.transfers = transfers(graph)
        self._by_way = {(t.layer, t.target): t for t in self.transfers}
        self.evaluated = {output.layer for output in graph.outputs if not output.training_only}
        for layer in reversed(self.layers):
            if layer.id in self.evaluated:
                self.evaluated.update(graph.nx.predecessors(layer.id))
        self.learned: set[str] = set()
        for layer in self.layers:
            read = any(before in self.learned for before in graph.nx.predecessors(layer.id))
            if read or layer.operation.weights(layer.call):
                self.learned.add(layer.id)

    def group(self, id: str) -> str:
        """The group of a layer that is no input."""
        group = self.graph.layer(id).group
        assert group is not None, f"layer {id} stands in no group"
        return group

    def carried(self, message: Message) -> list[Transfer]:
        """The transfers that a message carries."""
        ways = [(value, target) for value in message.values for target in message.targets]
        return [self._by_way[way] for way in ways if way in self._by_way]

    def send(self, transfer: Transfer) -> Message:
        """A transfer as a message of its own."""
        return self.message("send", (transfer.layer,), (transfer.target,), [transfer])

    def message(
        self, kind: Kind, values: tuple[str, ...], targets: tuple[str, ...], carried: Sequence[Transfer]
    ) -> Message:
        """A message that carries transfers."""
        readers = {reader: None for transfer in carried for reader in transfer.readers}
        return Message(
            kind,
            values,
            tuple(self.group(value) for value in values),
            targets,
            self.graph.layer(values[0]).output,
            tuple(sorted(readers, key=self.position.__getitem__)),
            not any(reader in self.evaluated for reader in readers),
            any(value in self.learned for value in values),
        )


def _exchanges(facts: _Facts) -> Iterator[Message]:
    """The exchanges of columns that can be one all-gather, in order.

    All columns' values must be there before any of them is read elsewhere, which the language sees to; the
    values must be of one shape.
    """
    found: dict[tuple[str, ...], None] = {}
    for layer in facts.layers:
        if layer.operation.name == "exchange":
            found.setdefault(tuple(edge.source for edge in facts.graph.operands(layer.id)))
    taken: set[str] = set()
    for values in found:
        groups = tuple(facts.group(value) for value in values)
        shapes = {facts.graph.layer(value).output for value in values}
        ways = {(value, group) for value in values for group in groups if facts.group(value) != group}
        message = facts.message("exchange", values, groups, [])
        carried = facts.carried(message)
        last = max(map(facts.position.__getitem__, values))
        complete = {(t.layer, t.target) for t in carried} == ways and len(set(groups)) == len(groups) > 1
        in_order = all(facts.position[reader] > last for t in carried for reader in t.readers)
        if complete and in_order and len(shapes) == 1 and taken.isdisjoint(values):
            taken.update(values)
            yield facts.message("exchange", values, groups, carried)


def _outputs(facts: _Facts) -> Iterator[Message]:
    """What the net gives, to all groups that do not compute it."""
    for id in dict.fromkeys(output.layer for output in facts.graph.outputs):
        layer = facts.graph.layer(id)
        others = tuple(group for group in facts.graph.groups if group != layer.group)
        if layer.group is None or not others:
            continue
        training_only = all(o.training_only for o in facts.graph.outputs if o.layer == id)
        yield Message(
            "output", (id,), (layer.group,), others, layer.output, (), training_only, id in facts.learned
        )


def _schedule(facts: _Facts, messages: Sequence[Message]) -> Iterator[str | Message]:
    """Layers and messages in the order of a run in which no group waits longer than it must.

    Each group computes its layers in the graph's order, a layer in as many ticks as it has
    multiply-accumulates and elements, each as soon as its operands are there. A value is sent when it is
    there and its reader is free for it; so a group that goes on with other work sends first, and one that
    waits receives last.
    """
    by_way = {(value, target): m for m in messages for value in m.values for target in m.targets}
    free = dict.fromkeys(facts.graph.groups, 0)
    ends: dict[str, int] = {}
    times: dict[int, int] = {}
    events: list[tuple[int, bool, int, int, str | Message]] = []
    numbers = {id(message): number for number, message in enumerate(messages)}
    for layer in facts.layers:
        if layer.group is None:
            continue
        start = free[layer.group]
        for edge in facts.graph.operands(layer.id):
            message = by_way.get((edge.source, layer.group))
            if message is None or edge.source not in ends or facts.group(edge.source) == layer.group:
                continue
            number = numbers[id(message)]
            if number not in times:
                times[number] = _ready(message, ends, free[layer.group])
                first = max(map(facts.position.__getitem__, message.values))
                events.append((times[number], False, first, number, message))
            start = max(start, times[number])
        ends[layer.id] = free[layer.group] = start + _ticks(layer)
        events.append((start, True, facts.position[layer.id], 0, layer.id))
    return (event[-1] for event in sorted(events, key=lambda event: event[:-1]))


def _ready(message: Message, ends: dict[str, int], free: int) -> int:
    """When a message can go: an all-gather when all values are there, another when its reader is free too."""
    there = max(ends[value] for value in message.values)
    return there if message.kind == "exchange" else max(there, free)


def _ticks(layer: Layer) -> int:
    return layer.macs + layer.neurons + 1
