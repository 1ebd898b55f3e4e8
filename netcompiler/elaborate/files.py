"""A file's definitions: blocks, nets, ``let``, ``default`` and what it takes from others with ``use``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from netcompiler import syntax
from netcompiler.diagnostics import Label, suggest
from netcompiler.elaborate.defaults import add_default
from netcompiler.elaborate.environment import Frame, Here
from netcompiler.elaborate.expressions import Evaluator
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import UNKNOWN, Block
from netcompiler.operations.base import OPERATIONS

Reader = Callable[[syntax.Constant, Session], syntax.File | None]
"""Reads the file a ``use`` names; None when it cannot, which it has reported."""


@dataclass(eq=False)
class Definitions:
    """What a file defines.

    Attributes:
        file: its syntax tree.
        frame: its variables, and the blocks and nets its bodies can call.
        own: blocks and nets defined in this file itself, in order.
    """

    file: syntax.File
    frame: Frame
    own: dict[str, Block] = field(default_factory=dict)


def define(file: syntax.File, session: Session, read: Reader) -> Definitions:
    """The definitions of a file and of all files it uses."""
    return _Definer(session, read).define(file, ())


class _Definer:
    def __init__(self, session: Session, read: Reader) -> None:
        self.session = session
        self.read = read
        self.done: dict[object, Definitions] = {}

    def define(self, file: syntax.File, using: tuple[object, ...]) -> Definitions:
        key = file.source.path or file.source
        if key in self.done:
            return self.done[key]
        definitions = Definitions(file, Frame(file.source, {}, None, {}))
        evaluator = Evaluator(self.session)
        for item in file.items:
            match item:
                case syntax.Use():
                    self._use(item, definitions, (*using, key))
                case syntax.Let():
                    self._let(item, file, definitions.frame, evaluator)
                case syntax.Default():
                    add_default(item, Here.outside(definitions.frame), evaluator)
                case syntax.Definition() | syntax.Variant():
                    self._define(item, definitions)
        self.done[key] = definitions
        return definitions

    def _let(self, item: syntax.Let, file: syntax.File, frame: Frame, evaluator: Evaluator) -> None:
        if item.name.name in frame.variables:
            lets = (i for i in file.items if isinstance(i, syntax.Let) and i.name.name == item.name.name)
            labels = [Label(next(lets).name.span, "first defined here")]
            message = f"`{item.name.name}` is defined already"
            help = "rename one of them, or take it out"
            self.session.error("E206", message, item.name.span, help=help, labels=labels)
        frame.variables[item.name.name] = evaluator.let(item, Here.outside(frame))

    def _define(self, item: syntax.Definition | syntax.Variant, definitions: Definitions) -> None:
        name = item.name.name
        frame = definitions.frame
        if name in frame.blocks:
            first = frame.blocks[name].definition.name.span
            labels = [Label(first, "first defined here")]
            message = f"`{name}` is defined already"
            help = "rename one of them, or take it out"
            self.session.error("E206", message, item.name.span, help=help, labels=labels)
            return
        if name in OPERATIONS:
            message = f"`{name}` is an operation, a definition cannot have its name"
            self.session.error("E206", message, item.name.span, help=f"rename it: `my_{name}`")
            # Its calls mean the definition: nothing is said about them as calls of the operation.
            frame.variables.setdefault(name, UNKNOWN)
            return
        frame.blocks[name] = definitions.own[name] = Block(name, item, frame, frame.defaults)

    def _use(self, item: syntax.Use, definitions: Definitions, using: tuple[object, ...]) -> None:
        file = self.read(item.file, self.session)
        key = file and (file.source.path or file.source)
        if file is not None and key in using:
            message = f"`{item.file.value}` uses this file, so they would go in circles"
            help = "move the blocks that both need into a third file"
            self.session.error("E108", message, item.file.span, help=help)
            file = None
        other = None if file is None else self.define(file, using).own
        for name in item.names:
            self._take(name, other, item, definitions)

    def _take(
        self, name: syntax.Name, other: dict[str, Block] | None, item: syntax.Use, definitions: Definitions
    ) -> None:
        """Take one name from another file's definitions, which are None when they cannot be read."""
        if other is not None and name.name not in other:
            help = suggest(name.name, other) or (f"it defines {', '.join(other)}" if other else None)
            message = f"`{item.file.value}` defines no `{name.name}`"
            self.session.error("E201", message, name.span, help=help)
        elif name.name in definitions.frame.blocks:
            first = definitions.frame.blocks[name.name].definition.name.span
            message = f"`{name.name}` is defined already"
            labels = [Label(first, "first defined here")]
            self.session.error("E206", message, name.span, help="rename one of them", labels=labels)
        elif name.name in OPERATIONS:
            message = f"`{name.name}` is an operation, a definition cannot have its name"
            help = f"rename it in `{item.file.value}`"
            self.session.error("E206", message, name.span, help=help)
        elif other is not None:
            definitions.frame.blocks[name.name] = other[name.name]
            return
        if name.name not in definitions.frame.blocks:
            # What is said about it here is enough.
            definitions.frame.variables.setdefault(name.name, UNKNOWN)
