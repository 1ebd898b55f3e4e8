"""The commands of ``zoo``, one a file: ``zoo/commands/NAME.py`` is ``zoo NAME``.

A command's module has a docstring, whose first line (without the dash and what stands before it) is shown by
``zoo --help``, and ``run(arguments) -> exit code``. It raises ``UserError`` for what the user can put right.
It answers ``--help`` itself. Heavy imports stand in its functions: a module here is imported for the help of
all. It may have ``complete(words, start)``, the candidates for shell completion of a word that begins with
``start`` after ``words``.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from typing import Protocol, cast


class Command(Protocol):
    """What a module of this package has."""

    __doc__: str | None

    def run(self, arguments: Sequence[str]) -> int:
        """Do it; the exit code."""


class Completing(Command, Protocol):
    """A command that helps the shell."""

    def complete(self, words: Sequence[str], start: str, /) -> Iterable[str]:
        """What a word that begins with ``start`` can be, after ``words``."""


def names() -> list[str]:
    """Every command."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_")


def load(name: str) -> Command:
    """The module of a command."""
    return cast(Command, importlib.import_module(f"{__name__}.{name}"))


def summary(command: Command) -> str:
    """What it does, in one line."""
    first = (command.__doc__ or "").strip().partition("\n")[0]
    return (first.partition(": ")[2] or first).rstrip(".")


def complete(words: Sequence[str], start: str) -> list[str]:
    """What a word that begins with ``start`` can be, after ``words`` of a command line without ``zoo``."""
    if not words:
        found: Iterable[str] = [*names(), "--help"]
    elif words[0] in names() and hasattr(load(words[0]), "complete"):
        found = cast(Completing, load(words[0])).complete(words[1:], start)
    else:
        found = ["--help"]
    return [word for word in found if word.startswith(start)]
