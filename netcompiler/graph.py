"""The net as a typed graph: layers, the edges between them, scopes and placement groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from operator import attrgetter

import networkx as nx

from netcompiler.code import Literal
from netcompiler.operations.base import ArgumentValue, Call, Operation, Shape
from netcompiler.record import record
from netcompiler.source import Span

BYTES_PER_ELEMENT = 4
"""Size of one element on an edge: single precision."""


@record(slots=False)
class Layer:
    """One node: an operation with everything resolved.

    Attributes:
        id: the node's key in the graph. Equal to `path`, except that further runs of a reused layer
            are called ``fc@2``, ``fc@3`` … and inputs are called ``input:image``.
        path: the dotted name of its module, and so the prefix of its keys in the state dict.
        operation: what it does.
        args: every argument of the operation, defaults filled in.
        inputs: shapes it reads, without the batch dimension.
        output: the shape it gives.
        scope: path of the scope it stands in; ``""`` is the net itself.
        group: the placement group it runs on; None in a net without groups, and for inputs.
        columns: the groups of the ``columns`` it stands in, ``()`` outside.
        reuses: True when it runs the weights of an earlier layer of the same path.
        named: True when the spec names it; False when it is called by its position.
        span: the place in the spec.
        shared: which of its inputs are the same for all samples; empty where none is.
    """

    id: str
    path: str
    operation: Operation
    args: Mapping[str, ArgumentValue]
    inputs: tuple[Shape, ...]
    output: Shape
    scope: str
    group: str | None
    columns: tuple[str, ...]
    reuses: bool
    named: bool
    span: Span
    shared: tuple[bool, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path: its name within its scope."""
        return self.path.rpartition(".")[2]

    @cached_property
    def call(self) -> Call:
        """The operation's call, for its rules."""
        return Call(self.inputs, self.args, self.shared)

    @cached_property
    def weights(self) -> dict[str, Shape]:
        """Learned parameters and their shapes; empty for a further run of a reused layer."""
        return {} if self.reuses else self.operation.weights(self.call)

    def key(self, tensor: str) -> str:
        """The key of one of its weights or buffers in the state dict."""
        return self.path if self.operation.bare else f"{self.path}.{tensor}"

    @property
    def buffers(self) -> dict[str, Shape]:
        """Saved state that is not learned, and its shapes."""
        return {} if self.reuses else self.operation.buffers(self.call)

    @cached_property
    def parameters(self) -> int:
        """How many learned numbers it has."""
        return sum(prod(shape) for shape in self.weights.values())

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulate operations a sample."""
        return self.operation.macs(self.call)

    @property
    def neurons(self) -> int:
        """Elements of its output a sample."""
        return prod(self.output)

    @property
    def label(self) -> str:
        """Its short label in pictures."""
        return self.operation.label(self.call)


@record(eq=True)
class Edge:
    """A value that one layer gives and another reads.

    Attributes:
        source: id of the layer that gives it.
        target: id of the layer that reads it.
        argument: its position among the target's inputs.
        skip: True when the value goes past other layers: a skip connection.
        crosses: True when the two layers stand in different placement groups.
        declared: True when an ``on``, ``exchange`` or ``gather`` of the spec allows the crossing.
        bytes: size of the value in single precision, a sample.
    """

    source: str
    target: str
    argument: int
    skip: bool
    crosses: bool
    declared: bool
    bytes: int


@record(eq=True)
class Scope:
    """A named group, a block call or a column: what becomes one submodule.

    Attributes:
        path: its dotted name; ``""`` is the net itself.
        definition: the name of the block or net that was called; None for a named group.
        arguments: the call's arguments that are plain data, by parameter name.
        repeat: number of the repeat (``step * n``) this scope is a copy in, or None. Scopes of one
            repeat share the number.
        column: the placement group, when this is a column of ``columns``.
        span: the place in the spec.
    """

    path: str
    definition: str | None
    arguments: Mapping[str, Literal]
    repeat: int | None
    column: str | None
    span: Span

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def parent(self) -> str | None:
        """The path of the scope around it; None for the net itself."""
        return self.path.rpartition(".")[0] if self.path else None


@dataclass(frozen=True, slots=True)
class Output:
    """A value the net gives.

    Attributes:
        name: its name in the spec; ``output`` for the last value of a net without ``output`` lines.
        layer: id of the layer that computes it.
        shape: its shape, without the batch dimension.
        training_only: True when it is given in training only.
        span: the place in the spec.
    """

    name: str
    layer: str
    shape: Shape
    training_only: bool
    span: Span


_argument = attrgetter("argument")


@dataclass(eq=False)
class Graph:
    """A typed wrapper around a ``networkx.MultiDiGraph``.

    Nodes stand in an order in which they can be computed. A node's attribute ``layer`` is its `Layer`;
    an edge's key is its argument position, and its attribute ``edge`` is its `Edge`.

    Attributes:
        name: the net's name.
        nx: the networkx graph.
        scopes: every scope by path, parents first; ``""`` is the net.
        groups: declared placement groups, in order.
        group_spans: where each is declared.
        inputs: ids of the input layers, in order of declaration.
        outputs: what the net gives.
        title: the comment lines above the net, or at the head of the spec file.
    """

    name: str
    nx: nx.MultiDiGraph = field(default_factory=nx.MultiDiGraph)
    scopes: dict[str, Scope] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    group_spans: dict[str, Span] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    title: tuple[str, ...] = ()

    def add_layer(self, layer: Layer) -> None:
        """Add a node."""
        self.nx.add_node(layer.id, layer=layer)

    def add_edge(self, edge: Edge) -> None:
        """Add an edge between nodes that are there."""
        self.nx.add_edge(edge.source, edge.target, key=edge.argument, edge=edge)

    def layer(self, id: str) -> Layer:
        """The layer of this id. Raises KeyError when there is none."""
        layer: Layer = self.nx.nodes[id]["layer"]
        return layer

    def layers(self) -> Iterator[Layer]:
        """All layers, inputs included, in an order in which they can be computed."""
        return (layer for _, layer in self.nx.nodes(data="layer"))

    def edges(self) -> Iterator[Edge]:
        """All edges, in the order of the layers they come from."""
        return (edge for _, _, edge in self.nx.edges(data="edge"))

    def operands(self, id: str) -> list[Edge]:
        """The edges into a layer, by argument position."""
        edges = [data["edge"] for by_key in self.nx.pred[id].values() for data in by_key.values()]
        return sorted(edges, key=_argument)

    def consumers(self, id: str) -> list[Edge]:
        """The edges out of a layer, by the order of the layers that read it."""
        return [e for _, _, e in self.nx.out_edges(id, data="edge")]
