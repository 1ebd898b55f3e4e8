"""Which runs a sweep makes: ``sweeper=NAME``.

A builder gives the overrides by which Hydra's sweeper of that kind is chosen and set.
"""

from dataclasses import dataclass
from typing import Any

from zoo.options import Named, option
from zoo.registry import Registry

SWEEPERS: Registry[tuple[str, ...]] = Registry("sweeper")
"""Builders get their options and the ``Sweep``."""


@dataclass(frozen=True)
class Sweep:
    """What a sweeper is told: whether to go on or to start over, and how many runs there are at a time."""

    resume: bool
    overwrite: bool
    at_once: int


@dataclass(frozen=True)
class SweeperOptions(Named):
    """A sweeper's options derive from this."""

    @property
    def folder(self) -> str | None:
        """The name of the sweep's folder; None for one of its own each time."""
        return None

    def runs(self, combinations: int) -> int:
        """How many runs it makes, where the values given have so many combinations."""
        return combinations


@dataclass(frozen=True)
class OptunaOptions(SweeperOptions):
    """Options of ``sweeper=optuna``."""

    trials: int = option(20, "runs in all", low=1)
    sampler: str = option(
        "tpe", "how values are chosen: by what runs before found, or at random", choices=("tpe", "random")
    )
    seed: int = option(0, "seed of the choices", low=0, high=2**32 - 1)
    study: str | None = option(
        None, "name by which resume=true goes on with the search; null is one of its own each time"
    )
    at_once: int | None = option(
        None, "runs chosen before the next results are in; null is as many as the launcher runs", low=1
    )

    @property
    def folder(self) -> str | None:
        return self.study

    def runs(self, combinations: int) -> int:
        return self.trials


@SWEEPERS.register("grid", SweeperOptions)
def grid(_options: SweeperOptions, _sweep: Sweep) -> tuple[str, ...]:
    """Every combination of the values given."""
    return ("hydra/sweeper=basic",)


@SWEEPERS.register("optuna", OptunaOptions)
def optuna(options: OptunaOptions, sweep: Sweep) -> tuple[str, ...]:
    """A search for the lowest error: optimizer.lr=interval(0.01,0.4), data.size=choice(24,32) (Optuna)."""
    from importlib.util import find_spec

    from zoo.errors import UserError
    from zoo.overrides import literal

    if find_spec("optuna") is None:
        raise UserError("sweeper=optuna: not installed here; pip install 'netcompiler[sweeps]'")
    settings: dict[str, Any] = {
        "trials": options.trials,
        "sampler": options.sampler,
        "seed": options.seed,
        "at_once": options.at_once or sweep.at_once,
        "resume": sweep.resume,
        "overwrite": sweep.overwrite,
    }
    return (
        "hydra/sweeper=zoo_search",
        *(f"hydra.sweeper.{key}={literal(value)}" for key, value in settings.items()),
    )
