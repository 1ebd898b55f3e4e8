"""What a page knows about a net, as plain data for JSON.

Nearly everything stands once in a table and is called by its place there, since nets repeat themselves:

- ``sources``: the specs, each with its name and text;
- ``facts``: what layers do, each with shapes and costs;
- ``arguments``: of those, each ``[name, value, is the default]``;
- ``layers``: ``[id, facts, group, source, start, end]``: group is -1 for none, start and end are characters
  of the source;
- ``looks``: what nodes say, each with its lines of text;
- ``shapes``: shapes in words;
- ``tree``: the net as nested items. A leaf is ``[look, group, layers, through]``, where ``through`` are
  layers without a node, which only pass on what it reads. A block is an object with ``children``; one with
  ``times`` is a run of identical copies, each of ``length`` items, whose children are the items of all;
- ``flows``: ``[source, target, argument, shape, marks, bytes]``, with leaves numbered in the order of the
  tree; marks are 1 for a skip connection plus 2 for a crossing between groups;
- ``scopes``: by path, ``[definition, arguments, source, start, end]``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from netcompiler.cost import totals
from netcompiler.draw import words
from netcompiler.draw.condense import condense
from netcompiler.draw.fold import fold
from netcompiler.draw.tree import Box, Flow, Item, Leaf, Tree, boxes
from netcompiler.graph import Graph, Layer, Scope
from netcompiler.operations.arguments import Initializer, literal_text
from netcompiler.operations.base import Shape
from netcompiler.source import Source, Span

_Key = TypeVar("_Key", bound=Hashable)

_SKIP, _CROSSES = 1, 2


def data(graph: Graph) -> dict[str, Any]:
    """What a page shows of a net."""
    tree = condense(graph)
    flows = list(tree.flows)
    # A block that stands for several is given the shape of the last; each copy has its own.
    shapes = {box: box.shape for box in boxes(tree.root)}
    fold(tree)
    return _Writer(graph, tree, shapes).write(flows)


class _Table(Generic[_Key]):
    """Rows that are kept once; each is known by its place."""

    def __init__(self) -> None:
        self._places: dict[_Key, int] = {}
        self.rows: list[Any] = []

    def place(self, key: _Key, row: Any = None) -> int:
        """The place of a row, which is the key itself unless given; only the first of equal keys is kept."""
        if key not in self._places:
            self._places[key] = len(self.rows)
            self.rows.append(key if row is None else row)
        return self._places[key]


class _Writer:
    def __init__(self, graph: Graph, tree: Tree, shapes: Mapping[Box, Shape]) -> None:
        self._graph = graph
        self._box_shapes = shapes
        self._tree = tree
        self._sources: _Table[Source] = _Table()
        self._facts: _Table[Hashable] = _Table()
        self._arguments: _Table[Hashable] = _Table()
        self._looks: _Table[Hashable] = _Table()
        self._shapes: _Table[str] = _Table()
        self._groups = {group: index for index, group in enumerate(graph.groups)}
        self._layers = {layer.id: index for index, layer in enumerate(graph.layers())}
        self._leaves: dict[Leaf, int] = {}
        self._through: dict[Leaf, list[Layer]] = {}

    def write(self, flows: list[Flow]) -> dict[str, Any]:
        graph = self._graph
        everything = list(_every_leaf(self._tree))
        self._pass_through(everything)
        children = [self._item(child) for child in self._tree.root.children]
        return {
            "net": graph.name,
            "title": list(graph.title),
            "totals": _totals(graph.layers()),
            "groups": [
                {"name": group, **_totals(x for x in graph.layers() if x.group == group)}
                for group in graph.groups
            ],
            "layers": [self._layer(layer) for layer in graph.layers()],
            "facts": self._facts.rows,
            "arguments": self._arguments.rows,
            "looks": self._looks.rows,
            "tree": children,
            "flows": [self._flow(flow) for flow in flows],
            "shapes": self._shapes.rows,
            "scopes": {path: self._scope(scope) for path, scope in graph.scopes.items()},
            "sources": [{"name": source.name, "text": source.text} for source in self._sources.rows],
        }

    def _pass_through(self, everything: list[Leaf]) -> None:
        """Find for each layer without a node the leaf that reads what it passes on, or else that it reads."""
        home = {layer.id: leaf for leaf in everything for layer in leaf.layers}
        ends = {
            output.layer: leaf for output, leaf in zip(self._graph.outputs, _outputs(everything), strict=True)
        }
        for layer in self._tree.hidden:
            leaf = self._nearest(layer, home, ends)
            self._through.setdefault(leaf, []).append(layer)

    def _nearest(self, layer: Layer, home: dict[str, Leaf], ends: dict[str, Leaf]) -> Leaf:
        pending = [layer.id]
        while pending:
            id = pending.pop()
            if id in home:
                return home[id]
            if id in ends:
                return ends[id]
            pending += [edge.target for edge in reversed(self._graph.consumers(id))]
        raise AssertionError(f"nothing reads {layer.id}")

    def _item(self, item: Item) -> Any:
        """An item; of one that stands for several, all copies."""
        if item.times == 1:
            return self._one(item)
        first = [item] if isinstance(item, Leaf) or item.path else item.children
        return {
            "times": item.times,
            "length": len(first),
            "varies": not isinstance(item, Leaf) and item.varies,
            "shape": self._shape(item.shape),
            "children": [self._one(copy) for copy in [*first, *item.copies]],
        }

    def _one(self, item: Item) -> Any:
        if isinstance(item, Leaf):
            return self._leaf(item)
        return {
            "path": item.path,
            "name": item.name,
            "definition": item.definition,
            "shape": self._shape(self._box_shapes[item]),
            "children": [self._item(child) for child in item.children],
        }

    def _leaf(self, leaf: Leaf) -> list[Any]:
        self._leaves[leaf] = len(self._leaves)
        look = {
            "role": leaf.role,
            "kind": leaf.kind,
            "name": leaf.name,
            "before": list(leaf.before),
            "title": leaf.title,
            "after": list(leaf.after),
            "shape": self._shape(leaf.shape),
            "training": leaf.training_only,
        }
        return [
            self._looks.place(repr(look), look),
            self._group(leaf.group),
            [self._layers[layer.id] for layer in leaf.layers],
            [self._layers[layer.id] for layer in self._through.get(leaf, ())],
        ]

    def _flow(self, flow: Flow) -> list[int]:
        marks = _SKIP * flow.skip + _CROSSES * flow.crosses
        source, target = self._leaves[flow.source], self._leaves[flow.target]
        return [source, target, flow.argument, self._shape(flow.shape), marks, flow.bytes]

    def _layer(self, layer: Layer) -> list[Any]:
        return [layer.id, self._fact(layer), self._group(layer.group), *self._span(layer.span)]

    def _fact(self, layer: Layer) -> int:
        fact = {
            "operation": layer.operation.name,
            "kind": layer.operation.kind,
            "label": layer.label,
            "arguments": self._arguments.place(tuple(_arguments(layer))),
            "inputs": [words.shape(shape) for shape in layer.inputs],
            "output": words.shape(layer.output),
            "weights": {name: words.shape(shape) for name, shape in layer.weights.items()},
            "buffers": {name: words.shape(shape) for name, shape in layer.buffers.items()},
            "reuses": layer.path if layer.reuses else "",
            "parameters": layer.parameters,
            "macs": layer.macs,
            "neurons": layer.neurons,
        }
        return self._facts.place(repr(fact), fact)

    def _scope(self, scope: Scope) -> list[Any]:
        arguments = [[name, literal_text(value)] for name, value in scope.arguments.items()]
        return [scope.definition or "", arguments, *self._span(scope.span)]

    def _span(self, span: Span) -> tuple[int, int, int]:
        return self._sources.place(span.source), span.start, span.end

    def _group(self, group: str | None) -> int:
        return -1 if group is None else self._groups[group]

    def _shape(self, shape: Shape) -> int:
        return self._shapes.place(words.shape(shape))


def _arguments(layer: Layer) -> Iterator[tuple[str, str, bool]]:
    """Each argument: its name, its value, and whether that is the default."""
    for parameter in layer.operation.parameters:
        value = layer.args[parameter.name]
        text = str(value) if isinstance(value, Initializer) else literal_text(value)
        yield parameter.name, text, not parameter.required and value == parameter.default


def _totals(layers: Iterator[Layer]) -> dict[str, int]:
    chosen = list(layers)
    sums = totals(chosen)
    return {"parameters": sums.parameters, "macs": sums.macs, "layers": len(chosen)}


def _every_leaf(tree: Tree) -> Iterator[Leaf]:
    """Every leaf of a folded tree, those of copies too."""
    pending: list[Item] = list(reversed(tree.root.children))
    while pending:
        item = pending.pop()
        pending += reversed(item.copies)
        if isinstance(item, Leaf):
            yield item
        else:
            pending += reversed(item.children)


def _outputs(found: list[Leaf]) -> list[Leaf]:
    return [leaf for leaf in found if leaf.role == "output"]
