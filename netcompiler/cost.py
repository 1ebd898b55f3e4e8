"""What a net costs: totals, and the traffic between placement groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netcompiler.graph import BYTES_PER_ELEMENT, Graph, Layer


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over layers.

    Attributes:
        parameters: learned numbers; shared ones count once.
        macs: multiply-accumulate operations a sample.
        layers: layers with weights.
    """

    parameters: int
    macs: int
    layers: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """A value that goes from one placement group to another.

    Attributes:
        layer: id of the layer that gives it.
        source: the group it leaves.
        target: the group it goes to.
        bytes: its size in single precision, a sample.
        readers: ids of the layers that read it there.
    """

    layer: str
    source: str
    target: str
    bytes: int
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What layers need to hold, in bytes of single precision.

    Attributes:
        parameters: learned numbers; shared ones count once.
        activations: the outputs of all of them, a sample: what a backward pass reads when nothing is computed
            again or in place. The net's inputs are left out.
    """

    parameters: int
    activations: int


def totals(layers: Iterable[Layer]) -> Totals:
    """Sums over some layers."""
    chosen = list(layers)
    return Totals(
        sum(layer.parameters for layer in chosen),
        sum(layer.macs for layer in chosen),
        sum(bool(layer.weights) for layer in chosen),
    )


def memory(layers: Iterable[Layer]) -> Memory:
    """The memory of some layers."""
    chosen = [layer for layer in layers if layer.operation.kind != "input"]
    return Memory(
        BYTES_PER_ELEMENT * sum(layer.parameters for layer in chosen),
        BYTES_PER_ELEMENT * sum(layer.neurons for layer in chosen),
    )


def transfers(graph: Graph) -> list[Transfer]:
    """Every value that crosses between groups, once for each group it goes to, in the order of layers."""
    readers: dict[tuple[str, str], list[str]] = {}
    for edge in graph.edges():
        if edge.crosses:
            readers.setdefault((edge.source, graph.layer(edge.target).group or ""), []).append(edge.target)
    sizes = {edge.source: edge.bytes for edge in graph.edges()}
    return [
        Transfer(layer, graph.layer(layer).group or "", target, sizes[layer], tuple(targets))
        for (layer, target), targets in readers.items()
    ]
