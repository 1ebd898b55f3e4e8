"""The names of a file: what defines each, and every place that it stands in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from netcompiler import syntax
from netcompiler.lsp.positions import Stretch

_INSIDE = 8
"""How many names may stand inside another one, as variables do in a quoted name, and it is still found."""


class Kind(Enum):
    """What a name stands for."""

    NET = "net"
    BLOCK = "block"
    PARAMETER = "parameter"
    VARIABLE = "variable"
    LABEL = "step"
    INPUT = "input"
    GROUP = "placement group"
    OPERATION = "operation"
    INITIALIZER = "initialiser"
    FUNCTION = "function"
    ARGUMENT = "argument"
    SHAPE = "part of a shape"
    WORD = "step of the language"
    FILE = "file"


class Key(NamedTuple):
    """What two places have in common that mean the same thing, in whichever files they stand.

    Attributes:
        space: which names it is told apart from: ``definition``, ``parameter``, ``variable``, ``label``,
            ``group``, ``file``, or a built-in's.
        uri: its file; "" for what is built in.
        owner: the definition, operation or place that it belongs to; "" for one of the whole file.
        name: its name, of a label the path within its definition.
    """

    space: str
    uri: str
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition of a name.

    Attributes:
        key: what it defines.
        kind: what that is.
        name: its name as the text has it.
        at: the place of the name.
        whole: the place of all that defines it.
        node: the syntax tree's node.
        inside: the name of the block or net it stands in; "" for a file's own.
    """

    key: Key
    kind: Kind
    name: str
    at: Stretch
    whole: Stretch
    node: object
    inside: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place where a name stands."""

    at: Stretch
    key: Key
    kind: Kind
    defines: bool = False


@dataclass(frozen=True, slots=True)
class StepAt:
    """A step, its place, and the name of the block or net that it stands in."""

    at: Stretch
    step: syntax.Step
    inside: str


@dataclass(eq=False)
class Index:
    """All names of one file.

    Attributes:
        symbols: definitions by what they define; several where branches name a step alike.
        occurrences: every place of a name, in the order of the text.
        means: for a parameter or variable, the operation or block that its value is, where that is plain.
        used: what the names taken by ``use`` are.
        steps: all steps, outer ones before those inside them.
    """

    uri: str
    symbols: dict[Key, list[Symbol]] = field(default_factory=dict)
    occurrences: list[Occurrence] = field(default_factory=list)
    means: dict[Key, Key] = field(default_factory=dict)
    used: dict[str, Key] = field(default_factory=dict)
    steps: list[StepAt] = field(default_factory=list)

    def at(self, offset: int) -> Occurrence | None:
        """The name at a character, or that ends there."""
        index = bisect_right(self._starts, offset) - 1
        # The one that a cursor stands before goes before the one that it stands behind.
        for occurrence in reversed(self.occurrences[max(index - _INSIDE, 0) : index + 1]):
            if occurrence.at.start <= offset <= occurrence.at.end:
                return occurrence
        return None

    def step_at(self, offset: int) -> StepAt | None:
        """The innermost step that a character stands in."""
        found = [step for step in self.steps if step.at.start <= offset <= step.at.end]
        return min(found, key=lambda step: step.at.end - step.at.start, default=None)

    def of(self, keys: Iterable[Key]) -> list[Occurrence]:
        """All places of some names."""
        wanted = set(keys)
        return [occurrence for occurrence in self.occurrences if occurrence.key in wanted]

    def symbol(self, key: Key) -> Symbol | None:
        """The definition of a name; the first of several."""
        found = self.symbols.get(key)
        return None if found is None else found[0]

    def definition(self, name: str) -> Symbol | None:
        """The block or net of this file that is called so."""
        return self.symbol(Key("definition", self.uri, "", name))

    def parameters(self, name: str) -> tuple[syntax.ParameterOf, ...]:
        """The parameters that a block's or net's own line has."""
        symbol = self.definition(name)
        if symbol is None or not isinstance(symbol.node, (syntax.Definition, syntax.Variant)):
            return ()
        return symbol.node.parameters

    def finish(self) -> Index:
        """Bring the places into the order of the text."""
        self.occurrences.sort(key=lambda occurrence: (occurrence.at.start, -occurrence.at.end))
        self._starts = [occurrence.at.start for occurrence in self.occurrences]
        return self

    _starts: list[int] = field(default_factory=list)
