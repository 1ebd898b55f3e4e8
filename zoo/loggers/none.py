"""``logger=none``: CSV and TensorBoard, which every run has, and nothing else."""

from zoo.history import Row
from zoo.loggers.base import LOGGERS, LoggerOptions, Run


@LOGGERS.register("none", LoggerOptions)
class NoLogger:
    """CSV and TensorBoard alone, which every run has."""

    def __init__(self, _options: LoggerOptions, _run: Run) -> None: ...

    def add(self, row: Row) -> None:
        """Nothing."""

    def close(self, done: bool) -> None:
        """Nothing."""
