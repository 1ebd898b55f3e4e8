"""Activations that do nothing after others, or spoil them."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic, Label
from netcompiler.graph import Layer
from netcompiler.lint.rule import layer_rule
from netcompiler.lint.wiring import Wiring

_KEEP_POSITIVE = frozenset({"relu", "leaky_relu", "prelu", "rrelu", "elu", "celu"})
"""Activations that pass numbers from 0 on as they are."""

_NEVER_NEGATIVE = frozenset({"relu", "relu6", "sigmoid", "hardsigmoid", "softmax", "softmin", "exp"})
"""Activations whose results are 0 or more."""

_MAY_REPEAT = frozenset({"times", "clamp", "exp", "glu"})
"""Operations of the family that mean something else the second time."""

_SOFTMAX = frozenset({"softmax", "log_softmax", "softmin"})
_SQUASH = frozenset({"relu", "relu6", "sigmoid", "hardsigmoid"})
_KEEP_SIGN = frozenset({"flatten", "reshape", "permute", "transpose", "squeeze", "unsqueeze", "identity"})
_POOLS_AND_DROPOUTS = frozenset({"pool", "dropout"})


@layer_rule("W111", "activation straight after an activation", "activation")
def activation_after_activation(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """The same activation twice, one that does nothing to numbers from 0 on, or one that spoils a softmax."""
    name = layer.operation.name
    before = wiring.source(layer)
    if before is None or name in _MAY_REPEAT:
        return None
    if before.operation.name == name and before.args == layer.args:
        return _told(layer, before, f"`{name}` straight after `{name}`", "take one of them out", wiring)
    if name in _SOFTMAX and before.operation.name in _SQUASH:
        message = f"`{before.operation.name}` straight before `{name}` makes scores equal that differ"
        if before.operation.name.endswith("sigmoid"):
            message = (
                f"`{name}` of numbers from 0 to 1, which `{before.operation.name}` gives, is almost even"
            )
        return _told(layer, before, message, f"give `{name}` the scores themselves", wiring)
    if name in _KEEP_POSITIVE:
        source = _not_negative(before, wiring)
        if source is not None:
            message = (
                f"`{name}` does nothing: the `{source.operation.name}` before it gives no negative numbers"
            )
            return _told(layer, source, message, "take it out", wiring)
    return None


def _not_negative(layer: Layer, wiring: Wiring) -> Layer | None:
    """The layer that makes a value 0 or more, when only pools, dropouts and shapes lie between; else None."""
    for found in (layer, *wiring.way_up(layer)):
        kind, name = found.operation.kind, found.operation.name
        if name in _NEVER_NEGATIVE:
            return found
        if name == "alpha_dropout" or not (kind in _POOLS_AND_DROPOUTS or name in _KEEP_SIGN):
            return None
    return None


def _told(layer: Layer, other: Layer, message: str, help: str, wiring: Wiring) -> Diagnostic:
    labels = () if other.span == layer.span else (Label(other.span, f"`{other.operation.name}` stands here"),)
    return Diagnostic("W111", message, layer.span, notes=(wiring.where(layer),), help=help, labels=labels)


@layer_rule("W112", "net ends in a softmax", "softmax")
def softmax_at_the_end(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A classifier that gives probabilities, where cross-entropy takes scores."""
    if len(layer.output) != 1 or layer.id not in wiring.given:
        return None
    return Diagnostic(
        "W112",
        f"net `{wiring.graph.name}` gives probabilities; cross-entropy takes scores and has a softmax in it",
        layer.span,
        help="let the net end before it; in evaluation take the softmax of what the net gives",
    )
