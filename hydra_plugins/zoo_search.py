"""How Hydra comes to ``zoo.search``: it takes sweepers from this package alone.

Every program that uses Hydra imports this file, so it imports nothing else before it is asked for.
"""

from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

SETTINGS = ("trials", "sampler", "seed", "at_once", "resume", "overwrite")


class ZooSearch(Sweeper):
    """Hydra makes it with the settings that ``zoo.sweepers.optuna`` gives."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Hydra's beginning."""
        from hydra.core.plugins import Plugins

        self.folder = Path(str(config.hydra.sweep.dir))
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> None:
        """Make the runs."""
        from zoo.search import Search

        assert self.launcher is not None
        Search(folder=self.folder, launch=self.launcher.launch, **self.settings).run(arguments)


ConfigStore.instance().store(
    "zoo_search",
    {"_target_": f"{__name__}.{ZooSearch.__name__}", **dict.fromkeys(SETTINGS)},
    "hydra/sweeper",
)
