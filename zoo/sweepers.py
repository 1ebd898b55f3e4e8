"""Which runs a sweep makes: ``sweeper=NAME``.

A builder gives the overrides by which Hydra's sweeper of that kind is chosen and set.
"""

from dataclasses import dataclass

from zoo.options import Named
from zoo.registry import Registry

SWEEPERS: Registry[tuple[str, ...]] = Registry("sweeper")


@dataclass(frozen=True)
class SweeperOptions(Named):
    """A sweeper's options derive from this."""


@SWEEPERS.register("grid", SweeperOptions)
def grid(_options: SweeperOptions) -> tuple[str, ...]:
    """Every combination of the values given."""
    return ("hydra/sweeper=basic",)
