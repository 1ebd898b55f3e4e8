"""Steps that are written to do nothing: ``dropout(0)``, ``times(1)``, ``step * 1``."""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic
from netcompiler.lint.rule import file_rule
from netcompiler.lint.survey import Survey
from netcompiler.operations.base import OPERATIONS

_IDLE: dict[str, tuple[str, float]] = {
    "dropout": ("p", 0),
    "channel_dropout": ("p", 0),
    "alpha_dropout": ("p", 0),
    "stochastic_depth": ("p", 0),
    "times": ("factor", 1),
    "leaky_relu": ("negative_slope", 1),
    "maxpool": ("kernel_size", 1),
    "avgpool": ("kernel_size", 1),
    "upsample": ("scale_factor", 1),
    "channel_shuffle": ("groups", 1),
    "pixel_shuffle": ("upscale_factor", 1),
    "pixel_unshuffle": ("downscale_factor", 1),
}
"""The argument with which an operation passes its input on, and its value."""


@file_rule("W110", "step does nothing")
def idle_step(survey: Survey) -> Iterator[Diagnostic]:
    """An operation whose arguments, as they are written, make it pass its input on.

    A variable may have other values; the number itself is always the same.
    """
    for name, call in survey.calls:
        if name in _IDLE and _idle(name, call):
            argument, value = _IDLE[name]
            message = f"`{name}` with a `{argument}` of {value} passes its input on as it is"
            yield Diagnostic("W110", message, call.span, help="take it out, or write `identity`")


def _idle(name: str, call: syntax.Call) -> bool:
    argument, value = _IDLE[name]
    given = _constants(name, call)
    others = given.keys() - {argument}
    return given.get(argument) == value and not (others & {"stride", "padding", "size"})


def _constants(name: str, call: syntax.Call) -> dict[str, object]:
    """The arguments of a call that are written as single values; None for those that are not."""
    names = [parameter.name for parameter in OPERATIONS[name].parameters]
    return {
        argument.name or name: argument.value.value if isinstance(argument.value, syntax.Constant) else None
        for name, argument in zip(names, call.arguments or (), strict=False)
    }


@file_rule("W110", "step does nothing")
def repeat_of_one(survey: Survey) -> Iterator[Diagnostic]:
    """``step * 1``"""
    for step in survey.steps:
        repeat = step.repeat
        if isinstance(repeat, syntax.Constant) and repeat.value == 1 and repeat.value is not True:
            yield Diagnostic("W110", "`* 1` repeats nothing", repeat.span, help="leave it out")
