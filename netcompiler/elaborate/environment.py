"""Where names are looked up: variables by braces, names of steps by scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from netcompiler import syntax
from netcompiler.elaborate.values import Block, Defaults, Flow
from netcompiler.source import Source, Span

if TYPE_CHECKING:
    from netcompiler.elaborate.placement import Place

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
    """

    __slots__ = ("blocks", "defaults", "parent", "source", "variables")

    def __init__(
        self, source: Source, blocks: dict[str, Block], parent: Frame | None, defaults: Defaults
    ) -> None:
        self.source = source
        self.blocks = blocks
        self.parent = parent
        self.variables: dict[str, object] = {}
        self.defaults = defaults

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
        outputs: values named in ``output`` lines.
    """

    outermost: bool
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    inputs: dict[str, Span] = field(default_factory=dict)
    groups: dict[str, Span] = field(default_factory=dict)
    outputs: list[NamedOutput] = field(default_factory=list)


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
        value: what it gave.
        span: its label's place.
        inner: the names inside it, when it is a scope.
        step: the step, for ``reuse``; None for an input.
        frame: the variables it ran with.
        scope: the scope it stands in.
        place: the placement it ran in.
    """

    value: Flow
    span: Span
    inner: Scope | None
    step: syntax.Step | None
    frame: Frame
    scope: Scope
    place: Place | None


@dataclass(eq=False, slots=True)
class Scope:
    """A scope of step names under construction.

    Attributes:
        path: its dotted path, `COLUMN` standing for the column's group.
        outer: the scope around it that its names may see; None at a block's or net's border.
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
            if text in scope.bindings:
                return scope.bindings[text]
            head, _, rest = text.partition(".")
            if rest and head in scope.bindings:
                inner = scope.bindings[head].inner
                return None if inner is None else inner._inside(rest)
            scope = scope.outer
        return None

    def _inside(self, text: str) -> Binding | None:
        if text in self.bindings:
            return self.bindings[text]
        head, _, rest = text.partition(".")
        binding = self.bindings.get(head)
        if not rest or binding is None or binding.inner is None:
            return None
        return binding.inner._inside(rest)

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
