"""Commands that are found in a folder, one a file: those of ``zoo``, and those of ``zoo data`` within it."""

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast


class Command(Protocol):
    """What a command's module has."""

    __doc__: str | None

    def run(self, arguments: Sequence[str]) -> int:
        """Do it; the exit code."""


class Completing(Command, Protocol):
    """A command that helps the shell."""

    def complete(self, words: Sequence[str], start: str, /) -> Iterable[str]:
        """What a word that begins with ``start`` can be, after ``words``."""


@dataclass(frozen=True)
class CommandFolder:
    """The commands in one package: its name and its folders."""

    package: str
    path: Sequence[str]

    def names(self) -> list[str]:
        """Every command."""
        return sorted(module.name for module in pkgutil.iter_modules(self.path) if module.name[0] != "_")

    def load(self, name: str) -> Command:
        """The module of a command."""
        return cast(Command, importlib.import_module(f"{self.package}.{name}"))

    def lines(self, program: str) -> list[str]:
        """For the help: ``program NAME`` and what it does, a line each."""
        return [f"  {program} {name:<12}{summary(self.load(name))}\n" for name in self.names()]

    def complete(self, words: Sequence[str], start: str) -> list[str]:
        """What a word that begins with ``start`` can be, after ``words``, of which the first is a command."""
        if not words:
            found: Iterable[str] = [*self.names(), "--help"]
        elif words[0] in self.names() and hasattr(self.load(words[0]), "complete"):
            found = cast(Completing, self.load(words[0])).complete(words[1:], start)
        else:
            found = ["--help"]
        return [word for word in found if word.startswith(start)]


def summary(command: Command) -> str:
    """What it does, in one line."""
    first = (command.__doc__ or "").strip().partition("\n")[0]
    return (first.partition(": ")[2] or first).rstrip(".")
