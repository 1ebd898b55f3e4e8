"""A net as a table of text."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.cost import Totals, totals, transfers
from netcompiler.graph import Graph, Layer

_UNITS = ("conv", "linear", "input")
"""Kinds whose outputs are counted as neurons, as Krizhevsky et al. (2012) do."""


def summarise(graph: Graph) -> str:
    """The net's layers with shapes and costs, totals, and the traffic between groups, as text."""
    title = [line for line in graph.title if line]
    lines = [f"{graph.name}: {' '.join(title)}" if title else graph.name, ""]
    header = ["layer", "operation", "output shape", "parameters", "MACs", "neurons"]
    if graph.groups:
        header.append("group")
    rows = [_row(layer, graph) for layer in graph.layers()]
    lines += _table(header, rows, left={0, 1, 2, 6})
    whole = totals(graph.layers())
    lines += ["", _totals("total", whole)]
    if graph.groups:
        lines += _groups(graph)
    return "\n".join(lines) + "\n"


def _row(layer: Layer, graph: Graph) -> list[str]:
    counted = layer.operation.kind in _UNITS
    parameters = (
        f"= {layer.path}"
        if layer.reuses and layer.operation.weights(layer.call)
        else _number(layer.parameters)
    )
    row = [
        layer.path,
        layer.label if layer.operation.kind != "input" else "input",
        "×".join(map(str, layer.output)),
        parameters,
        _number(layer.macs),
        _number(layer.neurons) if counted else "",
    ]
    if graph.groups:
        row.append(layer.group or "")
    return row


def _groups(graph: Graph) -> list[str]:
    lines = []
    for group in graph.groups:
        lines.append(_totals(f"on {group}", totals(x for x in graph.layers() if x.group == group)))
    moved = transfers(graph)
    lines += [
        "",
        f"between groups: {sum(t.bytes for t in moved):,} bytes a sample, forward, in single precision",
    ]
    rows = [
        [t.layer, f"{t.source} → {t.target}", f"{t.bytes:,}", "for " + ", ".join(t.readers)] for t in moved
    ]
    return lines + _table(["value", "way", "bytes", ""], rows, left={0, 1, 3})


def _totals(what: str, sums: Totals) -> str:
    return f"{what}: {sums.parameters:,} parameters, {sums.macs:,} MACs, {sums.layers} layers with weights"


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
