"""Steps, the parts they are arranged in, and what is known about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from netcompiler.code import Code, ModuleCode
from netcompiler.graph import Graph, Layer
from netcompiler.partition import Message
from netcompiler.record import record


@record(eq=True)
class Transfer:
    """Moves a value to the device of a placement group."""

    group: str


@record(eq=True)
class Communication:
    """The share of one group's process in a message between processes."""

    message: Message
    group: str


@record()
class Step:
    """One computation: a layer, or what brings a value from another placement group.

    Attributes:
        id: of the value it gives: the layer's, or ``value>group`` for a transfer. A communication has one of
            its own, since it gives any number of `values`.
        scope: path of the scope whose class computes it.
        code: what it becomes.
        reads: ids of the values it reads.
        layer: the layer; for a transfer or a communication the one whose value is moved.
        group: the placement group its value is on; None for inputs and in nets without groups.
        training_only: True when only outputs for training need it.
        skips: those of `reads` that come past other layers.
        brought: ids of the values that a communication gives.
    """

    id: str
    scope: str
    code: Code | Transfer | Communication
    reads: tuple[str, ...]
    layer: Layer
    group: str | None
    training_only: bool
    skips: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """Ids of the values it gives."""
        return self.brought if isinstance(self.code, Communication) else (self.id,)

    @property
    def is_module(self) -> bool:
        """True when it calls a module of its own."""
        return isinstance(self.code, ModuleCode)


@dataclass(slots=True, eq=False)
class Part:
    """What one call of a scope's method does.

    Attributes:
        scope: path of the scope.
        items: its own steps, and parts of the scopes inside it, in order.
        inputs: ids of values from outside, in order of first use.
        outputs: ids of values that are needed outside, in order of computation.
        training_only: True when only outputs for training need it.
    """

    scope: str
    training_only: bool
    items: list[Step | Part] = field(default_factory=list)
    inputs: dict[str, None] = field(default_factory=dict)
    outputs: dict[str, None] = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        """All steps, those of the scopes inside included."""
        for item in self.items:
            if isinstance(item, Part):
                yield from item.steps()
            else:
                yield item


@dataclass(slots=True, eq=False)
class Plan:
    """The net's steps, arranged.

    Attributes:
        graph: the net.
        group: the placement group whose process this is the part of; None for the whole net.
        lanes: True where each group has a stream of its own.
        root: the net's own part.
        parts: every scope's parts, in the order they run.
        steps: every step in order; inputs are none.
        step_of: the step that gives a value.
        given: the value that stands for each layer's that the net gives, where it is not the layer's own.
        uses: how often each value is read; the net's outputs count as read.
        in_place: ids of steps that overwrite the first value they read.
        stateful: paths of layers with weights or buffers, and of the scopes around them.
        placed: the placement groups in each scope.
        anchors: for a scope and a group, the first of the group's layers there that has weights.
        moved: ids of the values that other groups than their own read.
    """

    graph: Graph
    group: str | None
    lanes: bool
    root: Part
    parts: dict[str, list[Part]]
    steps: list[Step]
    step_of: dict[str, Step]
    given: dict[str, str]
    uses: dict[str, int]
    in_place: set[str]
    stateful: set[str]
    placed: dict[str, set[str]]
    anchors: dict[tuple[str, str], Layer]
    moved: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """Of the net, or of the part of one of its groups."""
        return self.graph.name if self.group is None else f"{self.graph.name}_{self.group}"

    def output(self, layer: str) -> str:
        """The value that the net gives for a layer."""
        return self.given.get(layer, layer)

    def layer_of(self, value: str) -> Layer:
        """The layer that computes a value, be it moved or not."""
        step = None if value in self.graph.nx else self.step_of.get(value)
        return step.layer if step is not None else self.graph.layer(value)


@lru_cache(maxsize=4096)
def trail(scope: str) -> tuple[str, ...]:
    """The scope's path and those around it, outermost (``""``) first."""
    paths, end = [""], scope.find(".")
    while end != -1:
        paths.append(scope[:end])
        end = scope.find(".", end + 1)
    return (*paths, scope) if scope else ("",)
