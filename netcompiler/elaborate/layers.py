"""Adding layers to the graph: shapes, paths, groups and edges, for all columns at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod

from netcompiler.diagnostics import Label, shape_text
from netcompiler.elaborate.bound import Bound
from netcompiler.elaborate.environment import COLUMN
from netcompiler.elaborate.extents import changed_by
from netcompiler.elaborate.origins import argument_place, giver, origin, telling
from netcompiler.elaborate.placement import Place
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import LOST, Flow
from netcompiler.graph import BYTES_PER_ELEMENT, Edge, Graph, Layer, Output, Scope
from netcompiler.operations.advice import same_extents
from netcompiler.operations.base import OPERATIONS, Call, Operation, Shape, ShapeError
from netcompiler.record import record
from netcompiler.source import Span


@record()
class Operand:
    """One input of a layer that is to be added.

    Attributes:
        skip: True for a skip connection.
        place: what stands for it in the text of a merge; None for the current value.
        branch: True when that is a branch in braces, False when it is a name.
    """

    flow: Flow
    skip: bool = False
    place: Span | None = None
    branch: bool = False


@record()
class NewLayer:
    """A layer that is to be added.

    Attributes:
        bound: what it does, with its arguments.
        path: its path, `COLUMN` standing for the column's group.
        named: True when the spec names it.
        span: its place.
        mixes: every column's layer reads all parts of the operands (``exchange``, ``gather``).
    """

    bound: Bound
    path: str
    named: bool
    span: Span
    mixes: bool = False

    @property
    def operation(self) -> Operation:
        """What it does."""
        return self.bound.operation


_NOWHERE: tuple[str | None, ...] = (None,)
_FIRST_PART = (0,)

_MOST_DIMENSIONS = 63
"""Dimensions of a value that torch can work on, without that of the batch."""


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
        self._runs: dict[str, int] = {}  # of the layers that run more than once
        self._by_path: dict[str, Layer] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """The groups of the ``columns`` that the step being run stands in, ``()`` outside."""
        return self.place.groups if self.place is not None and self.place.columns else ()

    # ---- layers ------------------------------------------------------------------------------

    def add_input(self, name: str, shape: Shape, span: Span) -> Flow:
        """Add an input of the net; `LOST` after an error."""
        if not self._can_be(shape, "the input", span):
            return LOST
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
        for operand in operands:
            if operand.flow.shape is None:
                return LOST
        if not new.mixes and not self._meet(operands, new):
            return LOST
        shared = _shared(operands)
        constant = not operands or (bool(shared) and all(shared))
        if shared and not constant and not self._batch_fits(operands, new):
            return LOST
        if len(operands) > 1 or new.mixes:
            parts = sum(len(operand.flow.sources) for operand in operands) if new.mixes else len(operands)
            self.session.spend(new.span, parts * len(self.columns or _FIRST_PART))
        inputs = _inputs(operands, new.mixes)
        shape = self._shape(new, inputs, operands)
        if shape is None:
            return LOST
        sources = []
        groups = _NOWHERE if self.place is None else self.place.groups
        for column, group in enumerate(groups):
            layer = self._layer(new, inputs, shape, group, shared)
            if layer is None:
                return LOST
            self._connect(layer, operands, column, mixes=new.mixes)
            self._append(layer, column)
            sources.append(layer.id)
        return Flow(tuple(sources), shape, groups, constant=constant)

    def _shape(self, new: NewLayer, inputs: tuple[Shape, ...], operands: Sequence[Operand]) -> Shape | None:
        known = new.bound.shapes.get(inputs)
        if known is not None:
            return known
        name = new.operation.name
        try:
            shape = new.operation.shape(Call(inputs, new.bound.args))
        except ShapeError as error:
            message = f"{name}: {error.message}"
            labels = partial(self._told, new, operands)
            # Of a merge, the labels say what its notes would.
            notes = error.notes if len(operands) == 1 else ()
            place = argument_place(new.span, error.message) or _head(new, operands)
            help = partial(self.advice, error.help, [operand.flow for operand in operands])
            self.session.error(error.code, message, place, notes=notes, help=help, labels=labels)
            return None
        if not self._can_be(shape, name, new.span):
            return None
        new.bound.shapes[inputs] = shape
        return shape

    def advice(self, help: str | None, flows: Iterable[Flow]) -> str | None:
        """That help; where the extents of values differ, what to do about the layer that changed them."""
        known = [flow for flow in flows if flow.shape is not None]
        if not known or help != same_extents(len(known[0].shape or ())):
            return help
        return changed_by([flow.sources[0] for flow in known], self.layers, self.edges) or help

    def _can_be(self, shape: Shape, what: str, span: Span) -> bool:
        """Whether a value can have this shape; if not, it is reported."""
        if len(shape) > _MOST_DIMENSIONS:
            message = (
                f"{what} gives {len(shape):,} dimensions, and a tensor has at most {_MOST_DIMENSIONS + 1}"
            )
            self.session.error("E210", message, span, help="the batch is one of them")
            return False
        if prod(shape) > self.session.limits.dimension:
            message = f"{what} gives {prod(shape):,} elements a sample"
            raise self.session.stop(message, span, limit="dimension")
        return True

    def _told(self, new: NewLayer, operands: Sequence[Operand]) -> Iterator[Label | None]:
        """Where the operands come from, each with its shape."""
        for index in telling([operand.flow for operand in operands]):
            operand = operands[index]
            if operand.place is None:
                yield self.origin(operand.flow, new.path)
            elif operand.branch:
                yield Label(operand.place.head, f"this branch gives {shape_text(operand.flow.shape)}")
            else:
                yield self.origin(operand.flow, new.path, f"`{operand.place.text}` is")

    def origin(self, flow: Flow, path: str, what: str = "this gives") -> Label | None:
        """The step that gives a value, as it is seen from ``path``, with words for it and its shape."""
        seen = path.replace(COLUMN, self.columns[0]) if self.columns else path
        layer = giver(flow, self.layers, self._by_path)
        return None if layer is None else origin(flow, layer, self.scopes, seen, what)

    def _meet(self, operands: Sequence[Operand], new: NewLayer) -> bool:
        """Whether the operands can be read here: a value spread over columns only inside the same ones."""
        for operand in operands:
            flow = operand.flow
            if flow.spread and flow.groups != self.columns:
                groups = ", ".join(map(str, flow.groups))
                self.session.error(
                    "E305",
                    f"the value has a part on each of the groups {groups}; no layer can read it as one",
                    new.span.head,
                    help="concatenate the parts on one group first: `on … { gather -> … }`",
                    labels=partial(self._told, new, operands),
                )
                return False
        return True

    def _batch_fits(self, operands: Sequence[Operand], new: NewLayer) -> bool:
        """Whether values that are the same for all samples stand where a batch can meet them."""
        operation = new.operation
        if not operation.broadcasts:
            message = f"{operation.name}: one value depends on no input, and the others do"
            help = "such a value stands in a batch of 1, which `add`, `multiply` and `matmul` take"
        elif operands[0].flow.constant and operation.indices == ():
            message = f"{operation.name}: the first value depends on no input, and another does"
            help = "begin with the other one: `from scores -> add(bias)`"
        else:
            return True
        self.session.error(
            "E204", message, _head(new, operands), help=help, labels=partial(self._told, new, operands)
        )
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
            args=new.bound.args,
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
            self.session.error("E213", message, span, notes=notes, labels=_first_run(first))
            return None
        if first.operation.code(first.call) != layer.operation.code(layer.call):
            notes = (
                f"first run: {first.label} of {_inputs_text(first)}",
                f"this run: {layer.label} of {_inputs_text(layer)}",
            )
            message = f"`{first.path}` is another layer for this input, so it cannot run once more"
            self.session.error("E213", message, span, notes=notes, labels=_first_run(first))
            return None
        if first.group != layer.group:
            message = f"the weights of `{first.path}` are on group {first.group}, this is group {layer.group}"
            help = f"run it `on {first.group} {{ … }}`"
            self.session.error("E213", message, span, help=help, labels=_first_run(first))
            return None
        runs = self._runs[layer.path] = self._runs.get(layer.path, 1) + 1
        return replace(layer, id=f"{layer.path}@{runs}", reuses=True)

    def _taken(self, path: str, span: Span) -> None:
        earlier = self._by_path.get(path) or self.scopes[path]
        labels = [Label(earlier.span.head, f"`{path}` is this")]
        message = f"`{path}` is the name of another layer or scope already"
        help = "choose another name"
        if path[-1:].isdecimal():
            help = "layers without a name are called by their position: 0, 1, 2 …; this one takes another's"
        self.session.error("E206", message, span.head, help=help, labels=labels)

    def _connect(self, layer: Layer, operands: Sequence[Operand], column: int, *, mixes: bool) -> None:
        argument = 0
        for operand in operands:
            flow = operand.flow
            size = prod(flow.shape or ()) * BYTES_PER_ELEMENT
            for part in _parts(flow, column, mixes):
                group = flow.groups[part]
                crosses = group != layer.group and group is not None and layer.group is not None
                declared = crosses and (mixes or layer.group in flow.admitted)
                source = flow.sources[part]
                self.edges.append(Edge(source, layer.id, argument, operand.skip, crosses, declared, size))
                argument += 1

    def _append(self, layer: Layer, column: int) -> None:
        self.layers.append(layer)
        self._columns.append(column)
        if self.session.trace is not None:
            self.session.trace.layers.append(layer)
        self.session.count_layer(layer.span)

    # ---- scopes and columns ------------------------------------------------------------------

    def open_scope(self, scope: Scope, *, is_column: bool = False) -> None:
        """Note a scope, one a column inside ``columns``."""
        if not self.columns:
            self._note(scope)
        for group in self.columns:
            path = scope.path.replace(COLUMN, group)
            self._note(replace(scope, path=path, column=group if is_column else None))

    def drop_scopes(self, before: int) -> None:
        """Forget the scopes that were noted when there were ``before``, in which no layer was added."""
        while len(self.scopes) > before:
            self.scopes.popitem()

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


def _inputs(operands: Sequence[Operand], mixes: bool) -> tuple[Shape, ...]:
    """The shapes that a layer of these operands reads."""
    shapes = [operand.flow.shape or () for operand in operands for _ in _parts(operand.flow, 0, mixes)]
    return tuple(shapes)


def _parts(flow: Flow, column: int, mixes: bool) -> Sequence[int]:
    """Which of a value's parts a layer in a column reads."""
    if mixes:
        return range(len(flow.sources))
    return (column,) if flow.spread else _FIRST_PART


def _shared(operands: Sequence[Operand]) -> tuple[bool, ...]:
    """Which operands are the same for all samples; `exchange` and `gather`, which read parts, need none."""
    for operand in operands:
        if operand.flow.constant:
            return tuple([operand.flow.constant for operand in operands])
    return ()


def _weights_text(layer: Layer) -> str:
    return ", ".join(f"{name} {list(shape)}" for name, shape in layer.weights.items()) or "no weights"


def _head(new: NewLayer, operands: Sequence[Operand]) -> Span:
    """What to underline of a layer: of a merge of branches, what stands before its brace."""
    span = new.span.head
    branches = [operand.place.start for operand in operands if operand.branch and operand.place is not None]
    if not branches:
        return span
    text = span.source.text[span.start : min(span.end, *branches)].rstrip().removesuffix("{").rstrip()
    return Span(span.source, span.start, span.start + len(text))


def _first_run(layer: Layer) -> tuple[Label, ...]:
    return (Label(layer.span.head, "it runs here first"),)


def _inputs_text(layer: Layer) -> str:
    return ", ".join(map(shape_text, layer.inputs))
