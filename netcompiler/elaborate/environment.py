"""Where names are looked up: variables by braces, names of steps by scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from netcompiler import syntax
from netcompiler.elaborate.values import Block, Defaults, Flow
from netcompiler.source import Source, Span

COLUMN = "\0"
"""Stands in a path for the group's name, while all columns are elaborated at once."""


class Frame:
    """Variables and defaults of one pair of braces, and what is around them.

    Attributes:
        source: the file whose text it belongs to.
        blocks: the blocks and nets of that file, by name.
        parent: the braces around it; None for a file.
        variables: parameters and ``let`` values.
        defaults: what ``default`` fills in; replaced, never changed, so that later ones do not reach back.
        lets: where ``let`` values are named; None before the first.
    """

    __slots__ = ("blocks", "defaults", "lets", "parent", "source", "variables")

    def __init__(
        self, source: Source, blocks: dict[str, Block], parent: Frame | None, defaults: Defaults
    ) -> None:
        self.source = source
        self.blocks = blocks
        self.parent = parent
        self.variables: dict[str, object] = {}
        self.defaults = defaults
        self.lets: dict[str, Span] | None = None

    def child(self) -> Frame:
        """A frame for braces inside this one."""
        return Frame(self.source, self.blocks, self, self.defaults)

    def find(self, name: str) -> tuple[bool, object]:
        """Whether a variable is visible here, and its value."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.variables:
                return True, frame.variables[name]
            frame = frame.parent
        return False, None

    def visible(self) -> set[str]:
        """Names of all variables visible here."""
        names: set[str] = set()
        frame: Frame | None = self
        while frame is not None:
            names |= frame.variables.keys()
            frame = frame.parent
        return names


@dataclass(eq=False, slots=True)
class NetState:
    """What a net declares while it is elaborated.

    Attributes:
        outermost: True for the net that is loaded, False for one that is used as a block.
        shapes: shapes of inputs given from outside, by name; they replace the declared ones.
        inputs: declared inputs by name.
        groups: declared placement groups and where.
        outputs: values named in ``output`` lines, by name.
    """

    outermost: bool
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    inputs: dict[str, Span] = field(default_factory=dict)
    groups: dict[str, Span] = field(default_factory=dict)
    outputs: dict[str, NamedOutput] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamedOutput:
    """An ``output`` line: the name, its value, and whether it is for training only."""

    name: str
    flow: Flow
    training_only: bool
    span: Span


@dataclass(eq=False, slots=True)
class Binding:
    """A named step: its value, the scope it opened, and how to run it again.

    Attributes:
        name: its name in its scope.
        value: what it gave.
        span: its label's place.
        inner: the names inside it, when it is a scope.
        step: the step, for ``reuse``; None for an input or an unnamed step.
        here: the variables and the scope it ran with.
    """

    name: str
    value: Flow
    span: Span
    inner: Scope | None
    step: syntax.Step | None
    here: Here


@dataclass(eq=False, slots=True)
class Scope:
    """A scope of step names under construction.

    Attributes:
        path: its dotted path, `COLUMN` standing for the column's group.
        outer: the scope around it that its names may see; None at a block's or net's border.
        caller: at a block's border, the scope that it is called in.
        given: the value the block or net was given, for ``in``; None in a net.
        net: what the net declares, in a net's own scope.
        bindings: named steps, unnamed ones that are scopes under their position as well.
        columns: the scopes of ``columns`` begun in this scope, by their groups.
        position: the position of the next step.
    """

    path: str
    outer: Scope | None
    given: Flow | None
    net: NetState | None = None
    bindings: dict[str, Binding] = field(default_factory=dict)
    columns: dict[tuple[str, ...], Scope] = field(default_factory=dict)
    position: int = 0
    caller: Scope | None = None

    def inner_path(self, name: str) -> str:
        """The path of something called ``name`` in this scope."""
        return f"{self.path}.{name}" if self.path else name

    def take_position(self) -> str:
        """The name of an unnamed step: its position, from 0."""
        position = self.position
        self.position += 1
        return str(position)

    def find(self, text: str) -> Binding | None:
        """The step a reference names: a name seen from here, then names inside it, after dots."""
        scope: Scope | None = self
        while scope is not None:
            known, binding = scope.inside(text)
            if known:
                return binding
            scope = scope.outer
        return None

    def inside(self, text: str) -> tuple[bool, Binding | None]:
        """Whether this scope has the first name of a reference, and the step that it names."""
        if text in self.bindings:
            return True, self.bindings[text]
        dot = text.find(".")
        while dot != -1:
            # A quoted label may have dots in it.
            binding = self.bindings.get(text[:dot])
            if binding is not None:
                return True, None if binding.inner is None else binding.inner.inside(text[dot + 1 :])[1]
            dot = text.find(".", dot + 1)
        return False, None

    def find_net(self) -> NetState | None:
        """What the net around this scope declares; None in a block."""
        scope: Scope | None = self
        while scope is not None:
            if scope.net is not None:
                return scope.net
            scope = scope.outer
        return None

    def visible(self) -> set[str]:
        """Names of all steps visible here."""
        names: set[str] = set()
        scope: Scope | None = self
        while scope is not None:
            names |= {name for name in scope.bindings if not name.isdecimal()}
            scope = scope.outer
        return names


class Here(NamedTuple):
    """Where a step or an expression is evaluated: its variables, its scope and the current value."""

    frame: Frame
    scope: Scope
    value: Flow | None = None

    @classmethod
    def outside(cls, frame: Frame) -> Here:
        """A place with variables alone: a file's own lines, and the parameters of definitions."""
        return cls(frame, Scope("", None, None))

    def on(self, value: Flow | None) -> Here:
        """The same place with another current value."""
        return Here(self.frame, self.scope, value)

    def within(self, scope: Scope) -> Here:
        """The same variables and value in another scope."""
        return Here(self.frame, scope, self.value)

    def braced(self) -> Here:
        """Inside braces that stand here: variables set there are not seen outside."""
        return Here(self.frame.child(), self.scope, self.value)


@dataclass(slots=True)
class Slot:
    """What a step is called, and where it stands in the text.

    Attributes:
        span: its place.
        name: its name in its scope; None to take the next position.
        repeat: the number of the repeat it is a copy in.
        opened: the scope it opened; the step sets it.
    """

    span: Span
    name: str | None = None
    repeat: int | None = None
    opened: Scope | None = None

    def path(self, scope: Scope) -> str:
        """Its path as a layer in a scope."""
        return scope.inner_path(self.name if self.name is not None else scope.take_position())
