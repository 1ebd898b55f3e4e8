"""A file's definitions: blocks, nets, ``let``, ``default`` and what it takes from others with ``use``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from netcompiler import syntax
from netcompiler.diagnostics import suggest
from netcompiler.elaborate.defaults import add_default
from netcompiler.elaborate.environment import Frame
from netcompiler.elaborate.expressions import Evaluator
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import Block
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
                    self._let(item, definitions.frame, evaluator)
                case syntax.Default():
                    add_default(item, definitions.frame, evaluator, None, None)
                case syntax.Definition() | syntax.Variant():
                    self._define(item, definitions)
        self.done[key] = definitions
        return definitions

    def _let(self, item: syntax.Let, frame: Frame, evaluator: Evaluator) -> None:
        if item.name.name in frame.variables:
            self.session.error("E206", f"`{item.name.name}` is defined already", item.name.span)
        frame.variables[item.name.name] = evaluator.evaluate(item.value, frame, None, None)

    def _define(self, item: syntax.Definition | syntax.Variant, definitions: Definitions) -> None:
        name = item.name.name
        frame = definitions.frame
        if name in frame.blocks:
            first = frame.blocks[name].definition.name.span
            notes = (f"first defined at {first}",)
            self.session.error("E206", f"`{name}` is defined already", item.name.span, notes=notes)
            return
        if name in OPERATIONS:
            message = f"`{name}` is an operation, a definition cannot have its name"
            self.session.error("E206", message, item.name.span)
            return
        frame.blocks[name] = definitions.own[name] = Block(name, item, frame, frame.defaults)

    def _use(self, item: syntax.Use, definitions: Definitions, using: tuple[object, ...]) -> None:
        file = self.read(item.file, self.session)
        if file is None:
            return
        key = file.source.path or file.source
        if key in using:
            self.session.error(
                "E108", f"`{item.file.value}` uses this file, so they would go in circles", item.span
            )
            return
        if len(using) > self.session.limits.nesting or len(self.done) >= self.session.limits.files:
            raise self.session.stop(f"more than {self.session.limits.files} files are used", item.span)
        other = self.define(file, using)
        for name in item.names:
            block = other.own.get(name.name)
            if block is None:
                help = suggest(name.name, other.own)
                self.session.error(
                    "E201", f"`{item.file.value}` defines no `{name.name}`", name.span, help=help
                )
            elif name.name in definitions.frame.blocks:
                self.session.error("E206", f"`{name.name}` is defined already", name.span)
            else:
                definitions.frame.blocks[name.name] = block
