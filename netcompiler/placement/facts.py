"""What each placement group costs: parameters, work, memory, traffic; and whether they are a pipeline."""

from __future__ import annotations

from dataclasses import dataclass

from netcompiler.bubble import idle_fraction
from netcompiler.cost import Memory, memory, totals
from netcompiler.graph import Graph
from netcompiler.partition import Message, Partition, Traffic, partition
from netcompiler.stages import stages


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """One placement group, a sample.

    Attributes:
        group: its name.
        parameters: learned numbers.
        macs: multiply-accumulate operations.
        layers: layers with weights.
        memory: bytes of its parameters and of its activations, values that it receives included.
        sent: bytes it sends to other groups, forward and backward.
        received: bytes it receives from them.
    """

    group: str
    parameters: int
    macs: int
    layers: int
    memory: Memory
    sent: Traffic
    received: Traffic


def group_facts(graph: Graph) -> list[GroupFacts]:
    """Every group, in order of declaration; none for a net without groups.

    Bytes are those of `cost.transfers`, in single precision. What the net gives is not counted, though
    several processes also tell it to one another.
    """
    if not graph.groups:
        return []
    parts = partition(graph)
    return [_facts(graph, parts, group) for group in graph.groups]


def _facts(graph: Graph, parts: Partition, group: str) -> GroupFacts:
    layers = [layer for layer in graph.layers() if layer.group == group]
    sums, own = totals(layers), memory(layers)
    between = between_groups(parts)
    sent = _sum([message.sent(group) for message in between])
    received = _sum([message.received(group) for message in between])
    held = Memory(own.parameters, own.activations + received.forward)
    return GroupFacts(group, sums.parameters, sums.macs, sums.layers, held, sent, received)


def between_groups(parts: Partition) -> list[Message]:
    """The messages that layers read: all but those of the net's outputs."""
    return [message for message in parts.messages if message.kind != "output"]


def _sum(traffic: list[Traffic]) -> Traffic:
    return Traffic(sum(t.forward for t in traffic), sum(t.backward for t in traffic))


def pipeline_of(graph: Graph) -> tuple[str, ...] | None:
    """The groups in the order of a pipeline's stages; None when some wait for each other, or there is one."""
    if len(graph.groups) < 2:
        return None
    try:
        return tuple(stage.group for stage in stages(graph))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Bubble:
    """The share of a step's time in which the processes of a pipeline wait.

    Attributes:
        microbatches: parts of a batch.
        even: with stages that take equal times, from `netcompiler.bubble`.
        uneven: with stages whose times are as their MACs.
    """

    microbatches: int
    even: float
    uneven: float


def bubble(graph: Graph, microbatches: int) -> Bubble:
    """The bubble of a net whose groups are the stages of a pipeline, a stage a process, with GPipe.

    Of the uneven stages the slowest sets the pace: m micro-batches need the time of all stages once and that
    of the slowest m - 1 times. 1F1B takes the same time where it can run, with at least as many micro-batches
    as stages.
    """
    macs = [totals(x for x in graph.layers() if x.group == group).macs for group in graph.groups]
    count = len(macs)
    step = sum(macs) + (microbatches - 1) * max(macs)
    uneven = 1 - microbatches * sum(macs) / (count * step) if step else 0.0
    return Bubble(microbatches, idle_fraction("gpipe", count, count, microbatches), uneven)
