"""A program for tests: the processes that train together, as torchrun starts them or `Group` does.

    python -m tests.zoo.members LOG RUN...

Each RUN is a JSON list of overrides. The main process appends [name, step, loss] to LOG after each step.
"""

import json
import sys
import warnings
from pathlib import Path

import torch

from zoo import processes
from zoo.config import one
from zoo.errors import Interrupted, UserError
from zoo.metrics import Tally
from zoo.progress import Silent
from zoo.train import train


class Noting(Silent):
    """Writes down the losses as they come."""

    def __init__(self, log: Path, name: str | None) -> None:
        self.log, self.name = log, name

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        with self.log.open("a") as file:
            file.write(json.dumps([self.name, step, loss]) + "\n")


def main(log: str, *runs: str) -> int:
    """Train each, with the others."""
    torch.set_num_threads(1)
    for kind in (UserWarning, FutureWarning, DeprecationWarning):
        warnings.simplefilter("error", kind)
    configs = [one(*json.loads(run)) for run in runs]
    try:
        with processes.joined("cpu", configs[0].trainer.wait):
            for config in configs:
                train(config, shown=Noting(Path(log), config.name))
    except UserError as error:
        sys.stderr.write(f"process {error.heard=}: {error}\n")
        return 1
    except Interrupted as stopped:
        return stopped.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
