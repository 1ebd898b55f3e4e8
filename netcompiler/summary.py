"""A net as a table of text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from textwrap import wrap

from netcompiler.cost import Totals, totals, transfers
from netcompiler.graph import Graph, Layer

_UNITS = ("conv", "linear", "input")
"""Kinds whose outputs are counted as neurons, as Krizhevsky et al. (2012) do."""

_WIDTH = 100
_LABEL = 40


def summarise(graph: Graph) -> str:
    """The net's layers with shapes and costs, totals, and the traffic between groups, as text."""
    header = ["layer", "operation", "output shape", "parameters", "MACs", "neurons"]
    if graph.groups:
        header.append("group")
    rows = [_row(layer, graph) for layer in graph.layers()]
    lines = [graph.name, *(line for line in graph.title if line), ""]
    lines += _table(header, rows, left={0, 1, 2, 6})
    lines += ["", f"total: {_totals(totals(graph.layers()))}"]
    for group in graph.groups:
        lines.append(f"on {group}: {_totals(totals(x for x in graph.layers() if x.group == group))}")
    lines += chain(_columns(graph), _transfers(graph))
    return "\n".join(lines) + "\n"


def _row(layer: Layer, graph: Graph) -> list[str]:
    label = "input" if layer.operation.kind == "input" else layer.label
    again = layer.reuses and bool(layer.operation.weights(layer.call))
    row = [
        layer.path,
        label if len(label) <= _LABEL else label[: _LABEL - 1] + "…",
        "×".join(map(str, layer.output)),
        "reused" if again else _number(layer.parameters),
        _number(layer.macs),
        _number(layer.neurons) if layer.operation.kind in _UNITS else "",
    ]
    if graph.groups:
        row.append(layer.group or "")
    return row


def _columns(graph: Graph) -> list[str]:
    """The neurons of layers that several columns have, counted together, as papers print them."""
    neurons: dict[str, int] = {}
    for layer in graph.layers():
        if layer.operation.kind in _UNITS and not layer.reuses:
            name = layer.path if layer.group is None else _without_column(layer, graph)
            neurons[name] = neurons.get(name, 0) + layer.neurons
    if not any(layer.columns for layer in graph.layers()):
        return []
    text = ", ".join(f"{name} {count:,}" for name, count in neurons.items())
    return wrap(f"neurons, columns together: {text}", _WIDTH)


def _without_column(layer: Layer, graph: Graph) -> str:
    """A layer's path with the column's scope left out."""
    parts = layer.path.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        if graph.scopes[".".join(parts[:depth])].column is not None:
            del parts[depth - 1]
    return ".".join(parts)


def _transfers(graph: Graph) -> list[str]:
    if not graph.groups:
        return []
    moved = transfers(graph)
    total = sum(t.bytes for t in moved)
    lines = ["", f"between groups: {total:,} bytes a sample, forward, in single precision"]
    rows = [[t.layer, f"{t.source} → {t.target}", f"{t.bytes:,}", _readers(t.readers)] for t in moved]
    return lines + (_table(["value", "way", "bytes", "read by"], rows, left={0, 1, 3}) if rows else [])


def _readers(ids: Sequence[str]) -> str:
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")


def _totals(sums: Totals) -> str:
    return f"{sums.parameters:,} parameters, {sums.macs:,} MACs, {sums.layers:,} layers with weights"


def _number(value: int) -> str:
    return f"{value:,}" if value else ""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], left: set[int]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if index in left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    return [line(header), "  ".join("─" * width for width in widths), *map(line, rows)]
