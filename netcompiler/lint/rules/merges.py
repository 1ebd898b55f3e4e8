"""Values that are merged with themselves, or computed and cut away."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic, Label
from netcompiler.graph import Layer
from netcompiler.lint.rule import layer_rule
from netcompiler.lint.wiring import Wiring

_RESULTS = {"add": "twice the value", "subtract": "always 0", "maximum": "the value itself"}
"""What a merge of a value with itself gives."""


@layer_rule("W113", "value is merged with itself", *_RESULTS)
def merged_with_itself(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """``add``, ``subtract`` or ``maximum`` of one value twice, and a residual without layers."""
    twice = wiring.read_twice(layer)
    if twice is None:
        return None
    name = layer.operation.name
    message = f"`{name}` of a value and itself"
    if len(layer.inputs) == 2:
        message += f" is {_RESULTS[name]}"
    notes = (wiring.where(layer), f"both are what `{twice.path}` gives")
    help = "name another value, or take the merge out"
    return Diagnostic("W113", message, layer.span.head, notes=notes, help=help)


@layer_rule("W105", "value is never used", "dropout", "times")
def lost_value(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A layer that lets nothing of its input through."""
    args = layer.args
    if layer.operation.kind == "dropout" and args["p"] == 1:
        message = f"`{layer.operation.name}` with a `p` of 1 drops everything in training"
        help = "`p` is the part that is dropped: let it be below 1"
    elif args.get("factor") == 0:
        message = "`times(0)` is always 0, whatever comes before it"
        help = "take it out, and the steps before it"
    else:
        return None
    notes = (wiring.where(layer), "the layers before it learn nothing through it")
    return Diagnostic("W105", message, layer.span, notes=notes, help=help)


@layer_rule("W105", "value is never used", "narrow")
def cut_away(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A ``narrow`` of a concatenation, straight after it, that leaves out a whole branch."""
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
            message = "what this gives is concatenated with other values and cut off again"
            stay = f"of {total} entries {start} to {stop - 1} stay, and these are {begin} to {end - 1}"
            labels = (Label(layer.span, "cut off here"),)
            help = "take the branch out, or keep its entries"
            notes = (wiring.where(source), stay)
            return Diagnostic("W105", message, source.span.head, notes=notes, help=help, labels=labels)
        begin = end
    return None
