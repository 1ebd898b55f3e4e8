"""A program for tests: one of the processes that train together.

    python members.py LOG RUN...

Each RUN is JSON: the overrides, and the step after which the main process gets SIGTERM, or null. The main
process appends [name, step, loss] to LOG after each step, and [name, "error", text] where a run fails.
"""

import json
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

import torch

from zoo import processes
from zoo.config import one
from zoo.errors import Interrupted, UserError
from zoo.metrics import Tally
from zoo.progress import Silent
from zoo.train import train


class Noting(Silent):
    """Writes down the losses as they come."""

    def __init__(self, log: Path, name: str | None, stop: int | None) -> None:
        self.log, self.name, self.stop = log, name, stop

    def note(self, *values: Any) -> None:
        with self.log.open("a") as file:
            file.write(json.dumps([self.name, *values]) + "\n")

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        self.note(step, loss)
        if step == self.stop:
            signal.raise_signal(signal.SIGTERM)


def main(log: str, *runs: str) -> int:
    """Train each, with the others; the exit code is that of the last."""
    torch.set_num_threads(1)
    for kind in (UserWarning, FutureWarning, DeprecationWarning):
        warnings.simplefilter("error", kind)
    plans = [(one(*overrides), stop) for overrides, stop in map(json.loads, runs)]
    code = 0
    with processes.joined("cpu", 1.0):
        for config, stop in plans:
            code, noting = 0, Noting(Path(log), config.name, stop)
            try:
                train(config, shown=noting)
            except UserError as error:
                code = 1 if processes.is_heard(error) else 2
                if processes.is_main():
                    noting.note("error", str(error))
            except Interrupted as stopped:
                code = stopped.exit_code
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
