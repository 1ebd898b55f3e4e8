"""The linear layer."""

from __future__ import annotations

from math import prod

from netcompiler.code import Code
from netcompiler.operations import rules
from netcompiler.operations.arguments import boolean, whole
from netcompiler.operations.base import Call, Operation, Parameter, Shape, register


@register
class Linear(Operation):
    """``y = x W^T + b`` on the last dimension: torch.nn.Linear."""

    name = "linear"
    kind = "linear"
    doc = "Fully connected layer on the last dimension."
    parameters = (
        Parameter("out_features", whole(1), doc="features of the output"),
        Parameter("bias", boolean(), True, "add a learned bias"),
        rules.INIT,
        rules.BIAS_INIT,
    )
    overwritable = True

    def shape(self, call: Call) -> Shape:
        shape = rules.ranked(call, 1, None, "[features]")
        rules.check_initializers(self, call)
        return (*shape[:-1], call.whole("out_features"))

    def weights(self, call: Call) -> dict[str, Shape]:
        out = call.whole("out_features")
        weights: dict[str, Shape] = {"weight": (out, call.input[-1])}
        if call.flag("bias"):
            weights["bias"] = (out,)
        return weights

    def macs(self, call: Call) -> int:
        return prod(call.input) * call.whole("out_features")

    def code(self, call: Call) -> Code:
        return rules.module(
            self,
            call,
            "nn.Linear",
            {"in_features": call.input[-1], "out_features": call.whole("out_features")},
        )

    def label(self, call: Call) -> str:
        return f"fc {call.whole('out_features')}"
