"""From the graph to the tree that is drawn: a layer with its normalisation and activation is one leaf.

Layers that only pass a value on (`identity`, and transfers with one reader) get no leaf: their readers are
joined to where the value comes from. A scope that is left with a single leaf is not drawn as a box.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from netcompiler.draw.tree import Box, Flow, Flows, Item, Leaf, Role, Tree, leaves
from netcompiler.graph import Edge, Graph, Layer
from netcompiler.operations.base import Shape

_MINOR = frozenset({"norm", "activation", "dropout", "shape"})
"""Kinds that stand in the small print of the layer beside them."""


def condense(graph: Graph) -> Tree:
    """The tree of a net, nothing folded yet."""
    wires = _Wires(graph)
    builder = _Builder(graph, wires)
    root = builder.build("")
    tree = Tree(graph, root, Flows(), [graph.layer(id) for id in wires.hidden])
    leaf_of = {layer.id: leaf for leaf in leaves(root) for layer in leaf.layers}
    for leaf in list(leaves(root)):
        for edge in wires.into.get(leaf.layers[0].id, ()):
            tree.flows.add(_flow(leaf_of[edge.source], leaf, edge, graph.layer(edge.source).output))
    for output in graph.outputs:
        for edge in wires.resolve(Edge(output.layer, "", 0, False, False, False, 0)):
            layer = graph.layer(edge.source)
            leaf = Leaf("output", [], output.name, "output", layer.output, training_only=output.training_only)
            root.children.append(leaf)
            tree.flows.add(_flow(leaf_of[layer.id], leaf, edge, layer.output))
    _finish(tree)
    return tree


def _flow(source: Leaf, target: Leaf, edge: Edge, shape: Shape) -> Flow:
    return Flow(source, target, edge.argument, shape, edge.skip, edge.crosses, edge.bytes)


class _Wires:
    """The net's edges, past the layers that only pass values on.

    Attributes:
        hidden: ids of those layers.
        into: edges into every other layer, from layers that are not hidden.
        readers: how many edges and outputs read a layer's value.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.readers = self._count_readers()
        given = self._given()
        self.hidden = {
            layer.id
            for layer in graph.layers()
            if layer.operation.name == "identity"
            or (layer.operation.kind == "transfer" and self.readers[layer.id] == 1 and layer.id not in given)
        }
        self.into: dict[str, list[Edge]] = {}
        for layer in graph.layers():
            if layer.id in self.hidden:
                continue
            edges = [wire for edge in graph.operands(layer.id) for wire in self.resolve(edge)]
            self.into[layer.id] = edges

    def resolve(self, edge: Edge) -> Iterator[Edge]:
        """The edges that stand for this one once hidden layers are gone."""
        pending = [edge]
        while pending:
            current = pending.pop(0)
            if current.source not in self.hidden:
                yield current
                continue
            pending[:0] = [
                replace(
                    step,
                    target=current.target,
                    argument=current.argument,
                    skip=step.skip or current.skip,
                    crosses=step.crosses or current.crosses,
                )
                for step in self._graph.operands(current.source)
            ]

    def _given(self) -> set[str]:
        """The layers whose values the net gives: parts of several columns are one value there."""
        given: set[str] = set()
        for output in self._graph.outputs:
            id = output.layer
            while self._graph.layer(id).operation.name == "identity":
                id = self._graph.operands(id)[0].source
            given.add(id)
        return given

    def _count_readers(self) -> dict[str, int]:
        readers: dict[str, int] = {}
        for output in self._graph.outputs:
            readers[output.layer] = readers.get(output.layer, 0) + 1
        for layer in reversed(list(self._graph.layers())):
            total = readers.get(layer.id, 0)
            for edge in self._graph.consumers(layer.id):
                passes_on = self._graph.layer(edge.target).operation.name == "identity"
                total += readers[edge.target] if passes_on else 1
            readers[layer.id] = total
        return readers


@dataclass(frozen=True)
class _Link:
    """Two leaves of one scope, one reading nothing but the other, which nothing else reads."""

    source: Leaf
    target: Leaf


class _Builder:
    """Builds the boxes of a net, inner ones first."""

    def __init__(self, graph: Graph, wires: _Wires) -> None:
        self._graph = graph
        self._wires = wires
        self._order = {layer.id: index for index, layer in enumerate(graph.layers())}
        self._entries = self._collect()

    def build(self, path: str) -> Box:
        """The box of a scope, or of a further run of one."""
        children: list[Item] = []
        for entry in self._entries.get(path, ()):
            if isinstance(entry, Layer):
                children.append(_leaf(entry, again=entry.reuses and "@" not in path))
                continue
            box = self.build(entry)
            children.append(self._dissolve(box) or box)
        scope = self._graph.scopes[path.partition("@")[0]]
        name = scope.name if not scope.name.isdecimal() else ""
        called = scope.definition if scope.definition != name else None
        notes = [called or "", "same weights again" if "@" in path else ""]
        return Box(
            name=name,
            definition=" · ".join(note for note in notes if note),
            children=self._condense(self._in_order(children)),
            shape=(),
            path=path,
        )

    def _in_order(self, children: list[Item]) -> list[Item]:
        """The children so that each comes after all it reads. A box that is left and entered again, as names
        with dots in them allow, has no place among its neighbours: what is in it takes its own.
        """
        while True:
            at = {
                layer.id: i
                for i, child in enumerate(children)
                for leaf in leaves(child)
                for layer in leaf.layers
            }
            torn = {
                index
                for id, index in at.items()
                if isinstance(children[index], Box)
                and any(at.get(edge.source, -1) > index for edge in self._wires.into[id])
            }
            if not torn:
                return children
            inner = [
                part
                for index, child in enumerate(children)
                for part in (child.children if isinstance(child, Box) and index in torn else [child])
            ]
            children = sorted(inner, key=lambda item: self._order[next(leaves(item)).layers[0].id])

    def _collect(self) -> dict[str, list[Layer | str]]:
        """What stands directly in each scope that gets a box: layers and the paths of scopes, in order.

        A further run of a whole scope is a scope of its own: ``tower@2``.
        """
        visible = [layer for layer in self._graph.layers() if layer.id not in self._wires.hidden]
        flat = self._flat(visible)
        runs: dict[tuple[str, str], int] = {}
        for layer in visible:
            for path in _around(layer.scope):
                runs[path, _run(layer)] = runs.get((path, _run(layer)), 0) + 1
        entries: dict[str, list[Layer | str]] = {}
        seen: set[str] = set()
        for layer in visible:
            home, run = "", _run(layer)
            for path in reversed(list(_around(layer.scope))):
                if path in flat:
                    continue
                box = path + run if runs[path, run] == runs[path, ""] else path
                if box not in seen:
                    seen.add(box)
                    entries.setdefault(home, []).append(box)
                home = box
            entries.setdefault(home, []).append(layer)
        return entries

    def _flat(self, visible: list[Layer]) -> set[str]:
        """Scopes that get no box: a column is a lane, and what is spread over several lanes is no cluster."""
        groups: dict[str, set[str]] = {}
        for layer in visible:
            for path in _around(layer.scope):
                if layer.group is not None:
                    groups.setdefault(path, set()).add(layer.group)
        return {
            path
            for path, scope in self._graph.scopes.items()
            if scope.column is not None or len(groups.get(path, ())) > 1
        }

    def _dissolve(self, box: Box) -> Item | None:
        """What stands for a box with a single item: the item, under the box's name. None for other boxes."""
        if len(box.children) != 1:
            return None
        child = box.children[0]
        if isinstance(child, Leaf):
            child.name = box.name or child.name
            return child
        if box.name:
            child.name = f"{box.name}.{child.name}" if child.name else box.name
        child.around = (box.path, *child.around)
        return child

    def _condense(self, children: list[Item]) -> list[Item]:
        """The children, each layer joined with the small ones around it."""
        after = {link.source: link.target for link in self._links(children)}
        heads = set(after) - set(after.values())
        joined: dict[Leaf, Leaf] = {}
        for head in heads:
            chain = [head]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            for parts in _partition(chain):
                joined |= dict.fromkeys(parts, _join(parts))
        result = dict.fromkeys(joined.get(c, c) if isinstance(c, Leaf) else c for c in children)
        return list(result)

    def _links(self, children: list[Item]) -> Iterator[_Link]:
        last_of = {child.layers[-1].id: child for child in children if isinstance(child, Leaf)}
        for child in children:
            if not isinstance(child, Leaf):
                continue
            edges = self._wires.into[child.layers[0].id]
            if len(edges) != 1 or edges[0].skip or edges[0].crosses:
                continue
            source = last_of.get(edges[0].source)
            if source is None or source.role == "input" or source.group != child.group:
                continue
            if self._wires.readers[edges[0].source] == 1:
                yield _Link(source, child)


def _around(scope: str) -> Iterator[str]:
    """A scope's path and those of all scopes around it, the net itself left out."""
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]


def _run(layer: Layer) -> str:
    """``@2`` for a layer of the second run, "" for one of the first."""
    return layer.id[len(layer.path) :] if layer.reuses else ""


def _is_main(leaf: Leaf) -> bool:
    return leaf.kind not in _MINOR or any(_resamples(layer) for layer in leaf.layers)


def _resamples(layer: Layer) -> bool:
    """True when it changes a spatial extent by a factor of two or more, which is worth a node of its own."""
    if not layer.inputs or len(layer.inputs[0]) != len(layer.output):
        return False
    pairs = zip(layer.inputs[0][1:], layer.output[1:], strict=True)
    return any(max(old, new) >= 2 * min(old, new) for old, new in pairs)


def _leaf(layer: Layer, *, again: bool) -> Leaf:
    operation = layer.operation
    roles: dict[str, Role] = {"merge": "merge", "transfer": "merge", "input": "input"}
    role = roles.get(operation.kind, "layer")
    return Leaf(
        role=role,
        layers=[layer],
        title=layer.name if role == "input" else layer.label,
        kind=operation.kind,
        shape=layer.output,
        after=("same weights again",) if again else (),
        name=layer.name if layer.named and role != "input" else "",
        group=layer.group,
    )


def _partition(chain: list[Leaf]) -> Iterator[list[Leaf]]:
    """Split a chain into the leaves that are drawn as one; each has at most one main layer.

    Small layers go with the main one before them, except a dropout right before a main layer. In a chain that
    starts with a normalisation or an activation (pre-activation), they go with the main one after them.
    """
    mains = [index for index, leaf in enumerate(chain) if _is_main(leaf)]
    if not mains:
        yield chain
        return
    forward = chain[0].kind in {"norm", "activation"}
    cuts = [0]
    for previous, main in pairwise(mains):
        start = previous + 1 if forward else main
        while not forward and start - 1 > previous and chain[start - 1].kind == "dropout":
            start -= 1
        cuts.append(start)
    for start, end in zip(cuts, [*cuts[1:], len(chain)], strict=True):
        yield chain[start:end]


def _join(parts: list[Leaf]) -> Leaf:
    """One leaf for several in a row."""
    at = next((index for index, leaf in enumerate(parts) if _is_main(leaf)), 0)
    main = parts[at]
    return replace(
        main,
        layers=[layer for leaf in parts for layer in leaf.layers],
        before=tuple(word for leaf in parts[:at] for word in _words(leaf)) + main.before,
        after=main.after + tuple(word for leaf in parts[at + 1 :] for word in _words(leaf)),
        shape=parts[-1].shape,
    )


def _words(leaf: Leaf) -> tuple[str, ...]:
    return (*leaf.before, leaf.title, *leaf.after)


def _finish(tree: Tree) -> None:
    """Fill in what boxes know only once the flows are there: the shape they give and their group."""

    def finish(box: Box) -> None:
        inside = set(leaves(box))
        for child in box.children:
            if isinstance(child, Box):
                finish(child)
        groups = {leaf.group for leaf in inside}
        box.group = groups.pop() if len(groups) == 1 else None
        giving = [f.source for leaf in leaves(box) for f in tree.flows.out_of(leaf) if f.target not in inside]
        box.shape = (giving or list(leaves(box)))[-1].shape

    finish(tree.root)
