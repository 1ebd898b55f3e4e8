"""What the tests of the language ask of a spec."""

from __future__ import annotations

from collections.abc import Mapping

from netcompiler import Net, loads, pipeline
from netcompiler.graph import Layer
from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.source import Source


def net(body: str, before: str = "", shape: str = "[3, 32, 32]", **parameters: object) -> Net:
    """A net with this body, and these definitions before it."""
    return loads(f"{before}\nnet n {{\n  input image {shape}\n{body}\n}}", "n", **parameters)


def paths(body: str, before: str = "", shape: str = "[3, 32, 32]") -> list[str]:
    """The paths of a net's layers, inputs left out."""
    return [layer.path for layer in net(body, before, shape).layers if layer.operation.kind != "input"]


def operations(body: str, before: str = "", shape: str = "[3, 32, 32]") -> list[str]:
    """The operations of a net's layers, inputs left out."""
    return [x.operation.name for x in net(body, before, shape).layers if x.operation.kind != "input"]


def by_path(built: Net) -> Mapping[str, Layer]:
    return {layer.id: layer for layer in built.layers}


def reads(built: Net) -> Mapping[str, list[str]]:
    """What each layer reads, in order; a skip connection is marked with `~`."""
    graph = built._graph
    return {
        layer.id: [("~" if e.skip else "") + e.source for e in graph.operands(layer.id)]
        for layer in built.layers
        if layer.operation.kind != "input"
    }


def found(text: str, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """The codes of what is wrong with a spec."""
    return [d.code for d in pipeline.check(Source("a.net", text), limits, {})]


def wrong(body: str, before: str = "", shape: str = "[3, 32, 32]") -> list[str]:
    """The codes of what is wrong with a net's body."""
    return found(f"{before}\nnet n {{\n  input image {shape}\n{body}\n}}")
