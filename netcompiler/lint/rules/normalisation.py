"""Normalisations that undo what stands before them."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic, Label
from netcompiler.graph import Layer
from netcompiler.lint.rule import layer_rule
from netcompiler.lint.wiring import Wiring

_NO_STATISTICS = frozenset({"scale", "normalize"})
"""Operations of the family that normalise by no statistics: they may follow another one."""

_TAKE_MEAN_AWAY = frozenset({"batchnorm", "instancenorm"})
"""Normalisations that subtract each channel's mean."""


@layer_rule("W104", "norm straight after a norm", "norm")
def norm_after_norm(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A normalisation of a value that another one gives to it alone."""
    before = wiring.source(layer)
    if before is None or before.operation.kind != "norm" or not wiring.only_reader(before):
        return None
    if before.operation.name in _NO_STATISTICS or layer.operation.name in _NO_STATISTICS:
        return None
    message = f"`{layer.operation.name}` normalises what `{before.operation.name}` has just normalised"
    labels = (Label(before.span, "normalised here already"),) if before.span != layer.span else ()
    return Diagnostic(
        "W104", message, layer.span, notes=(wiring.where(layer),), help="one of them is enough", labels=labels
    )


@layer_rule("W106", "bias before a normalisation that takes it away", *_TAKE_MEAN_AWAY)
def bias_before_norm(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A layer with a bias whose value goes to a batch or instance normalisation alone."""
    before = wiring.source(layer)
    if before is None or not _biased(before) or not wiring.only_reader(before):
        return None
    if before.path in wiring.reused or before.reuses:
        return None
    norm = "batch norm" if layer.operation.name == "batchnorm" else "instance norm"
    message = (
        f"the bias of this {before.operation.name} has no effect: the {norm} after it takes the mean away"
    )
    return Diagnostic(
        "W106",
        message,
        before.span,
        notes=(wiring.where(before),),
        help=f"write `bias=false`: {before.weights['bias'][0]} parameters less, and the same result",
        labels=(Label(layer.span, "subtracts the bias again, with the mean"),),
    )


def _biased(layer: Layer) -> bool:
    """Whether it adds a number to each channel of its output."""
    if layer.args.get("bias") is not True:
        return False
    # On tokens a linear layer's bias differs within what the norm averages.
    return layer.operation.kind == "conv" or (layer.operation.kind == "linear" and len(layer.output) == 1)
