"""Changes in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from netcompiler.comparison.comparison import Change, OutputChange, Pair
from netcompiler.cost import totals
from netcompiler.graph import Layer, Output
from netcompiler.operations.arguments import Initializer, literal_text
from netcompiler.operations.base import Call, Shape, ShapeError

COSTS = ("parameters", "MACs")


def signed(number: int) -> str:
    """``+1,234``, ``−1,234`` or ``0``."""
    return f"{number:+,}".replace("-", "−") if number else "0"


def percent(before: int, after: int) -> str:
    """``+12.3 %``; nothing where there is no difference or nothing to compare with."""
    if before in {after, 0}:
        return ""
    return f"{100 * (after - before) / before:+,.1f} %".replace("-", "−")


def shape(extents: Shape) -> str:
    """``256×56×56``; ``1`` for a single number."""
    return "×".join(map(str, extents)) or "1"


def count(number: int, noun: str) -> str:
    """``1 layer``, ``2 layers``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def whole(what: str, before: int, after: int) -> str:
    """``parameters 36,864 → 4,096 (−32,768)``."""
    return f"{what} {before:,} → {after:,} ({signed(after - before)})"


Number = Callable[[str, int, int], str]
"""How numbers that have changed are written: what it is, before and after."""


def label(layer: Layer) -> str:
    """What a layer does, in short."""
    return "input" if layer.operation.kind == "input" else layer.label


def name(layer: Layer) -> str:
    """What a layer is called: its path, with the number of the run where it runs once more."""
    return layer.id if layer.reuses else layer.path


def costs(layers: Sequence[Layer]) -> Iterator[str]:
    """``4,096 parameters``, ``12,845,056 MACs``: what some layers cost together, nothing for nothing."""
    sums = totals(layers)
    for what, value in zip(COSTS, (sums.parameters, sums.macs), strict=True):
        if value:
            noun = what if value != 1 else what.removesuffix("s")
            yield f"{value:,} {noun}"


def of_layer(layer: Layer) -> Iterator[str]:
    """A layer that only one of the nets has."""
    yield label(layer)
    if layer.group is not None:
        yield f"on {layer.group}"
    if layer.reuses:
        yield f"with the weights of {layer.path}"
    yield f"output {shape(layer.output)}"
    yield from costs([layer])


def of_pair(pair: Pair) -> Iterator[str]:
    """All that has changed about a layer, names left out."""
    if is_relabelled(pair):
        yield f"{label(pair.before)} → {label(pair.after)}"
    yield from of_changes(pair)
    yield from of_sizes([pair])


def is_relabelled(pair: Pair) -> bool:
    """True when a layer does something else, or does it in another way that its label shows."""
    return pair.before.operation is not pair.after.operation or label(pair.before) != label(pair.after)


def of_changes(pair: Pair) -> Iterator[str]:
    """What has changed about a layer, but for sizes and costs, and for what its label shows."""
    for change in pair.changes:
        text = _of_change(change, pair)
        if text:
            yield text


def _of_change(change: Change, pair: Pair) -> str:
    before, after = change.before, change.after
    if change.what == "argument":
        # An input has no argument but its shape, which is its output's.
        return (
            ""
            if pair.after.operation.kind == "input" or _is_told(change.name, pair)
            else f"{change.name} {_value(before)} → {_value(after)}"
        )
    if change.what == "input":
        return _of_input(before, after)
    if change.what == "group":
        return f"{_group(before)} → {_group(after)}"
    if change.what == "weights":
        return f"weights: {before} → {after}"
    return ""


def _is_told(name: str, pair: Pair) -> bool:
    """True when the layer's label shows this argument, and so that it has changed."""
    if pair.before.operation is not pair.after.operation:
        return False
    after = pair.after
    try:
        other = after.operation.label(Call(after.inputs, {**after.args, name: pair.before.args[name]}))
    except ShapeError:
        return False
    return other != after.label


def _value(value: object) -> str:
    return str(value) if isinstance(value, Initializer) else literal_text(value)


def _of_input(before: object, after: object) -> str:
    if before is None:
        return f"also reads {after}"
    if after is None:
        return f"no longer reads {before}"
    if before == after:
        return f"reads another layer, which is called {after} now"
    return f"reads {after} instead of {before}"


def _group(name: object) -> str:
    return "no group" if name is None else f"on {name}"


def of_sizes(pairs: Sequence[Pair], number: Number = whole) -> Iterator[str]:
    """How the sizes and costs of some layers have changed: the last output, and what they add up to."""
    outputs = [pair for pair in pairs if pair.before.output != pair.after.output]
    if outputs:
        yield f"output {shape(outputs[-1].before.output)} → {shape(outputs[-1].after.output)}"
    yield from of_costs([pair.before for pair in pairs], [pair.after for pair in pairs], number)


def of_costs(before: Iterable[Layer], after: Iterable[Layer], number: Number = whole) -> Iterator[str]:
    """What some layers cost together in either net, where that has changed."""
    first, second = totals(before), totals(after)
    if first.parameters != second.parameters:
        yield number("parameters", first.parameters, second.parameters)
    if first.macs != second.macs:
        yield number("MACs", first.macs, second.macs)


def of_output(change: OutputChange) -> tuple[str, str, tuple[str, ...]]:
    """A sign, what it is about, and what has changed."""
    before, after = change.before, change.after
    if before is None:
        assert after is not None
        return "+", f"output {after.name}", (_output(after),)
    if after is None:
        return "-", f"output {before.name}", (_output(before),)
    return "~", f"output {after.name}", (f"{_output(before)} → {_output(after)}",)


def _output(output: Output) -> str:
    return f"value of {output.layer}, {shape(output.shape)}" + (
        ", training only" if output.training_only else ""
    )
