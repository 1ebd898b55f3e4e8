"""A net as a table of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from textwrap import wrap

from netcompiler.cost import Totals, totals, transfers
from netcompiler.graph import Graph, Layer
from netcompiler.partition import Traffic
from netcompiler.placement.facts import GroupFacts, bubble, group_facts, pipeline_of
from netcompiler.tables import table

_UNITS = ("conv", "linear", "input")
"""Kinds whose outputs are counted as neurons, as Krizhevsky et al. (2012) do."""

_WIDTH = 100
_LABEL = 40


def summarise(graph: Graph, microbatches: Sequence[int] = ()) -> str:
    """The net's layers with shapes and costs, totals, what each group costs, and the traffic between groups.

    ``microbatches`` are the parts of a batch for which a pipeline's bubble is given.
    """
    header = ["layer", "operation", "output shape", "parameters", "MACs", "neurons"]
    if graph.groups:
        header.append("group")
    rows = [_row(layer, graph) for layer in graph.layers()]
    lines = [graph.name, *(line for line in graph.title if line), ""]
    lines += table(header, rows, left={0, 1, 2, 6})
    lines += ["", f"total: {_totals(totals(graph.layers()))}"]
    lines += chain(_columns(graph), _groups(graph, microbatches), _transfers(graph))
    return "\n".join(lines) + "\n"


def groups_text(graph: Graph, microbatches: Sequence[int] = ()) -> str:
    """What each group costs and what is sent between them, without the layers."""
    lines = [*_groups(graph, microbatches), *_transfers(graph)]
    return "\n".join(lines[1:]) + "\n"


def plain(graph: Graph, microbatches: Sequence[int] = ()) -> dict[str, object]:
    """What `summarise` shows, as dictionaries, lists, numbers and strings. Bytes are those of a sample."""
    sums = totals(graph.layers())
    return {
        "net": graph.name,
        "title": list(graph.title),
        "layers": [_plain_layer(layer) for layer in graph.layers()],
        "parameters": sums.parameters,
        "macs": sums.macs,
        "groups": [_plain_group(facts) for facts in group_facts(graph)],
        "transfers": [asdict(transfer) for transfer in transfers(graph)],
        "pipeline": _plain_pipeline(graph, microbatches),
    }


def _plain_layer(layer: Layer) -> dict[str, object]:
    return {
        "layer": layer.path,
        "operation": layer.operation.name,
        "output": list(layer.output),
        "parameters": layer.parameters,
        "macs": layer.macs,
        "reused": layer.reuses,
        "group": layer.group,
    }


def _plain_group(facts: GroupFacts) -> dict[str, object]:
    return {
        "group": facts.group,
        "layers_with_weights": facts.layers,
        "parameters": facts.parameters,
        "macs": facts.macs,
        "parameter_bytes": facts.memory.parameters,
        "activation_bytes": facts.memory.activations,
        "sent": asdict(facts.sent),
        "received": asdict(facts.received),
    }


def _plain_pipeline(graph: Graph, microbatches: Sequence[int]) -> dict[str, object] | None:
    stages = pipeline_of(graph)
    if stages is None:
        return None
    counts = microbatches or _usual(len(stages))
    return {"stages": list(stages), "bubbles": [asdict(bubble(graph, count)) for count in counts]}


def _groups(graph: Graph, microbatches: Sequence[int]) -> list[str]:
    """A table of the groups, and of a pipeline the bubble."""
    header = ["group", "weighted", "parameters", "MACs", "activations", "sent", "back", "received", "back"]
    rows = [
        [
            facts.group,
            str(facts.layers),
            f"{facts.parameters:,}",
            f"{facts.macs:,}",
            f"{facts.memory.activations:,}",
            *_both(facts.sent),
            *_both(facts.received),
        ]
        for facts in group_facts(graph)
    ]
    if not rows:
        return []
    note = (
        "weighted: layers with weights; activations, sent and received: bytes a sample in single precision,"
    )
    lines = ["", *table(header, rows, left={0}), note, "forward, and back for the gradients"]
    return lines + _pipeline(graph, microbatches)


def _both(traffic: Traffic) -> list[str]:
    return [f"{traffic.forward:,}", f"{traffic.backward:,}"]


def _pipeline(graph: Graph, microbatches: Sequence[int]) -> list[str]:
    stages = pipeline_of(graph)
    if stages is None:
        return ["", "no pipeline: some groups wait for each other"] if microbatches and graph.groups else []
    found = [bubble(graph, count) for count in microbatches or _usual(len(stages))]
    lines = ["", f"a pipeline of {len(stages)} stages: {' → '.join(stages)}"]
    rows = [[str(b.microbatches), f"{b.even:.1%}", f"{b.uneven:.1%}"] for b in found]
    return lines + table(["micro-batches", "idle, even stages", "idle, by MACs"], rows, left=set())


def _usual(stages: int) -> tuple[int, ...]:
    """Numbers of micro-batches that show what they do: one a stage, and four and sixteen times as many."""
    return stages, 4 * stages, 16 * stages


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
    return lines + (table(["value", "way", "bytes", "read by"], rows, left={0, 1, 3}) if rows else [])


def _readers(ids: Sequence[str]) -> str:
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")


def _totals(sums: Totals) -> str:
    return f"{sums.parameters:,} parameters, {sums.macs:,} MACs, {sums.layers:,} layers with weights"


def _number(value: int) -> str:
    return f"{value:,}" if value else ""
