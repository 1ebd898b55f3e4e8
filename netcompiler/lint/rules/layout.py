"""Inputs as other libraries write them: channels last, or with the batch."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic, shape_text
from netcompiler.graph import Layer
from netcompiler.lint.rule import layer_rule
from netcompiler.lint.wiring import Wiring
from netcompiler.operations.advice import other_layout
from netcompiler.operations.rules import by

_LARGEST_BATCH = 256
"""Samples of a batch; a first extent above is one of channels."""


@layer_rule("W116", "shape of an input looks like another layout", "conv")
def layout(layer: Layer, wiring: Wiring) -> Diagnostic | None:
    """A convolution of an input like [8, 3, 224, 224], so one of volumes, or like [224, 224, 3]."""
    shape = layer.inputs[0]
    help = other_layout(shape)
    if help is None or (len(shape) == 4 and (shape[0] > _LARGEST_BATCH or shape[2] != shape[3])):
        return None
    given = wiring.source(layer)
    if given is None or given.operation.kind != "input":
        return None
    many = "s" if shape[0] != 1 else ""
    return Diagnostic(
        "W116",
        f"{layer.operation.name} takes {shape_text(shape)} as {shape[0]} channel{many} of {by(shape[1:])}",
        given.span,
        notes=(wiring.where(layer),),
        help=help,
    )
