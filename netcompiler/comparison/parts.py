"""A net as a tree: scopes with what stands in them, in the order in which it can be computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from netcompiler.graph import Graph, Layer


@dataclass(eq=False)
class Part:
    """A scope, or what stands for one layer or several.

    Attributes:
        path: the scope's path, or the layer's id.
        name: its last part.
        named: True when the spec names it; False when it is called by its position.
        layers: the layers that a leaf stands for; for a scope, none: they are in its children.
        children: what stands in a scope.
        definition: the block that a scope calls, or "".
        is_scope: True for a scope.
        item: what it was made of, where that matters to who made it.
    """

    path: str
    name: str
    named: bool
    layers: tuple[Layer, ...] = ()
    children: list[Part] = field(default_factory=list)
    definition: str = ""
    is_scope: bool = False
    item: object = None


def tree(graph: Graph) -> Part:
    """The net's own scope, with a leaf for each layer."""
    scopes = {path: _scope_part(graph, path) for path in graph.scopes}
    placed = {""}
    for layer in graph.layers():
        path = layer.scope
        leaf = Part(layer.id, layer.id[len(path) :].lstrip("."), layer.named, (layer,))
        scopes[path].children.append(leaf)
        # A scope stands where its first layer does: what is around it must be placed first.
        around = []
        while path not in placed:
            placed.add(path)
            around.append(path)
            path = path.rpartition(".")[0]
        for inner in reversed(around):
            scopes[inner.rpartition(".")[0]].children.append(scopes[inner])
    return scopes[""]


def _scope_part(graph: Graph, path: str) -> Part:
    scope = graph.scopes[path]
    definition = scope.definition or ""
    return Part(path, scope.name, not scope.name.isdecimal(), definition=definition, is_scope=True)


def leaves(part: Part) -> Iterator[Part]:
    """All leaves of a part, in order."""
    stack = [part]
    while stack:
        current = stack.pop()
        if current.is_scope:
            stack.extend(reversed(current.children))
        else:
            yield current


def layers(part: Part) -> Iterator[Layer]:
    """All layers of a part, in order."""
    return (layer for leaf in leaves(part) for layer in leaf.layers)


def inner(part: Part) -> list[Part]:
    """A part and all scopes in it, each after those around it."""
    found = [part]
    for scope in found:
        found += [child for child in scope.children if child.is_scope]
    return found
