"""What a logger is to the rest of the zoo, and their registry."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from zoo.errors import UserError
from zoo.files import write_text
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

    def known_as(self, logger: str) -> str | None:
        """What a resumed run is called by a logger; None for one that begins, or that it does not know."""
        path = self._note(logger)
        return path.read_text(encoding="utf-8").strip() if self.epoch and path.is_file() else None

    def keep_name(self, logger: str, name: str) -> None:
        """Keep what a logger calls the run, for when it is resumed."""
        write_text(self._note(logger), f"{name}\n")

    def _note(self, logger: str) -> Path:
        return self.folder / f"{logger}.id"


class Logger(Protocol):
    """Gets every epoch's numbers. Only the main process has one.

    What fails once the run has begun is an OSError, which is told and costs nothing else.
    """

    def add(self, row: Row) -> None:
        """An epoch is done."""

    def close(self, done: bool) -> None:
        """Nothing more comes; ``done`` is False for a run that ends early."""


LOGGERS: Registry[Logger] = Registry("logger")
"""Builders get their options and the ``Run``."""


@contextmanager
def extra(logger: str) -> Iterator[None]:
    """Import a logger's package within; each is an extra of the same name.

    Raises:
        UserError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = f"the Python package {error.name} is missing"
        raise UserError(f"logger={logger}: {missing}: pip install 'netcompiler[{logger}]'") from error
