"""The linear layer."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from types import MappingProxyType

from netcompiler.code import Code
from netcompiler.operations import rules
from netcompiler.operations.arguments import boolean, integers, optional, whole
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, ShapeError, register

_PARTLY_BIASED = '''
class PartlyBiasedLinear(nn.Linear):
    """A linear layer whose outputs from ``start`` to ``end`` have no bias, whatever `bias` holds there."""

    def __init__(self, in_features: int, out_features: int, unbiased: tuple[int, int]) -> None:
        super().__init__(in_features, out_features)
        self.unbiased = unbiased

    def forward(self, input: Tensor) -> Tensor:
        bias = self.bias.clone()
        bias[self.unbiased[0] : self.unbiased[1]] = 0.0
        return nn.functional.linear(input, self.weight, bias)
'''


@register
class Linear(Operation):
    """``y = x W^T + b`` on the last dimension: torch.nn.Linear.

    Queries, keys and values of an attention are often one linear layer; `unbiased` leaves the keys without a
    bias (Swin V2, BEiT), and keeps the bias's shape.
    """

    name = "linear"
    sizes = MappingProxyType({"in_features": 0})
    kind = "linear"
    doc = "Fully connected layer on the last dimension."
    parameters = (
        Parameter("out_features", whole(1), doc="features of the output"),
        Parameter("bias", boolean(), True, "add a learned bias"),
        Parameter(
            "unbiased",
            optional(integers(0)),
            None,
            "the first feature that gets no bias, and the first after it that does",
        ),
        rules.INIT,
        rules.BIAS_INIT,
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        shape = rules.ranked(call, 1, None, "[features]")
        rules.check_initializers(self, call)
        self._check_unbiased(call)
        return (*shape[:-1], call.whole("out_features"))

    def _check_unbiased(self, call: Call) -> None:
        if call.args["unbiased"] is None:
            return
        unbiased, features = call.wholes("unbiased"), call.whole("out_features")
        if len(unbiased) != 2 or not unbiased[0] < unbiased[1] <= features:
            raise ShapeError("E205", f"`unbiased` is a part of the {features} features: [start, end]")
        if not call.flag("bias"):
            raise ShapeError("E205", "`unbiased` needs `bias=true`")

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes, len(call.input) - 1)

    def weights(self, call: Call) -> dict[str, Shape]:
        out = call.whole("out_features")
        weights: dict[str, Shape] = {"weight": (out, call.input[-1])}
        if call.flag("bias"):
            weights["bias"] = (out,)
        return weights

    def macs(self, call: Call) -> int:
        return prod(call.input) * call.whole("out_features")

    def code(self, call: Call) -> Code:
        partly = call.args["unbiased"] is not None
        return rules.module(
            self,
            call,
            "PartlyBiasedLinear" if partly else "nn.Linear",
            {"in_features": call.input[-1], "out_features": call.whole("out_features")},
            helper=_PARTLY_BIASED if partly else None,
        )

    def label(self, call: Call) -> str:
        return f"fc {call.whole('out_features')}"
