"""Predicting the time of a training step on 1 … 1024 devices and more.

Devices are data × placement: copies of the net, each cut into the net's groups, a group a device. The devices
of one copy are neighbours. What is assumed is said where it is used, and in docs/placement.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from netcompiler.cost import memory
from netcompiler.graph import BYTES_PER_ELEMENT, Graph, Layer
from netcompiler.placement.facts import group_facts, pipeline_of
from netcompiler.placement.machines import Link, Machine
from netcompiler.placement.run import copy_seconds
from netcompiler.placement.training import OPTIMIZERS, Training
from netcompiler.placement.work import BACKWARD, forward_seconds, moved_bytes

_NO_WAIT = Link(float("inf"), 0.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A training step on so many devices. Times are in seconds, and add up to `step`.

    Attributes:
        devices: how many.
        copies: how many copies of the net are trained at once, each on its own part of the data.
        groups: how many devices a copy is on.
        samples: samples a step, of all copies.
        arithmetic: time in layers that the devices' speed bounds, the mean of a copy's devices.
        moving: time in layers that the devices' memory bounds, or launching them, likewise.
        waiting: what the devices wait for others: a pipeline's bubble, columns of unequal work.
        messages: what messages between groups add.
        gradients: what summing gradients over the copies adds, where it does not overlap the backward pass.
        optimizer: the optimizer's own step.
        efficiency: samples a second, relative to as many single devices with a whole net each.
        memory: bytes on the fullest device.
        fits: False when that is more than a device has.
    """

    devices: int
    copies: int
    groups: int
    samples: int
    arithmetic: float
    moving: float
    waiting: float
    messages: float
    gradients: float
    optimizer: float
    efficiency: float
    memory: float
    fits: bool

    @property
    def step(self) -> float:
        """The time of the step."""
        return sum(self.parts.values())

    @property
    def rate(self) -> float:
        """Samples a second."""
        return self.samples / self.step

    @property
    def parts(self) -> dict[str, float]:
        """What the time goes into."""
        return {
            "arithmetic": self.arithmetic,
            "memory speed": self.moving,
            "waiting": self.waiting,
            "messages": self.messages,
            "gradients": self.gradients,
            "optimizer": self.optimizer,
        }

    def plain(self) -> dict[str, object]:
        """All of it as plain data, seconds and bytes."""
        sums = {"step": self.step, "samples_per_second": self.rate, "bound": self.bound}
        return {**asdict(self), **sums}

    @property
    def bound(self) -> str:
        """The largest part: what to make better first."""
        return max(self.parts.items(), key=lambda part: part[1])[0]


def estimate(graph: Graph, machine: Machine, training: Training, devices: Iterable[int]) -> list[Estimate]:
    """A step for each number of devices.

    Raises ValueError for a number that is no multiple of the net's groups, and for micro-batches of a net
    whose groups are no pipeline.
    """
    groups = max(1, len(graph.groups))
    pipeline = pipeline_of(graph)
    if training.microbatches > 1 and pipeline is None:
        raise ValueError("micro-batches need groups one after another: a pipeline")
    one = _one_device(graph, machine, training)
    found = []
    for count in devices:
        if count < 1 or count % groups:
            raise ValueError(
                f"{count} devices cannot hold copies of a net on {groups} groups: take a multiple"
            )
        found.append(_estimate(graph, machine, training, count, pipeline, one))
    return found


def _estimate(
    graph: Graph,
    machine: Machine,
    training: Training,
    devices: int,
    pipeline: tuple[str, ...] | None,
    one: float,
) -> Estimate:
    groups = max(1, len(graph.groups))
    copies = devices // groups
    layers = [layer for layer in graph.layers() if layer.operation.kind != "input"]
    arithmetic, moving = _busy(layers, machine, training, groups)
    quiet = replace(machine, inside=_NO_WAIT, between=_NO_WAIT)
    alone = copy_seconds(graph, quiet, training, pipeline)
    together = copy_seconds(graph, machine, training, pipeline)
    gradients, optimizer = _after(graph, machine, training, copies)
    needs = _memory(graph, training, pipeline)
    samples = copies * training.batch
    found = Estimate(
        devices,
        copies,
        groups,
        samples,
        arithmetic,
        moving,
        max(0.0, alone - arithmetic - moving),
        max(0.0, together - alone),
        gradients,
        optimizer,
        0.0,
        needs,
        needs <= machine.memory,
    )
    return replace(found, efficiency=found.rate / devices * one / training.batch)


def _busy(layers: list[Layer], machine: Machine, training: Training, groups: int) -> tuple[float, float]:
    """The mean time of a copy's devices in layers bound by arithmetic, and in the others."""
    arithmetic = moving = 0.0
    samples = training.batch / training.microbatches
    for layer in layers:
        forward = forward_seconds(layer, samples, machine, training.element)
        seconds = (1 + BACKWARD) * forward * training.microbatches / groups
        bytes_ = moved_bytes(layer, samples, training.element)
        computing = 2 * layer.macs * samples / machine.speed
        if computing > max(bytes_ / machine.memory_bandwidth, machine.launch):
            arithmetic += seconds
        else:
            moving += seconds
    return arithmetic, moving


def _one_device(graph: Graph, machine: Machine, training: Training) -> float:
    """A step of the whole net on one device with the same batch, whether it fits or not."""
    layers = [layer for layer in graph.layers() if layer.operation.kind != "input"]
    whole = replace(training, microbatches=1)
    return sum(_busy(layers, machine, whole, 1)) + optimizer_seconds(layers, machine, training)


def _after(graph: Graph, machine: Machine, training: Training, copies: int) -> tuple[float, float]:
    """What summing gradients adds, and the optimizer's step, of the group that takes longest for both."""
    found = []
    groups: tuple[str | None, ...] = graph.groups or (None,)
    for group in groups:
        layers = [x for x in graph.layers() if x.operation.kind != "input" and group in (None, x.group)]
        samples = training.batch / training.microbatches
        forward = sum(forward_seconds(layer, samples, machine, training.element) for layer in layers)
        size = memory(layers).parameters
        summing = all_reduce_seconds(size, copies, len(groups), machine)
        hidden = machine.overlap * BACKWARD * forward
        found.append((max(0.0, summing - hidden), optimizer_seconds(layers, machine, training)))
    return max(found, key=sum)


def optimizer_seconds(layers: Iterable[Layer], machine: Machine, training: Training) -> float:
    """The optimizer's step: it reads parameters, gradients and its state, and writes parameters and state."""
    state = OPTIMIZERS[training.optimizer]
    return memory(layers).parameters * (3 + 2 * state) / machine.memory_bandwidth


def all_reduce_seconds(size: float, copies: int, groups: int, machine: Machine) -> float:
    """Summing ``size`` bytes of gradients over the copies of a group.

    A ring in each node, and a ring of the nodes: of n members each sends and receives 2 (n - 1) / n of the
    bytes in 2 (n - 1) messages (Patarasuk & Yuan, JPDC 2009). The devices of a node share its link to others.
    """
    in_node = min(copies, max(1, machine.node // groups))
    nodes = -(-copies // in_node)
    sharing = min(groups, machine.node)
    seconds = _ring(size, in_node, machine.inside.bandwidth, machine.inside.latency)
    return seconds + _ring(size, nodes, machine.between.bandwidth / sharing, machine.between.latency)


def _ring(size: float, members: int, bandwidth: float, latency: float) -> float:
    rounds = 2 * (members - 1)
    return rounds * (size / members / bandwidth + latency)


def _memory(graph: Graph, training: Training, pipeline: tuple[str, ...] | None) -> float:
    """Bytes of the fullest device: parameters, gradients, the optimizer's state, activations."""
    if not graph.groups:
        return training.whole(graph.layers())
    most = 0.0
    for facts in group_facts(graph):
        samples = training.batch
        if pipeline is not None:
            samples = training.held(pipeline.index(facts.group), len(pipeline))
        elements = facts.memory.activations // BYTES_PER_ELEMENT
        most = max(most, facts.parameters * training.parameter + training.activation(elements, samples))
    return most
