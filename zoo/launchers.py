"""What runs the jobs of a sweep: ``launcher=NAME``.

A builder gives the overrides by which Hydra's launcher of that kind is chosen and set.
"""

from dataclasses import dataclass

from zoo.options import Named
from zoo.registry import Registry

LAUNCHERS: Registry[tuple[str, ...]] = Registry("launcher")


@dataclass(frozen=True)
class LauncherOptions(Named):
    """A launcher's options derive from this."""


@LAUNCHERS.register("serial", LauncherOptions)
def serial(_options: LauncherOptions) -> tuple[str, ...]:
    """One run after the other, in this process."""
    return ("hydra/launcher=basic",)
