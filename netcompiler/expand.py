"""The flat net as a spec: blocks, repeats, parameters and conditions all unrolled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netcompiler.graph import Edge, Graph, Layer
from netcompiler.operations.arguments import Initializer, literal_text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def expand(graph: Graph) -> str:
    """A spec without blocks, whose net has the same layers, names, shapes and edges as ``graph``."""
    return "\n".join(_Expander(graph).lines()) + "\n"


class _Expander:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.current: str | None = None
        self.prefix = ""
        self.taken = {layer.path for layer in graph.layers()}
        self.names: dict[str, str] = {}

    def lines(self) -> list[str]:
        graph = self.graph
        lines = [f"# {line}".rstrip() for line in graph.title]
        if lines:
            lines.append("")
        lines.append(f"net {graph.name} {{")
        if graph.groups:
            lines.append("  group " + ", ".join(graph.groups))
        layers = list(graph.layers())
        index = 0
        while index < len(layers):
            index = self._next(layers, index, lines)
        outputs = graph.outputs
        if not (len(outputs) == 1 and outputs[0].name == "output" and outputs[0].layer == self.current):
            for output in outputs:
                condition = " if training" if output.training_only else ""
                lines.append(f"  output {self._reference(output.layer)}{condition}")
        return [*lines, "}"]

    def _next(self, layers: list[Layer], index: int, lines: list[str]) -> int:
        layer = layers[index]
        if layer.operation.kind == "input":
            shape = ", ".join(map(str, layer.output))
            lines.append(f"  input {layer.path} [{shape}]")
            self.current = layer.id
            return index + 1
        if not layer.columns:
            start, text = self._step(layer)
            text = text if layer.group is None else f"on {layer.group} {{ {text} }}"
            lines.append(f"  {start}{text}")
            return index + 1
        return self._columns(layers, index, lines)

    def _columns(self, layers: list[Layer], index: int, lines: list[str]) -> int:
        """All parts of one ``columns``: its first column says what every column has."""
        groups = layers[index].columns
        end = index
        while end < len(layers) and layers[end].columns == groups:
            end += 1
        self.prefix = self._column_prefix(layers[index])
        label = self.prefix.removesuffix(groups[0] + ".").removesuffix(".")
        lines.append(f"  {_label(label)}columns {', '.join(groups)} {{")
        lines += ["    " + "".join(self._step(x)) for x in layers[index:end] if x.group == groups[0]]
        lines.append("  }")
        self.prefix = ""
        return end

    def _column_prefix(self, layer: Layer) -> str:
        parts = layer.path.split(".")
        for depth in range(1, len(parts)):
            path = ".".join(parts[:depth])
            if self.graph.scopes[path].column is not None:
                return path + "."
        raise AssertionError(f"{layer.path} stands in no column")

    def _step(self, layer: Layer) -> tuple[str, str]:
        """The line, or lines, that add a layer, and before it the value that it starts from.

        The two are apart because a value of another group is brought over by entering ``on`` with it.
        """
        label = self._label(layer)
        edges = self.graph.operands(layer.id)
        arguments = [self._reference_text(layer.path)] if layer.reuses else list(_arguments(layer))
        operation = "reuse" if layer.reuses else layer.operation.name
        if layer.operation.kind == "transfer":
            edges = edges[:1]
        if not edges:
            self.current = layer.id
            return "", f"{label}{_call(operation, arguments)}"
        abroad = next((e.source for e in edges if e.crosses and not layer.columns), None)
        plain = [edge.skip for edge in edges] == [False] + [True] * (len(edges) - 1)
        if not plain or abroad not in (None, edges[0].source):
            start = "" if abroad is None else self._from(abroad)
            return start, self._branches(f"{label}{_call(operation, arguments)}", edges, layer, abroad)
        start = self._from(edges[0].source)
        others = [self._reference(edge.source) for edge in edges[1:]]
        self.current = layer.id
        # The step that `reuse` names stands before the values it reads.
        arguments = arguments + others if layer.reuses else others + arguments
        return start, f"{label}{_call(operation, arguments)}"

    def _from(self, id: str) -> str:
        return "" if id == self.current else f"from {self._reference(id)} -> "

    def _branches(self, call: str, edges: list[Edge], layer: Layer, entering: str | None) -> str:
        """A merge whose values are not the current one and skips past it: a branch for each.

        ``entering`` is the value of another group, which only the current value may be.
        """
        lines = [
            "identity"
            if edge.source == entering
            else f"from {self._reference(edge.source)}" + ("" if edge.skip else " -> identity")
            for edge in edges
        ]
        self.current = layer.id
        return f"{call} {{\n" + "".join(f"    {line}\n" for line in lines) + "  }"

    def _label(self, layer: Layer) -> str:
        """What a step is called: a further run has a name of its own, by which its value can be read."""
        name = layer.path
        if layer.reuses:
            name = layer.id.replace("@", "_run")
            while name in self.taken:
                name += "_"
            self.taken.add(name)
            self.names[layer.id] = name
        return _label(name.removeprefix(self.prefix))

    def _reference(self, id: str) -> str:
        return self._reference_text(self.names.get(id) or self.graph.layer(id).path)

    def _reference_text(self, path: str) -> str:
        path = path.removeprefix(self.prefix)
        return path if all(_NAME.fullmatch(part) for part in path.split(".")) else f'"{path}"'


def _arguments(layer: Layer) -> Iterator[str]:
    """A layer's arguments: those that must be given first and without names, as one writes them."""
    positional = not layer.operation.merges
    for parameter in layer.operation.parameters:
        value = layer.args[parameter.name]
        positional = positional and parameter.required
        if positional:
            yield _value(value)
        elif value != parameter.default or type(value) is not type(parameter.default):
            yield f"{parameter.name}={_value(value)}"


def _call(operation: str, arguments: list[str]) -> str:
    return f"{operation}({', '.join(arguments)})" if arguments else operation


def _label(name: str) -> str:
    if not name:
        return ""
    return f"{name}: " if _NAME.fullmatch(name) else f'"{name}": '


def _value(value: object) -> str:
    return str(value) if isinstance(value, Initializer) else literal_text(value)
