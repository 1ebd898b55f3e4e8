"""The learning rate over a run: ``schedule=NAME``.

A schedule is a pure function of how far the run is, in epochs and parts of epochs: it has no state to save.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from zoo.errors import UserError
from zoo.options import Named, option
from zoo.registry import Registry

Schedule = Callable[[float], float]
"""Epochs since the start (12.5 is half-way through the thirteenth) → factor on the learning rate."""

SCHEDULES: Registry[Schedule] = Registry("schedule")


@dataclass(frozen=True)
class ScheduleOptions(Named):
    """What every schedule has."""

    warmup: float = option(1.0, "epochs over which the rate first rises linearly to its full height", low=0)


@dataclass(frozen=True)
class ConstantOptions(ScheduleOptions):
    """Options of ``schedule=constant``."""


@dataclass(frozen=True)
class StepOptions(ScheduleOptions):
    """Options of ``schedule=step``."""

    milestones: tuple[float, ...] = option((), "epochs after which the rate drops; [] is 1/2 and 3/4", low=0)
    gamma: float = option(0.1, "factor of each drop", above=0, high=1)


@dataclass(frozen=True)
class CosineOptions(ScheduleOptions):
    """Options of ``schedule=cosine``."""

    final: float = option(0.0, "share of the rate left at the end", low=0, high=1)


@SCHEDULES.register("constant", ConstantOptions)
def constant(options: ConstantOptions, epochs: int) -> Schedule:
    """The same rate throughout."""
    return _warmed(options.warmup, epochs, lambda _: 1.0)


@SCHEDULES.register("step", StepOptions)
def step(options: StepOptions, epochs: int) -> Schedule:
    """Drops by a factor at given epochs, as in the AlexNet and ResNet papers."""
    milestones = options.milestones or (epochs / 2, epochs * 3 / 4)
    return _warmed(options.warmup, epochs, lambda now: options.gamma ** sum(now >= m for m in milestones))


@SCHEDULES.register("cosine", CosineOptions)
def cosine(options: CosineOptions, epochs: int) -> Schedule:
    """Half a cosine from the full rate down to its end, counted from where the warm-up ends."""
    length = max(epochs - options.warmup, 1e-9)

    def factor(now: float) -> float:
        done = min(max(now - options.warmup, 0.0) / length, 1.0)
        return options.final + (1 - options.final) * (1 + math.cos(math.pi * done)) / 2

    return _warmed(options.warmup, epochs, factor)


def _warmed(warmup: float, epochs: int, after: Schedule) -> Schedule:
    if warmup > epochs:
        raise UserError(f"schedule.warmup={warmup:g}: longer than the run (trainer.epochs={epochs})")
    # At the very first step the rate must not be zero, or that step is wasted.
    return lambda now: after(now) * (max(now / warmup, 0.01) if now < warmup else 1.0)
