"""The net's inputs, and the steps that move values between placement groups."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.code import Code, ExpressionCode
from netcompiler.operations import rules
from netcompiler.operations.arguments import integers
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, register
from netcompiler.operations.merging import concatenated


@register
class Input(Operation):
    """A value the net is given. Specs declare it (``input image [3, 224, 224]``); they do not call it."""

    name = "input"
    kind = "input"
    doc = "A value the net is given, of the declared shape."
    parameters = (Parameter("shape", integers(1), doc="its shape, the batch left out"),)

    def shape(self, call: Call) -> Shape:
        return call.wholes("shape")

    def code(self, call: Call) -> Code:
        return ExpressionCode("{0}")


class _Transfer(Operation):
    kind = "transfer"
    merges = True
    overwritable = True

    def shape(self, call: Call) -> Shape:
        return concatenated(call, 0)

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, 0)

    def code(self, call: Call) -> Code:
        return ExpressionCode("torch.cat([{*}], 1)")


@register
class Exchange(_Transfer):
    """Inside ``columns``: gives every column the concatenation of all columns' values."""

    name = "exchange"
    doc = "Gives every column the concatenation, along the channels, of all columns' values."


@register
class Gather(_Transfer):
    """After ``columns``: concatenates the columns' results on the group where it stands."""

    name = "gather"
    doc = "Concatenates the columns' results, along the channels, on the group where it stands."
