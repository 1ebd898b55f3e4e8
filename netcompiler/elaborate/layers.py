"""Adding layers to the graph: shapes, paths, groups and edges, for all columns at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from netcompiler.diagnostics import shape_text
from netcompiler.elaborate.environment import COLUMN
from netcompiler.elaborate.placement import Place
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import LOST, Flow
from netcompiler.graph import BYTES_PER_ELEMENT, Edge, Graph, Layer, Output, Scope
from netcompiler.operations.base import OPERATIONS, ArgumentValue, Call, Operation, Shape, ShapeError
from netcompiler.source import Span


@dataclass(frozen=True, slots=True)
class Operand:
    """One input of a layer that is to be added."""

    flow: Flow
    skip: bool = False


@dataclass(frozen=True, slots=True)
class NewLayer:
    """A layer that is to be added.

    Attributes:
        operation: what it does.
        args: its arguments, defaults filled in.
        path: its path, `COLUMN` standing for the column's group.
        named: True when the spec names it.
        span: its place.
        notes: facts to add to an error about the shapes.
        mixes: every column's layer reads all parts of the operands (``exchange``, ``gather``).
    """

    operation: Operation
    args: Mapping[str, ArgumentValue]
    path: str
    named: bool
    span: Span
    notes: tuple[str, ...] = ()
    mixes: bool = False


class LayerBuilder:
    """Collects the layers of one net, in an order in which they can be computed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.place: Place | None = None
        self.reusing: Span | None = None
        self.layers: list[Layer] = []
        self.edges: list[Edge] = []
        self.scopes: dict[str, Scope] = {}
        self._columns: list[int] = []
        self._part = 0
        self._runs: dict[str, int] = {}
        self._by_path: dict[str, Layer] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """The groups of the ``columns`` that the step being run stands in, ``()`` outside."""
        return self.place.groups if self.place is not None and self.place.columns else ()

    # ---- layers ------------------------------------------------------------------------------

    def add_input(self, name: str, shape: Shape, span: Span) -> Flow:
        """Add an input of the net."""
        layer = Layer(
            id=f"input:{name}",
            path=name,
            operation=OPERATIONS["input"],
            args={"shape": shape},
            inputs=(),
            output=shape,
            scope="",
            group=None,
            columns=(),
            reuses=False,
            named=True,
            span=span,
        )
        self._append(layer, 0)
        return Flow((layer.id,), shape, (None,))

    def add(self, new: NewLayer, operands: Sequence[Operand]) -> Flow:
        """Add a layer, one a column inside ``columns``, and give its value; `LOST` after an error."""
        if any(operand.flow.shape is None for operand in operands):
            return LOST
        if not new.mixes and not self._meet(operands, new.span):
            return LOST
        constant = all(operand.flow.constant for operand in operands)
        if not constant and not self._batch_fits(new.operation, operands, new.span):
            return LOST
        parts = [_reads(operands, column, new.mixes) for column in range(max(1, len(self.columns)))]
        inputs = tuple(read.shape for read in parts[0])
        shape = self._shape(new, inputs)
        if shape is None:
            return LOST
        shared = _shared(operands)
        sources = []
        groups: list[str | None] = []
        for column, reads in enumerate(parts):
            group = None if self.place is None else self.place.groups[column]
            layer = self._layer(new, inputs, shape, group, shared)
            if layer is None:
                return LOST
            self._connect(layer, reads)
            self._append(layer, column)
            sources.append(layer.id)
            groups.append(group)
        return Flow(tuple(sources), shape, tuple(groups), constant=constant)

    def _shape(self, new: NewLayer, inputs: tuple[Shape, ...]) -> Shape | None:
        name = new.operation.name
        try:
            shape = new.operation.shape(Call(inputs, new.args))
        except ShapeError as error:
            message = f"{name}: {error.message}"
            self.session.error(error.code, message, new.span, notes=new.notes or error.notes, help=error.help)
            return None
        if prod(shape) > self.session.limits.dimension:
            raise self.session.stop(f"{name} gives {prod(shape):,} elements a sample", new.span)
        return shape

    def _meet(self, operands: Sequence[Operand], span: Span) -> bool:
        """Whether the operands can be read here: a value spread over columns only inside the same ones."""
        for operand in operands:
            flow = operand.flow
            if flow.spread and flow.groups != self.columns:
                groups = ", ".join(map(str, flow.groups))
                self.session.error(
                    "E305",
                    f"the value has a part on each of the groups {groups}; no layer can read it as one",
                    span,
                    help="concatenate the parts on one group first: `on … { gather -> … }`",
                )
                return False
        return True

    def _batch_fits(self, operation: Operation, operands: Sequence[Operand], span: Span) -> bool:
        """Whether values that are the same for all samples stand where a batch can meet them."""
        if not any(operand.flow.constant for operand in operands):
            return True
        if not operation.broadcasts:
            message = f"{operation.name}: one value depends on no input, and the others do"
            help = "such a value stands in a batch of 1, which `add`, `multiply` and `matmul` take"
        elif operands[0].flow.constant and operation.indices == ():
            message = f"{operation.name}: the first value depends on no input, and another does"
            help = "begin with the other one: `from scores -> add(bias)`"
        else:
            return True
        self.session.error("E204", message, span, help=help)
        return False

    def _layer(
        self,
        new: NewLayer,
        inputs: tuple[Shape, ...],
        shape: Shape,
        group: str | None,
        shared: tuple[bool, ...],
    ) -> Layer | None:
        path = new.path if group is None else new.path.replace(COLUMN, group)
        layer = Layer(
            id=path,
            path=path,
            operation=new.operation,
            args=new.args,
            inputs=inputs,
            output=shape,
            scope=path.rpartition(".")[0],
            group=group,
            columns=self.columns,
            reuses=False,
            named=new.named,
            span=new.span,
            shared=shared,
        )
        if self.reusing is not None:
            return self._again(layer, self.reusing)
        if path in self._by_path or path in self.scopes:
            self._taken(path, new.span)
            return None
        self._runs[path] = 1
        self._by_path[path] = layer
        return layer

    def _again(self, layer: Layer, span: Span) -> Layer | None:
        """A further run of the layer that has this one's path; None when its weights do not fit here."""
        first = self._by_path.get(layer.path)
        if first is None:
            message = "this runs a layer that did not run the first time"
            self.session.error("E213", message, span)
            return None
        if first.weights != layer.weights:
            notes = (f"first run: {_weights_text(first)}", f"this run: {_weights_text(layer)}")
            message = f"the weights of `{first.path}` do not fit this input"
            self.session.error("E213", message, span, notes=notes)
            return None
        if first.operation.code(first.call) != layer.operation.code(layer.call):
            notes = (
                f"first run: {first.label} of {_inputs_text(first)}",
                f"this run: {layer.label} of {_inputs_text(layer)}",
            )
            message = f"`{first.path}` is another layer for this input, so it cannot run once more"
            self.session.error("E213", message, span, notes=notes)
            return None
        if first.group != layer.group:
            message = f"the weights of `{first.path}` are on group {first.group}, this is group {layer.group}"
            self.session.error("E213", message, span, help=f"run it `on {first.group} {{ … }}`")
            return None
        self._runs[layer.path] += 1
        return replace(layer, id=f"{layer.path}@{self._runs[layer.path]}", reuses=True)

    def _taken(self, path: str, span: Span) -> None:
        earlier = self._by_path.get(path) or self.scopes[path]
        notes = (f"first given at {earlier.span}",)
        help = "layers without a name are called by their position: 0, 1, 2 …"
        message = f"`{path}` is the name of another layer or scope already"
        self.session.error("E206", message, span, notes=notes, help=help if path[-1:].isdecimal() else None)

    def _connect(self, layer: Layer, reads: Sequence[_Read]) -> None:
        for argument, read in enumerate(reads):
            crosses = read.group is not None and layer.group is not None and read.group != layer.group
            declared = crosses and read.admits(layer.group)
            size = prod(read.shape) * BYTES_PER_ELEMENT
            edge = Edge(read.source, layer.id, argument, read.skip, crosses, declared, size)
            self.edges.append(edge)

    def _append(self, layer: Layer, column: int) -> None:
        self.layers.append(layer)
        self._columns.append(column)
        if self.session.trace is not None:
            self.session.trace.layers.append(layer)
        if len(self.layers) > self.session.limits.layers:
            message = f"the net has more than {self.session.limits.layers:,} layers"
            raise self.session.stop(message, layer.span)

    # ---- scopes and columns ------------------------------------------------------------------

    def open_scope(self, scope: Scope, *, is_column: bool = False) -> None:
        """Note a scope, one a column inside ``columns``."""
        if not self.columns:
            self._note(scope)
        for group in self.columns:
            path = scope.path.replace(COLUMN, group)
            self._note(replace(scope, path=path, column=group if is_column else None))

    def drop_scope(self, path: str) -> None:
        """Forget a scope in which nothing was added."""
        for group in self.columns or ("",):
            self.scopes.pop(path.replace(COLUMN, group), None)

    def _note(self, scope: Scope) -> None:
        if scope.path in self._by_path:
            self._taken(scope.path, scope.span)
        self.scopes.setdefault(scope.path, scope)

    def begin_part(self) -> None:
        """A part of ``columns`` begins here: its layers will be ordered column after column."""
        self._part = len(self.layers)

    def end_part(self) -> None:
        """Order the part's layers column after column: what runs on one group stands together."""
        order = sorted(range(self._part, len(self.layers)), key=lambda i: self._columns[i])
        self.layers[self._part :] = [self.layers[i] for i in order]
        self._columns[self._part :] = [self._columns[i] for i in order]
        self._part = len(self.layers)

    # ---- the result --------------------------------------------------------------------------

    def graph(
        self,
        root: Scope,
        groups: Mapping[str, Span],
        outputs: list[Output],
        title: tuple[str, ...],
    ) -> Graph:
        """The finished graph; ``root`` is the net's own scope."""
        name = root.definition or ""
        graph = Graph(name, groups=tuple(groups), group_spans=dict(groups), outputs=outputs, title=title)
        for layer in self.layers:
            graph.add_layer(layer)
            if layer.operation.kind == "input":
                graph.inputs.append(layer.id)
        for edge in self.edges:
            graph.add_edge(edge)
        graph.scopes = {"": root, **self.scopes}
        return graph


@dataclass(frozen=True, slots=True)
class _Read:
    """One value that a layer reads; ``admitted`` are the groups that may read it, None for all."""

    source: str
    group: str | None
    shape: Shape
    skip: bool
    admitted: tuple[str, ...] | None

    def admits(self, group: str | None) -> bool:
        return self.admitted is None or group in self.admitted


def _reads(operands: Sequence[Operand], column: int, mixes: bool) -> list[_Read]:
    reads = []
    for operand in operands:
        flow = operand.flow
        assert flow.shape is not None
        admitted = None if mixes else flow.admitted
        parts = list(zip(flow.sources, flow.groups, strict=True))
        if not mixes:
            parts = [parts[column if flow.spread else 0]]
        reads += [_Read(source, group, flow.shape, operand.skip, admitted) for source, group in parts]
    return reads


def _shared(operands: Sequence[Operand]) -> tuple[bool, ...]:
    """Which operands are the same for all samples; `exchange` and `gather`, which read parts, need none."""
    constant = tuple(operand.flow.constant for operand in operands)
    return constant if any(constant) else ()


def _weights_text(layer: Layer) -> str:
    return ", ".join(f"{name} {list(shape)}" for name, shape in layer.weights.items()) or "no weights"


def _inputs_text(layer: Layer) -> str:
    return ", ".join(map(shape_text, layer.inputs))
