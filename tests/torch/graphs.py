"""Graphs made by hand, so that tests of the backend need no parser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import netcompiler.operations  # noqa: F401  (registers every operation)
from netcompiler.code import Literal
from netcompiler.graph import BYTES_PER_ELEMENT, Edge, Graph, Layer, Output, Scope
from netcompiler.operations.base import OPERATIONS, ArgumentValue, Call
from netcompiler.source import Source, Span

SPAN = Span(Source("test", ""), 0, 0)


class Builder:
    """Adds layers to a graph; every method gives the layer's id."""

    def __init__(self, name: str = "net", groups: tuple[str, ...] = ()) -> None:
        self.graph = Graph(name, groups=groups)
        self.graph.scopes[""] = Scope("", name, {}, None, None, SPAN)
        self._runs: dict[str, int] = {}

    def scope(self, path: str, definition: str, arguments: Mapping[str, Literal] | None = None) -> None:
        """Declare a scope that is a block's call."""
        self.graph.scopes[path] = Scope(path, definition, arguments or {}, None, None, SPAN)

    def input(self, name: str, *shape: int) -> str:
        layer = Layer(
            f"input:{name}", name, OPERATIONS["input"], {}, (), shape, "", None, (), False, True, SPAN
        )
        self.graph.add_layer(layer)
        self.graph.inputs.append(layer.id)
        return layer.id

    def add(
        self,
        operation: str,
        path: str,
        reads: str | Sequence[str],
        *,
        group: str | None = None,
        columns: tuple[str, ...] = (),
        skips: Sequence[str] = (),
        **given: ArgumentValue,
    ) -> str:
        """Add a layer; the last part of the path is a position when it is a number."""
        what = OPERATIONS[operation]
        sources = [reads] if isinstance(reads, str) else [*reads]
        args = {p.name: given.get(p.name, p.default) for p in what.parameters}
        inputs = tuple(self.graph.layer(source).output for source in sources)
        scope, _, name = path.rpartition(".")
        for end in [i for i, c in enumerate(path) if c == "."]:
            self.graph.scopes.setdefault(path[:end], Scope(path[:end], None, {}, None, None, SPAN))
        self._runs[path] = self._runs.get(path, 0) + 1
        reuses = self._runs[path] > 1
        id = f"{path}@{self._runs[path]}" if reuses else path
        shape = what.shape(Call(inputs, args))
        named = not name.isdigit()
        self.graph.add_layer(
            Layer(id, path, what, args, inputs, shape, scope, group, columns, reuses, named, SPAN)
        )
        for i, source in enumerate(sources):
            there = self.graph.layer(source)
            crosses = there.group is not None and there.group != group
            self.graph.add_edge(
                Edge(source, id, i, source in skips, crosses, crosses, BYTES_PER_ELEMENT * there.neurons)
            )
        return id

    def output(self, layer: str, name: str = "out", *, training_only: bool = False) -> None:
        self.graph.outputs.append(Output(name, layer, self.graph.layer(layer).output, training_only, SPAN))


def chain(*layers: tuple[str, dict[str, ArgumentValue]], shape: tuple[int, ...] = (3, 8, 8)) -> Graph:
    """A net of unnamed layers, one after the other."""
    net = Builder()
    value = net.input("image", *shape)
    for i, (operation, args) in enumerate(layers):
        value = net.add(operation, str(i), value, **args)
    net.output(value)
    return net.graph
