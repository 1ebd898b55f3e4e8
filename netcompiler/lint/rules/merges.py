"""Values that are merged with themselves, or computed and cut away."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic, Label
from netcompiler.graph import Layer
from netcompiler.lint.rule import layer_rule
from netcompiler.lint.wiring import Wiring

_RESULTS = {"add": "twice the value", "subtract": "always 0", "maximum": "the value itself"}
"""What a merge of a value with itself gives."""


@layer_rule("W113", "value is merged with itself", "merge")
def merged_with_itself(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """``add``, ``subtract`` or ``maximum`` of one value twice, and a residual without layers."""
    name = layer.operation.name
    if name not in _RESULTS:
        return None
    ids = [source.id for source in wiring.sources(layer)]
    twice = next((id for id in ids if ids.count(id) > 1), None) if len(ids) < 100 else None
    if twice is None:
        return None
    message = f"`{name}` of a value and itself"
    if len(ids) == 2:
        message += f" is {_RESULTS[name]}"
    notes = (wiring.where(layer), f"both are what `{wiring.graph.layer(twice).path}` gives")
    return Diagnostic("W113", message, layer.span.head, notes=notes)


@layer_rule("W105", "value is never used", "dropout", "activation")
def lost_value(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A layer that lets nothing of its input through."""
    args = layer.args
    if layer.operation.kind == "dropout" and args["p"] == 1:
        message = f"`{layer.operation.name}` with a `p` of 1 drops everything in training"
    elif layer.operation.name == "times" and args["factor"] == 0:
        message = "`times(0)` is always 0, whatever comes before it"
    else:
        return None
    notes = (wiring.where(layer), "the layers before it learn nothing through it")
    return Diagnostic("W105", message, layer.span, notes=notes)


@layer_rule("W105", "value is never used", "shape")
def cut_away(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A ``narrow`` of a concatenation, straight after it, that leaves out a whole branch."""
    if layer.operation.name != "narrow":
        return None
    merge = wiring.source(layer)
    if merge is None or merge.operation.name != "concat" or not wiring.only_reader(merge):
        return None
    rank = len(merge.output) + 1
    dim = layer.call.whole("dim") % rank
    if merge.call.whole("dim") % rank != dim:
        return None
    total = merge.output[dim - 1]
    start = layer.call.whole("start") % total
    stop = start + layer.call.whole("length")
    begin = 0
    for source, shape in zip(wiring.sources(merge), merge.inputs, strict=True):
        end = begin + shape[dim - 1]
        if (end <= start or begin >= stop) and wiring.only_reader(source):
            message = f"what `{source.path}` gives is put into this `concat` and cut off again"
            notes = (
                wiring.where(merge),
                f"entries {begin} to {end - 1} of {total}; {start} to {stop - 1} stay",
            )
            labels = (Label(layer.span, "cut here"),)
            return Diagnostic("W105", message, merge.span.head, notes=notes, labels=labels)
        begin = end
    return None
