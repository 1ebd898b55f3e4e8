"""What a logger is to the rest of the zoo, and their registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from zoo.history import Row
from zoo.options import Named
from zoo.registry import Registry


@dataclass(frozen=True)
class LoggerOptions(Named):
    """A logger's options derive from this."""


@dataclass(frozen=True)
class Run:
    """What a logger is told: the run's folder, its options as plain values, and the epochs already done."""

    folder: Path
    config: Mapping[str, Any]
    epoch: int


class Logger(Protocol):
    """Gets every epoch's numbers. Only the main process has one."""

    def add(self, row: Row) -> None:
        """An epoch is done."""

    def close(self) -> None:
        """Nothing more comes; also called when a run ends early."""


LOGGERS: Registry[Logger] = Registry("logger")
"""Builders get their options and the ``Run``."""
