"""What names are seen from where, while a file's syntax tree is walked through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from netcompiler.lsp.names import Key


@dataclass(eq=False, slots=True)
class Variables:
    """Parameters and variables of one pair of braces, and what is around them."""

    parent: Variables | None = None
    own: dict[str, Key] = field(default_factory=dict)

    def child(self) -> Variables:
        """Those of braces inside these."""
        return Variables(self)

    def find(self, name: str) -> Key | None:
        """The variable of this name that is seen here."""
        scope: Variables | None = self
        while scope is not None:
            if name in scope.own:
                return scope.own[name]
            scope = scope.parent
        return None


@dataclass(eq=False, slots=True)
class Label:
    """A named step: its key, the names inside it, or the block it calls, whose names are inside it."""

    key: Key
    inner: Labels | None = None
    calls: Key | None = None


@dataclass(eq=False, slots=True)
class Labels:
    """Named steps of one scope.

    Attributes:
        uri: their file.
        owner: the definition they belong to.
        path: the names of the scopes around, dots between.
        parent: the scope around it whose names it sees.
        own: its steps by their names as the text has them, ``conv{i}`` included.
    """

    uri: str
    owner: str
    path: str = ""
    parent: Labels | None = None
    own: dict[str, Label] = field(default_factory=dict)

    def key(self, name: str) -> Key:
        """The key of a step of this scope."""
        return Key("label", self.uri, self.owner, f"{self.path}.{name}" if self.path else name)

    def inside(self, name: str) -> Labels:
        """The scope that a step of this name opens."""
        return Labels(self.uri, self.owner, self.key(name).name, self)

    def find(self, name: str) -> Label | None:
        """The step of this name that is seen here."""
        scope: Labels | None = self
        while scope is not None:
            found = scope.direct(name)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def direct(self, name: str) -> Label | None:
        """This scope's own step of this name, one with variables in its name too."""
        found = self.own.get(name)
        if found is not None or not name:
            return found
        patterns = (label for text, label in self.own.items() if "{" in text and _fits(text, name))
        return next(patterns, None)

    def seen(self) -> Iterator[str]:
        """Names of all steps that are seen here."""
        scope: Labels | None = self
        while scope is not None:
            yield from scope.own
            scope = scope.parent


def _fits(text: str, name: str) -> bool:
    """Whether a name with variables in it can become this one."""
    parts = re.split(r"\{[^{}]*\}", text)
    return re.fullmatch(r"[A-Za-z0-9_-]+".join(map(re.escape, parts)), name) is not None
