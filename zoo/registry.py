"""Name → thing. Configs name entries of a registry, and never a dotted path that Python would import."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zoo.options import Named

Built = TypeVar("Built")


@dataclass(frozen=True)
class Entry(Generic[Built]):
    """One choice of a group: its options, what builds it, and one line for the help."""

    name: str
    options: type[Named]
    build: Callable[..., Built]

    @property
    def summary(self) -> str:
        """The first line of the builder's docstring."""
        return (self.build.__doc__ or "").strip().partition("\n")[0]


class Registry(Generic[Built]):
    """The choices of one config group."""

    def __init__(self, group: str) -> None:
        self.group = group
        self.entries: dict[str, Entry[Built]] = {}

    def register(
        self, name: str, options: type[Named]
    ) -> Callable[[Callable[..., Built]], Callable[..., Built]]:
        """Add the decorated builder under ``name``; it is called with its options first."""

        def add(build: Callable[..., Built]) -> Callable[..., Built]:
            assert name not in self.entries, f"{self.group}={name} is registered twice"
            self.entries[name] = Entry(name, options, build)
            return build

        return add

    def build(self, options: Named, *arguments: Any) -> Built:
        """Build what ``options.name`` stands for."""
        return self.entries[options.name].build(options, *arguments)
