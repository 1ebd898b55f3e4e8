"""Adding layers to the graph: shapes, paths, groups and edges, for all columns at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from netcompiler.code import Literal
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


class LayerBuilder:
    """Collects the layers of one net, in an order in which they can be computed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.place: Place | None = None
        self.reusing = False
        self.layers: list[Layer] = []
        self.edges: list[Edge] = []
        self.scopes: dict[str, Scope] = {}
        self._columns: list[int] = []
        self._part = 0
        self._runs: dict[str, int] = {}
        self._by_path: dict[str, Layer] = {}

    # ---- layers ------------------------------------------------------------------------------

    def add_input(self, name: str, shape: Shape, span: Span) -> Flow:
        """Add an input of the net."""
        operation = OPERATIONS["input"]
        layer = Layer(
            f"input:{name}", name, operation, {"shape": shape}, (), shape, "", None, (), False, True, span
        )
        self.layers.append(layer)
        self._columns.append(0)
        return Flow((layer.id,), shape, (None,))

    def add(
        self,
        operation: Operation,
        args: Mapping[str, ArgumentValue],
        operands: Sequence[Operand],
        path: str,
        *,
        named: bool,
        span: Span,
        mixes: bool = False,
        notes: tuple[str, ...] = (),
    ) -> Flow:
        """Add a layer, one a column inside ``columns``, and give its value; `LOST` after an error.

        ``notes`` are facts to add to an error about the shapes.
        With ``mixes``, every column's layer reads all parts of the operands (``exchange``, ``gather``).
        """
        if any(operand.flow.shape is None for operand in operands):
            return LOST
        columns = self.place.groups if self.place is not None and self.place.columns else ()
        if not mixes and not self._meet(operands, columns, span):
            return LOST
        parts = [_reads(operands, column, mixes) for column in range(max(1, len(columns)))]
        inputs = tuple(read.shape for read in parts[0])
        shape = self._shape(operation, args, inputs, span, notes)
        if shape is None:
            return LOST
        sources = []
        groups: list[str | None] = []
        for column, reads in enumerate(parts):
            group = None if self.place is None else self.place.groups[column]
            layer = self._layer(operation, args, inputs, shape, path, group, columns, named, span)
            if layer is None:
                return LOST
            self._connect(layer, reads)
            self._append(layer, column)
            sources.append(layer.id)
            groups.append(group)
        return Flow(tuple(sources), shape, tuple(groups))

    def _shape(
        self,
        operation: Operation,
        args: Mapping[str, ArgumentValue],
        inputs: tuple[Shape, ...],
        span: Span,
        notes: tuple[str, ...],
    ) -> Shape | None:
        try:
            shape = operation.shape(Call(inputs, args))
        except ShapeError as error:
            facts = notes or error.notes
            self.session.error(
                error.code, f"{operation.name}: {error.message}", span, notes=facts, help=error.help
            )
            return None
        if prod(shape) > self.session.limits.dimension:
            raise self.session.stop(f"{operation.name} gives {prod(shape):,} elements a sample", span)
        return shape

    def _meet(self, operands: Sequence[Operand], columns: tuple[str, ...], span: Span) -> bool:
        """Whether the operands can be read here: a value spread over columns only inside the same ones."""
        for operand in operands:
            flow = operand.flow
            if flow.spread and flow.groups != columns:
                groups = ", ".join(map(str, flow.groups))
                self.session.error(
                    "E305",
                    f"the value has a part on each of the groups {groups}; no layer can read it as one",
                    span,
                    help="concatenate the parts on one group first: `on … { gather -> … }`",
                )
                return False
        return True

    def _layer(
        self,
        operation: Operation,
        args: Mapping[str, ArgumentValue],
        inputs: tuple[Shape, ...],
        shape: Shape,
        path: str,
        group: str | None,
        columns: tuple[str, ...],
        named: bool,
        span: Span,
    ) -> Layer | None:
        path = path.replace(COLUMN, group) if group is not None else path
        scope = path.rpartition(".")[0]
        if not self.reusing:
            self._runs[path] = 1
            layer = Layer(
                path, path, operation, args, inputs, shape, scope, group, columns, False, named, span
            )
            self._by_path[path] = layer
            return layer
        first = self._by_path.get(path)
        if first is None or not self._same_weights(first, operation, args, inputs, group, span):
            if first is None:
                self.session.error("E213", f"the layer `{path}` did not run the first time", span)
            return None
        self._runs[path] += 1
        key = f"{path}@{self._runs[path]}"
        return Layer(key, path, operation, args, inputs, shape, scope, group, columns, True, named, span)

    def _same_weights(
        self,
        first: Layer,
        operation: Operation,
        args: Mapping[str, ArgumentValue],
        inputs: tuple[Shape, ...],
        group: str | None,
        span: Span,
    ) -> bool:
        call = Call(inputs, args)
        if first.operation is not operation or operation.weights(call) != first.weights:
            notes = (
                f"first run: {_weights_text(first.operation.weights(first.call))}",
                f"this run: {_weights_text(operation.weights(call))}",
            )
            self.session.error(
                "E213", f"the weights of `{first.path}` do not fit this input", span, notes=notes
            )
            return False
        if first.group != group:
            message = f"the weights of `{first.path}` are on group {first.group}, this is group {group}"
            self.session.error("E213", message, span, help=f"run it `on {first.group} {{ … }}`")
            return False
        return True

    def _connect(self, layer: Layer, reads: Sequence[_Read]) -> None:
        for argument, read in enumerate(reads):
            crosses = read.group is not None and layer.group is not None and read.group != layer.group
            size = prod(read.shape) * BYTES_PER_ELEMENT
            edge = Edge(
                read.source,
                layer.id,
                argument,
                read.skip,
                crosses,
                crosses and read.admits(layer.group),
                size,
            )
            self.edges.append(edge)

    def _append(self, layer: Layer, column: int) -> None:
        self.layers.append(layer)
        self._columns.append(column)
        if len(self.layers) > self.session.limits.layers:
            raise self.session.stop(f"net has more than {self.session.limits.layers:,} layers", layer.span)

    # ---- scopes and columns ------------------------------------------------------------------

    def open_scope(
        self,
        path: str,
        definition: str | None,
        arguments: Mapping[str, Literal],
        repeat: int | None,
        span: Span,
        *,
        is_column: bool = False,
    ) -> None:
        """Note a scope, one a column inside ``columns``."""
        groups = self.place.groups if self.place is not None and self.place.columns else (None,)
        for group in groups:
            full = path if group is None else path.replace(COLUMN, group)
            self.scopes.setdefault(
                full, Scope(full, definition, arguments, repeat, group if is_column else None, span)
            )

    def drop_scope(self, path: str) -> None:
        """Forget a scope in which nothing was added."""
        groups = self.place.groups if self.place is not None and self.place.columns else (None,)
        for group in groups:
            self.scopes.pop(path if group is None else path.replace(COLUMN, group), None)

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
        name: str,
        groups: Mapping[str, Span],
        outputs: list[Output],
        title: tuple[str, ...],
        root: Scope,
    ) -> Graph:
        """The finished graph."""
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
    """One value that a layer reads."""

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
        if mixes:
            parts = range(len(flow.sources))
        else:
            parts = range(column, column + 1) if flow.spread else range(1)
        reads += [
            _Read(flow.sources[p], flow.groups[p], flow.shape, operand.skip, None if mixes else flow.admitted)
            for p in parts
        ]
    return reads


def _weights_text(weights: Mapping[str, Shape]) -> str:
    return ", ".join(f"{name} {list(shape)}" for name, shape in weights.items()) or "none"
