"""A comparison as plain data, for other programs."""

from __future__ import annotations

from netcompiler.comparison import facts
from netcompiler.comparison.comparison import Change, Comparison, Pair
from netcompiler.cost import Totals
from netcompiler.graph import Graph, Layer, Output
from netcompiler.operations.arguments import Initializer

Record = dict[str, object]


def plain(comparison: Comparison) -> Record:
    """What differs, as dictionaries, lists, numbers and strings."""
    before, after = comparison.totals
    return {
        "equal": comparison.equal,
        "before": _net(comparison.before, before),
        "after": _net(comparison.after, after),
        "same": sum(not (pair.changes or pair.renamed) for pair in comparison.pairs),
        "removed": [_layer(layer) for layer in comparison.removed],
        "added": [_layer(layer) for layer in comparison.added],
        "changed": [_pair(pair) for pair in comparison.changed],
        "renamed": [{"before": p.before.id, "after": p.after.id} for p in comparison.renamed],
        "outputs": [{"before": _output(x.before), "after": _output(x.after)} for x in comparison.outputs],
    }


def _net(graph: Graph, sums: Totals) -> Record:
    return {
        "name": graph.name,
        "layers": len(graph.nx),
        "parameters": sums.parameters,
        "macs": sums.macs,
    }


def _layer(layer: Layer) -> Record:
    return {
        "id": layer.id,
        "path": layer.path,
        "operation": layer.operation.name,
        "label": facts.label(layer),
        "arguments": {name: _value(value) for name, value in layer.args.items()},
        "output": list(layer.output),
        "parameters": layer.parameters,
        "macs": layer.macs,
        "group": layer.group,
    }


def _pair(pair: Pair) -> Record:
    return {"before": pair.before.id, "after": pair.after.id, "changes": [_change(x) for x in pair.changes]}


def _change(change: Change) -> Record:
    return {
        "what": change.what,
        **({"name": change.name} if change.name else {}),
        "before": _value(change.before),
        "after": _value(change.after),
    }


def _output(output: Output | None) -> Record | None:
    if output is None:
        return None
    return {
        "name": output.name,
        "layer": output.layer,
        "shape": list(output.shape),
        "training_only": output.training_only,
    }


def _value(value: object) -> object:
    if isinstance(value, Initializer):
        return str(value)
    return list(map(_value, value)) if isinstance(value, tuple) else value
