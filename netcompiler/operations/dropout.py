"""Layers that drop values at random in training and pass everything on in evaluation."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.code import Code
from netcompiler.operations import rules
from netcompiler.operations.arguments import choice, real
from netcompiler.operations.base import Axes, Call, Operation, Parameter, Shape, register


def _probability(default: float | None, what: str) -> Parameter:
    doc = f"probability that {what} is dropped"
    type_ = real(0.0, 1.0)
    return Parameter("p", type_, doc=doc) if default is None else Parameter("p", type_, default, doc)


class _Dropout(Operation):
    kind = "dropout"
    inplace = True
    words: str

    def shape(self, call: Call) -> Shape:
        return call.input

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        return rules.same_axes(axes)

    def label(self, call: Call) -> str:
        return f"{self.words} {call.number('p'):g}"


@register
class Dropout(_Dropout):
    """Dropout (Srivastava, Hinton et al., 2014): torch.nn.Dropout. What is kept is divided by 1 - p."""

    name = "dropout"
    doc = "Sets single values to 0 at random in training."
    parameters = (_probability(0.5, "a value"),)
    words = "dropout"

    def code(self, call: Call) -> Code:
        return rules.module(self, call, "nn.Dropout")


@register
class ChannelDropout(_Dropout):
    """Dropout of whole channels (Tompson et al., 2015): torch.nn.Dropout1d, 2d and 3d."""

    name = "channel_dropout"
    doc = "Sets whole channels to 0 at random in training, in one, two or three dimensions."
    parameters = (_probability(0.5, "a channel"),)
    words = "channel dropout"

    def shape(self, call: Call) -> Shape:
        rules.spatial(call)
        return call.input

    def code(self, call: Call) -> Code:
        return rules.module(self, call, f"nn.Dropout{len(call.input) - 1}d")


@register
class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance, for SELU (Klambauer et al., 2017): torch.nn.AlphaDropout."""

    name = "alpha_dropout"
    doc = "Sets single values to SELU's lower limit at random in training, and keeps mean and variance."
    parameters = (_probability(0.5, "a value"),)
    words = "alpha dropout"

    def code(self, call: Call) -> Code:
        return rules.module(self, call, "nn.AlphaDropout")


_STOCHASTIC_DEPTH = '''
class StochasticDepth(nn.Module):
    """Drops each sample ("row") or the whole batch ("batch") at random in training."""

    def __init__(self, p: float, mode: str = "row") -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return input
        kept = 1.0 - self.p
        rows = input.shape[0] if self.mode == "row" else 1
        noise = input.new_empty([rows] + [1] * (input.ndim - 1)).bernoulli_(kept)
        if kept > 0.0:
            noise.div_(kept)
        return input * noise

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode!r}"
'''


@register
class StochasticDepth(_Dropout):
    """Stochastic depth (Huang, Sun, Liu, Sedra & Weinberger, 2016): the last step of a residual body.

    What is kept is divided by 1 - p. The random numbers are those that torchvision.ops.StochasticDepth draws.
    """

    name = "stochastic_depth"
    doc = "Sets whole samples to 0 at random in training, so that a residual block is skipped."
    parameters = (
        _probability(None, "a sample"),
        Parameter("mode", choice("row", "batch"), "row", '"row" draws for each sample, "batch" once for all'),
    )
    inplace = False
    words = "stochastic depth"

    def code(self, call: Call) -> Code:
        return rules.module(self, call, "StochasticDepth", {"p": call.number("p")}, helper=_STOCHASTIC_DEPTH)
