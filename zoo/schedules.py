"""The learning rate over a run: ``schedule=NAME``.

A schedule is a function of how far the run is. Only ``plateau`` also looks at the errors, and has state.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zoo.errors import UserError
from zoo.options import Named, option
from zoo.registry import Registry

Curve = Callable[[float], float]
"""How far the run is, in epochs (12.5 is half-way through the thirteenth) → factor on the learning rate."""


@dataclass(frozen=True)
class Length:
    """The length of a run: steps in all, and steps in an epoch."""

    steps: int
    epoch_steps: int

    @property
    def epochs(self) -> float:
        """Epochs in all; the last one may be cut short."""
        return self.steps / self.epoch_steps


@dataclass(frozen=True)
class ScheduleOptions(Named):
    """What every schedule has."""

    unit: str = option("epochs", "what lengths below are given in", choices=("epochs", "steps"))
    every: str = option("step", "when the rate changes", choices=("step", "epoch"))
    warmup: float | None = option(
        None,
        "epochs or steps over which the rate first rises to its full height; null is one epoch, or "
        "half of a run that is shorter than one",
        low=0,
    )
    warmup_from: float = option(0.01, "share of the rate that the warm-up starts from", above=0, high=1)
    warmup_shape: str = option(
        "linear", "constant stays at warmup_from until the warm-up ends", choices=("linear", "constant")
    )


class Schedule:
    """The factor on the learning rate at each step: a warm-up, then a curve."""

    def __init__(self, options: ScheduleOptions, length: Length, curve: Curve) -> None:
        self.options = options
        self.length = length
        self.curve = curve
        self.warmup = warmup_epochs(options, length)
        if options.warmup is not None and self.warmup > length.epochs:
            raise UserError(
                f"schedule.warmup={options.warmup:g}: longer than the run ({length.epochs:g} epochs of "
                f"{length.epoch_steps:,} steps); schedule.warmup=0 does without"
            )

    def __call__(self, step: int) -> float:
        """The factor for the step after ``step`` others."""
        now = step / self.length.epoch_steps
        if self.options.every == "epoch":
            now = float(math.floor(now))
        return self.curve(now) * self._warmth(now)

    def _warmth(self, now: float) -> float:
        if now >= self.warmup:
            return 1.0
        start = self.options.warmup_from
        return start if self.options.warmup_shape == "constant" else start + (1 - start) * now / self.warmup

    def epoch_done(self, error: float) -> None:
        """An epoch was validated with this top-1 error."""

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a ``state``."""


def in_epochs(amount: float, options: ScheduleOptions, length: Length) -> float:
    """A length given in the schedule's unit."""
    return amount / length.epoch_steps if options.unit == "steps" else amount


def warmup_epochs(options: ScheduleOptions, length: Length) -> float:
    """How long the warm-up is, in epochs."""
    if options.warmup is None:
        # A run of one epoch that is made longer keeps the warm-up that it had.
        return 1.0 if length.epochs >= 1 else length.epochs / 2
    return in_epochs(options.warmup, options, length)


SCHEDULES: Registry[Schedule] = Registry("schedule")
"""Builders get their options and the ``Length`` of the run."""


@dataclass(frozen=True)
class ConstantOptions(ScheduleOptions):
    """Options of ``schedule=constant``."""


@dataclass(frozen=True)
class StepOptions(ScheduleOptions):
    """Options of ``schedule=step``."""

    milestones: tuple[float, ...] = option(
        (), "epochs or steps after which the rate drops; [] is 1/2 and 3/4 of the run", low=0
    )
    gamma: float = option(0.1, "factor of each drop", above=0, high=1)


@dataclass(frozen=True)
class CosineOptions(ScheduleOptions):
    """Options of ``schedule=cosine``."""

    final: float = option(0.0, "share of the rate left at the end", low=0, high=1)


@dataclass(frozen=True)
class PolyOptions(CosineOptions):
    """Options of ``schedule=poly``."""

    power: float = option(1.0, "1 is a straight line; greater falls faster at first", above=0)


@dataclass(frozen=True)
class OneCycleOptions(ScheduleOptions):
    """Options of ``schedule=onecycle``."""

    warmup: float | None = option(0.0, "epochs or steps of a linear rise before the cycle", low=0)
    rise: float = option(0.3, "share of the run in which the rate rises", above=0, high=0.99)
    initial: float = option(0.04, "share of the rate at the start", above=0, high=1)
    final: float = option(4e-6, "share of the rate at the end", low=0, high=1)


@dataclass(frozen=True)
class PlateauOptions(ScheduleOptions):
    """Options of ``schedule=plateau``."""

    gamma: float = option(0.1, "factor of each drop", above=0, high=1)
    patience: int = option(10, "epochs without a better validation error before a drop", low=0)
    better: float = option(1e-4, "share by which an error must be lower to count as better", low=0, high=1)
    least: float = option(0.0, "share of the rate below which it never drops", low=0, high=1)


@SCHEDULES.register("constant", ConstantOptions)
def constant(options: ConstantOptions, length: Length) -> Schedule:
    """The same rate throughout."""
    return Schedule(options, length, lambda _: 1.0)


@SCHEDULES.register("step", StepOptions)
def step(options: StepOptions, length: Length) -> Schedule:
    """Drops by a factor at given epochs or steps, as in the AlexNet and ResNet papers."""
    given = [in_epochs(milestone, options, length) for milestone in options.milestones]
    milestones = given or [length.epochs / 2, length.epochs * 3 / 4]
    return Schedule(options, length, lambda now: options.gamma ** sum(now >= m for m in milestones))


@SCHEDULES.register("cosine", CosineOptions)
def cosine(options: CosineOptions, length: Length) -> Schedule:
    """Half a cosine from the full rate down to its end, counted from where the warm-up ends."""
    return Schedule(
        options, length, _falling(options, length, lambda done: (1 + math.cos(math.pi * done)) / 2)
    )


@SCHEDULES.register("poly", PolyOptions)
def poly(options: PolyOptions, length: Length) -> Schedule:
    """Falls as a power of what is left of the run: a straight line with schedule.power=1."""
    return Schedule(options, length, _falling(options, length, lambda done: (1 - done) ** options.power))


@SCHEDULES.register("onecycle", OneCycleOptions)
def onecycle(options: OneCycleOptions, length: Length) -> Schedule:
    """Half a cosine up, then half a cosine down to almost nothing (Smith & Topin 2019)."""

    def curve(now: float) -> float:
        done = min(now / length.epochs, 1.0)
        if done < options.rise:
            return _between(options.initial, 1.0, done / options.rise)
        return _between(1.0, options.final, (done - options.rise) / (1 - options.rise))

    return Schedule(options, length, curve)


@SCHEDULES.register("plateau", PlateauOptions)
class Plateau(Schedule):
    """Drops by a factor when the validation error has stopped falling."""

    options: PlateauOptions

    def __init__(self, options: PlateauOptions, length: Length) -> None:
        super().__init__(options, length, lambda _: self.factor)
        self.factor = 1.0
        self.best = math.inf
        self.waited = 0

    def epoch_done(self, error: float) -> None:
        if error < self.best * (1 - self.options.better):
            self.best, self.waited = error, 0
            return
        self.waited += 1
        if self.waited > self.options.patience:
            self.factor, self.waited = max(self.factor * self.options.gamma, self.options.least), 0

    def state(self) -> dict[str, Any]:
        return {"factor": self.factor, "best": self.best, "waited": self.waited}

    def load(self, state: dict[str, Any]) -> None:
        if state:
            self.factor, self.best, self.waited = state["factor"], state["best"], state["waited"]


def _falling(options: CosineOptions, length: Length, shape: Curve) -> Curve:
    """From 1 where the warm-up ends to ``final`` at the end of the run, as ``shape`` goes from 1 to 0."""
    warmup = warmup_epochs(options, length)
    after = max(length.epochs - warmup, 1e-9)
    return lambda now: options.final + (1 - options.final) * shape(min(max(now - warmup, 0.0) / after, 1.0))


def _between(first: float, last: float, done: float) -> float:
    return last + (first - last) * (1 + math.cos(math.pi * done)) / 2
