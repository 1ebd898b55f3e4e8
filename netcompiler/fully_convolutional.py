"""A classifier of images of one size → the net that gives its scores at every place of images of any size.

Layers are exchanged one for one, so that paths, and with them the keys of the state dict, stay; each tensor
keeps its elements in their order:

- the linear layer after a flattened map of h×w is a convolution with a kernel of h×w, and every linear layer
  after it one of 1×1 (Sermanet et al. 2014, Simonyan & Zisserman 2015, Long et al. 2015);
- a pool of the whole map, which has h×w at the size the net is declared for, is a pool of h×w with stride 1
  (He et al. 2016: the average pool of 7×7 of their nets);
- flattening falls away.

At the declared size the result is that of the net, as a map of 1×1. A pool whose value comes back to the map
that it is made of, as in squeeze-excite, has no such form: it stays a pool of the whole map, whatever its
size is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import networkx as nx

from netcompiler.diagnostics import shape_text
from netcompiler.graph import BYTES_PER_ELEMENT, Edge, Graph, Layer, Output
from netcompiler.operations.base import (
    OPERATIONS,
    ArgumentValue,
    Axes,
    Call,
    Operation,
    Required,
    Shape,
    ShapeError,
)

IMAGE: Axes = (1, 2)
"""Height and width in ``[channels, height, width]``."""
WHOLE = {"adaptive_avgpool": "avgpool", "adaptive_maxpool": "maxpool", "mean": "avgpool"}
"""What can be a pool of the whole map, and the pool of windows that it becomes."""
JOINS = frozenset({"concat", "exchange", "gather"})
"""What concatenates. Features flattened from maps of one size are concatenated as the maps' channels are."""


class FullyConvolutionalError(ValueError):
    """A net that has no fully convolutional form.

    Attributes:
        layer: path of the layer that stands in the way; ``""`` where it is none alone.
    """

    def __init__(self, net: str, layer: str, reason: str) -> None:
        super().__init__(f"{net} cannot be made fully convolutional: {reason}")
        self.layer = layer


@dataclass(frozen=True, slots=True)
class _Map:
    """A value with height and width, which are now any."""

    axes: Axes


@dataclass(frozen=True, slots=True)
class _Features:
    """A value without height and width, now a map: each of its ``[channels, h, w]`` windows is one value."""

    window: Shape


_Form = _Map | _Features | None
"""None is a value that does not grow with the image: it stays what it is."""


@dataclass(frozen=True, slots=True)
class _Became:
    """What a layer becomes."""

    form: _Form
    operation: Operation
    args: Mapping[str, ArgumentValue]


def fully_convolutional(graph: Graph, inputs: Mapping[str, Shape]) -> Graph:
    """The fully convolutional form of a net, without the outputs that are for training alone.

    ``inputs`` are shapes that replace those of some inputs; what the net is declared for is what ``graph``
    has. Each output is ``[classes, height, width]``.

    Raises:
        FullyConvolutionalError: there is none; names the layer that stands in the way.
    """
    return _Rewriter(graph, inputs).run()


class _Rewriter:
    def __init__(self, graph: Graph, inputs: Mapping[str, Shape]) -> None:
        self.old = graph
        self.inputs = inputs
        self.new = Graph(graph.name, groups=graph.groups, group_spans=graph.group_spans, title=graph.title)
        self.forms: dict[str, _Form] = {}
        self.first_runs: dict[str, Layer] = {}

    def run(self) -> Graph:
        outputs = [output for output in self.old.outputs if not output.training_only]
        needed = {id for output in outputs for id in (output.layer, *nx.ancestors(self.old.nx, output.layer))}
        kept = [layer for layer in self.old.layers() if layer.id in needed]
        if not any(_is_image(layer) for layer in kept):
            raise self._error("", "none of its inputs is an image, [channels, height, width]")
        for layer in kept:
            self._add(layer)
        self.new.inputs = [id for id in self.old.inputs if id in needed]
        self.new.outputs = [self._output(output) for output in outputs]
        scopes = {scope for layer in kept for scope in _around(layer.scope)}
        self.new.scopes = {path: scope for path, scope in self.old.scopes.items() if path in scopes}
        return self.new

    def _add(self, layer: Layer) -> None:
        operands = self.old.operands(layer.id)
        became = self._became(layer, [self.forms[edge.source] for edge in operands])
        self.forms[layer.id] = became.form
        shapes = tuple(self.new.layer(edge.source).output for edge in operands)
        try:
            output = became.operation.shape(Call(shapes, became.args))
        except ShapeError as error:
            raise self._error(layer.path, f"`{layer.path}` {error.message}") from error
        made = replace(layer, operation=became.operation, args=became.args, inputs=shapes, output=output)
        self._check_runs(made)
        self.new.add_layer(made)
        for edge, shape in zip(operands, shapes, strict=True):
            self.new.add_edge(_sized(edge, shape))

    def _check_runs(self, layer: Layer) -> None:
        """A layer that runs again must be the same there, as its weights are."""
        first = self.first_runs.setdefault(layer.path, layer)
        if layer.operation.code(layer.call) != first.operation.code(first.call):
            raise self._error(layer.path, f"`{layer.path}` runs on maps of different sizes, with one weight")

    def _became(self, layer: Layer, forms: Sequence[_Form]) -> _Became:
        if layer.operation.kind == "input":
            shape = self.inputs.get(layer.name, layer.output)
            return _Became(_Map(IMAGE) if _is_image(layer) else None, layer.operation, {"shape": shape})
        if all(form is None for form in forms):
            return _same(layer, None)
        features = [form for form in forms if isinstance(form, _Features)]
        if features:
            return self._of_features(layer, features, alone=len(features) == len(forms))
        if layer.operation.name in WHOLE and _pools(layer):
            return self._pool(layer)
        if layer.operation.name == "flatten" and forms[0] == _Map(IMAGE) and len(layer.output) == 1:
            return _Became(_Features(layer.inputs[0]), OPERATIONS["identity"], {})
        axes = layer.operation.axes(
            layer.call, [form.axes if isinstance(form, _Map) else None for form in forms]
        )
        if axes is None:
            raise self._in_the_way(layer)
        return _same(layer, _Map(axes))

    # ---- maps --------------------------------------------------------------------------------

    def _pool(self, layer: Layer) -> _Became:
        """A pool to fixed extents, or the mean over the map."""
        _, *extents = layer.inputs[0]
        sizes = list(layer.output[1:]) or [1, 1]
        if any(size not in (1, extent) for size, extent in zip(sizes, extents, strict=True)):
            raise self._in_the_way(layer)
        kernel = tuple(1 if n == size else n for n, size in zip(extents, sizes, strict=True))
        flat = len(layer.output) == 1
        form = _Features((layer.output[0], 1, 1)) if flat else _Map(IMAGE)
        if prod(kernel) == 1:
            return _Became(form, OPERATIONS["identity"], {})
        if self._returns(layer):
            return _same(layer, None)
        operation = OPERATIONS[WHOLE[layer.operation.name]]
        return _Became(form, operation, {**_defaults(operation), "kernel_size": kernel, "stride": 1})

    def _returns(self, pool: Layer) -> bool:
        """Whether what is made of a pool meets a map as large as the one that it pools."""
        graph = self.old.nx
        after = nx.descendants(graph, pool.id)
        extents = pool.inputs[0][1:]
        return any(
            self.old.layer(source).output[-2:] == extents
            for id in after
            for source in graph.predecessors(id)
            if source != pool.id and source not in after
        )

    # ---- features ----------------------------------------------------------------------------

    def _of_features(self, layer: Layer, forms: Sequence[_Features], *, alone: bool) -> _Became:
        windows = {form.window[1:] for form in forms}
        if not alone or len(windows) > 1:
            raise self._in_the_way(layer)
        window = windows.pop()
        name = layer.operation.name
        if name == "flatten":
            return _Became(forms[0], OPERATIONS["identity"], {})
        if name == "linear" and layer.args["unbiased"] is None:
            return _Became(_Features((*layer.output, 1, 1)), OPERATIONS["conv"], _kernel(layer, window))
        channels = sum(form.window[0] for form in forms)
        if name in JOINS and layer.output == (channels * prod(window),):
            args = {**layer.args, "dim": 1} if "dim" in layer.args else layer.args
            return _Became(_Features((channels, *window)), layer.operation, args)
        call = Call(tuple(form.window for form in forms), layer.args)
        if not _goes_over(layer, call, each_alone=prod(window) > 1):
            raise self._in_the_way(layer)
        return _same(layer, _Features(layer.operation.shape(call)))

    # ---- outputs and errors ------------------------------------------------------------------

    def _output(self, output: Output) -> Output:
        form = self.forms[output.layer]
        whole = isinstance(form, _Features) and prod(form.window[1:]) == 1
        if not whole and form != _Map(IMAGE):
            reason = "is the same for images of all sizes" if form is None else "is no map of scores"
            raise self._error(output.layer, f"what `{self.old.layer(output.layer).path}` gives {reason}")
        return replace(output, shape=self.new.layer(output.layer).output)

    def _in_the_way(self, layer: Layer) -> FullyConvolutionalError:
        shapes = " and ".join(map(shape_text, layer.inputs))
        reason = f"`{layer.path}`, {layer.operation.name} of {shapes}, fits images of one size alone"
        return self._error(layer.path, reason)

    def _error(self, layer: str, reason: str) -> FullyConvolutionalError:
        return FullyConvolutionalError(self.old.name, layer, reason)


def _same(layer: Layer, form: _Form) -> _Became:
    return _Became(form, layer.operation, layer.args)


def _is_image(layer: Layer) -> bool:
    return layer.operation.kind == "input" and len(layer.output) == 3


def _pools(layer: Layer) -> bool:
    """Whether a layer takes means or maxima over both height and width of ``[channels, height, width]``."""
    if len(layer.inputs[0]) != 3:
        return False
    return layer.operation.name != "mean" or {dim % 4 for dim in layer.call.wholes("dim")} == {2, 3}


def _kernel(linear: Layer, window: Shape) -> dict[str, ArgumentValue]:
    """The arguments of the convolution that a linear layer becomes."""
    own = {name: linear.args[name] for name in ("bias", "init", "bias_init")}
    kernel = window[0] if window[0] == window[1] else window
    made = {**_defaults(OPERATIONS["conv"]), **own}
    return {**made, "out_channels": linear.args["out_features"], "kernel_size": kernel}


def _defaults(operation: Operation) -> dict[str, ArgumentValue]:
    """The arguments that need not be given."""
    return {p.name: p.default for p in operation.parameters if not isinstance(p.default, Required)}


def _goes_over(layer: Layer, call: Call, *, each_alone: bool) -> bool:
    """Whether a layer of features does at each place of a map what it does to them.

    ``call`` is the same operation on maps. Where a place does not hold all features, each of them must be
    ``each_alone``: then any of their dimensions may grow.
    """
    ways: list[Axes] = [IMAGE, (0, 1)] if each_alone else [IMAGE]
    if any(layer.operation.axes(call, [axes] * len(call.inputs)) != axes for axes in ways):
        return False
    return prod(layer.operation.shape(call)) == prod(layer.output)


def _sized(edge: Edge, shape: Shape) -> Edge:
    return replace(edge, bytes=prod(shape) * BYTES_PER_ELEMENT)


def _around(scope: str) -> list[str]:
    """A scope's path and those around it, the net's own included."""
    parts = scope.split(".") if scope else []
    return [".".join(parts[:depth]) for depth in range(len(parts) + 1)]
