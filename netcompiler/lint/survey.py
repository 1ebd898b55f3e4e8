"""What a file says: its names and who uses them, its calls, its defaults. One walk of the syntax tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from netcompiler import syntax
from netcompiler.operations.base import OPERATIONS
from netcompiler.source import Span

_IN_BRACES = re.compile(r"\{\s*(\w+)\s*\}")


@dataclass(eq=False, slots=True)
class Variable:
    """A parameter, a ``let`` or the variable of a ``for``.

    Attributes:
        owner: in whose text it is, in words: ``block `unit` ``; empty for a file's own ``let``.
        hides: the variable of the same text whose name it takes.
        block: the block or net whose parameter it is; None for all others.
    """

    name: str
    kind: Literal["parameter", "let", "for"]
    span: Span
    owner: str
    hides: Variable | None
    used: bool = False
    block: str | None = None


@dataclass(eq=False, slots=True)
class DefaultLine:
    """A ``default`` line, and whether any step may use it."""

    statement: syntax.Default
    used: bool = False


@dataclass(eq=False, slots=True)
class Taken:
    """A name that a ``use`` takes from another file."""

    name: syntax.Name
    file: syntax.Constant
    used: bool = False


class _Frame:
    """The variables of one pair of braces, and the defaults that nothing has used yet."""

    __slots__ = ("defaults", "parent", "variables")

    def __init__(self, parent: _Frame | None) -> None:
        self.parent = parent
        self.variables: dict[str, Variable] = {}
        self.defaults: dict[str, list[DefaultLine]] = {}

    def around(self) -> Iterator[_Frame]:
        """This one, and those around it."""
        frame: _Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent


class Survey:
    """A file's names, calls and defaults.

    Attributes:
        variables: all variables, in the order of the text.
        taken: the names that it takes from other files.
        defaults: its ``default`` lines.
        calls: the calls of operations by their own names.
        steps: all steps.
        values: names that stand where a value is expected, so for a block that others may call.
    """

    def __init__(self, file: syntax.File) -> None:
        self.variables: list[Variable] = []
        self.taken: list[Taken] = []
        self.defaults: list[DefaultLine] = []
        self.calls: list[tuple[str, syntax.Call]] = []
        self.steps: list[syntax.Step] = []
        self.values: set[str] = set()
        self._by_name: dict[str, Taken] = {}
        self._owner = ""
        self._rules: Mapping[type, Callable[[Any, _Frame], None]] = {
            syntax.Chain: self._chain,
            syntax.Let: self._let,
            syntax.Default: self._default,
            syntax.GroupDeclaration: self._nothing,
            syntax.InputDeclaration: lambda node, frame: self._expression(node.shape, frame),
            syntax.OutputDeclaration: lambda node, frame: self._reference(node.reference, frame),
            syntax.Call: self._call,
            syntax.Bracket: lambda node, frame: self._body(node.body, frame),
            syntax.Residual: self._residual,
            syntax.On: lambda node, frame: self._body(node.body, frame),
            syntax.Columns: lambda node, frame: self._body(node.body, frame),
            syntax.If: self._if,
            syntax.For: self._for,
            syntax.Constant: self._constant,
            syntax.Name: self._name,
            syntax.ListOf: lambda node, frame: self._expressions(node.items, frame),
            syntax.ListFor: self._list_for,
            syntax.Index: lambda node, frame: self._expressions((node.base, node.index), frame),
            syntax.Attribute: lambda node, frame: self._expression(node.base, frame),
            syntax.CallOf: self._call_of,
            syntax.Unary: lambda node, frame: self._expression(node.operand, frame),
            syntax.Binary: self._binary,
            syntax.Logical: lambda node, frame: self._expressions(node.operands, frame),
            syntax.Conditional: lambda node, frame: self._expressions(
                (node.then, node.test, node.otherwise), frame
            ),
            syntax.RangeOf: lambda node, frame: self._expressions((node.start, node.stop), frame),
        }
        self._file(file)

    # ---- the file --------------------------------------------------------------------------------

    def _file(self, file: syntax.File) -> None:
        frame = _Frame(None)
        lets: dict[int, Variable] = {}
        # Definitions see every `let` of their file, also those below them.
        for item in file.items:
            if isinstance(item, syntax.Let):
                lets[id(item)] = self._declare(item.name.name, "let", item.name.span, frame)
        for item in file.items:
            match item:
                case syntax.Use():
                    self._use(item)
                case syntax.Let():
                    self._value(item, frame)
                case syntax.Default():
                    self._default(item, frame)
                case syntax.Definition():
                    self._owner = f"{item.kind} `{item.name.name}`"
                    self._body(item.body, frame, item.parameters, item.name.name)
                case syntax.Variant():
                    self._owner = f"net `{item.name.name}`"
                    inner = self._parameters(item.parameters, frame)
                    self._mention(item.base.name, frame)
                    self._arguments(item.arguments, inner)
            self._owner = ""

    def _use(self, item: syntax.Use) -> None:
        for name in item.names:
            taken = self._by_name[name.name] = Taken(name, item.file)
            self.taken.append(taken)

    # ---- variables -------------------------------------------------------------------------------

    def _declare(
        self, name: str, kind: Literal["parameter", "let", "for"], span: Span, frame: _Frame
    ) -> Variable:
        hidden = None if frame.parent is None else self._find(name, frame.parent)
        if hidden is not None and hidden.owner != self._owner:
            # A name of the file, or of the block around a function, is meant to mean something else here.
            hidden = None
        variable = Variable(name, kind, span, self._owner, hidden)
        self.variables.append(variable)
        frame.variables[name] = variable
        return variable

    @staticmethod
    def _find(name: str, frame: _Frame) -> Variable | None:
        return next((f.variables[name] for f in frame.around() if name in f.variables), None)

    def _parameters(
        self, parameters: Iterable[syntax.ParameterOf], outside: _Frame, block: str | None = None
    ) -> _Frame:
        """A frame with parameters; each default sees the ones before it."""
        frame = _Frame(outside)
        for parameter in parameters:
            if parameter.default is not None:
                self._expression(parameter.default, frame)
            name = Span(
                parameter.span.source, parameter.span.start, parameter.span.start + len(parameter.name)
            )
            self._declare(parameter.name, "parameter", name, frame).block = block
        return frame

    def _let(self, node: syntax.Let, frame: _Frame) -> None:
        self._value(node, frame)
        self._declare(node.name.name, "let", node.name.span, frame)

    def _value(self, node: syntax.Let, frame: _Frame) -> None:
        """The value that a ``let`` gives a name, or the function's."""
        if node.parameters is None:
            self._expression(node.value, frame)
            return
        owner = self._owner
        self._owner = f"function `{node.name.name}`"
        self._expression(node.value, self._parameters(node.parameters, frame))
        self._owner = owner

    # ---- names that are used ---------------------------------------------------------------------

    def _mention(self, name: str, frame: _Frame) -> None:
        variable = self._find(name, frame)
        if variable is not None:
            variable.used = True
        if name in self._by_name:
            self._by_name[name].used = True
        if name in OPERATIONS:
            self._use_defaults(name, frame)

    @staticmethod
    def _use_defaults(operation: str, frame: _Frame) -> None:
        for around in frame.around():
            for line in around.defaults.pop(operation, ()):
                line.used = True

    @staticmethod
    def _use_all_defaults(frame: _Frame) -> None:
        for around in frame.around():
            for line in chain.from_iterable(around.defaults.values()):
                line.used = True
            around.defaults.clear()

    def _text(self, text: str, frame: _Frame) -> None:
        """A quoted text may have variables in braces."""
        if "{" in text:
            for name in _IN_BRACES.findall(text):
                self._mention(name, frame)

    def _reference(self, node: syntax.Reference, frame: _Frame) -> None:
        self._text(node.text, frame)
        self._mention(node.text, frame)

    # ---- statements ------------------------------------------------------------------------------

    def _node(self, node: object, frame: _Frame) -> None:
        self._rules[type(node)](node, frame)

    def _nothing(self, node: object, frame: _Frame) -> None:
        pass

    def _body(
        self,
        body: syntax.Body,
        outside: _Frame,
        parameters: Iterable[syntax.ParameterOf] = (),
        block: str | None = None,
    ) -> None:
        frame = self._parameters(parameters, outside, block)
        for statement in body.statements:
            self._node(statement, frame)

    def _default(self, node: syntax.Default, frame: _Frame) -> None:
        self._arguments(node.arguments, frame)
        line = DefaultLine(node)
        self.defaults.append(line)
        frame.defaults.setdefault(node.operation.name, []).append(line)

    def _chain(self, node: syntax.Chain, frame: _Frame) -> None:
        for link in node.links:
            if isinstance(link, syntax.From):
                self._reference(link.reference, frame)
            else:
                self._step(link, frame)

    def _step(self, step: syntax.Step, frame: _Frame) -> None:
        self.steps.append(step)
        if step.label is not None:
            self._text(step.label.text, frame)
        if step.repeat is not None:
            self._expression(step.repeat, frame)
        self._node(step.action, frame)

    # ---- actions ---------------------------------------------------------------------------------

    def _call(self, node: syntax.Call, frame: _Frame) -> None:
        name = node.callee.name if isinstance(node.callee, syntax.Name) else None
        if name is None:
            self._expression(node.callee, frame)
        else:
            self._mention(name, frame)
        if name is None or self._find(name, frame) is not None:
            self._use_all_defaults(frame)  # it may be any operation
        if name in OPERATIONS:
            self.calls.append((name, node))
        self._arguments(node.arguments or (), frame)
        if node.branches is not None:
            self._body(node.branches, frame)

    def _arguments(self, arguments: Iterable[syntax.Argument], frame: _Frame) -> None:
        for argument in arguments:
            self._expression(argument.value, frame)

    def _residual(self, node: syntax.Residual, frame: _Frame) -> None:
        self._use_defaults("add", frame)
        self._body(node.body, frame)
        if node.skip is not None:
            self._step(node.skip, frame)

    def _if(self, node: syntax.If, frame: _Frame) -> None:
        branch: syntax.If | syntax.Body | None = node
        while isinstance(branch, syntax.If):
            self._expression(branch.test, frame)
            self._body(branch.then, frame)
            branch = branch.otherwise
        if branch is not None:
            self._body(branch, frame)

    def _for(self, node: syntax.For, frame: _Frame) -> None:
        self._expression(node.iterable, frame)
        inner = _Frame(frame)
        self._declare(node.variable.name, "for", node.variable.span, inner)
        for statement in node.body.statements:
            self._node(statement, inner)

    # ---- expressions -----------------------------------------------------------------------------

    def _expression(self, node: syntax.Expression, frame: _Frame) -> None:
        self._rules[type(node)](node, frame)

    def _expressions(self, nodes: Iterable[syntax.Expression], frame: _Frame) -> None:
        for node in nodes:
            self._rules[type(node)](node, frame)

    def _name(self, node: syntax.Name, frame: _Frame) -> None:
        self.values.add(node.name)
        self._mention(node.name, frame)

    def _constant(self, node: syntax.Constant, frame: _Frame) -> None:
        if isinstance(node.value, str):
            # It may be a step's name: `reuse("conv{i}")`.
            self._text(node.value, frame)

    def _list_for(self, node: syntax.ListFor, frame: _Frame) -> None:
        self._expression(node.items, frame)
        inner = _Frame(frame)
        self._declare(node.name.name, "for", node.name.span, inner)
        self._expression(node.item, inner)

    def _call_of(self, node: syntax.CallOf, frame: _Frame) -> None:
        self._expression(node.callee, frame)
        self._arguments(node.arguments, frame)

    def _binary(self, node: syntax.Binary, frame: _Frame) -> None:
        self._expression(node.first, frame)
        for _, operand in node.rest:
            self._expression(operand, frame)
