"""Evaluating expressions. A mistake is reported where it stands and gives `UNKNOWN`, which says nothing more."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from typing import Any

from netcompiler import syntax
from netcompiler.diagnostics import suggest
from netcompiler.elaborate.binding import bind_parameters
from netcompiler.elaborate.environment import Frame, Scope
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import LOST, UNKNOWN, Callee, Flow, Given, kind_of, text_of
from netcompiler.operations.arguments import Initializer
from netcompiler.operations.base import OPERATIONS
from netcompiler.operations.initializers import INITIALIZERS
from netcompiler.source import Span

SHAPE_NAMES = ("channels", "height", "width", "features", "shape")
"""Names that stand for the current value's shape: C, H and W of [C, …, H, W], the last extent, and all."""


def _round(value: float) -> int:
    return math.floor(value + 0.5)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": _round,
    "len": len,
    "sum": sum,
}
"""Functions of expressions. ``round`` rounds halves up, as the papers' width formulas do."""

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Evaluator:
    """Evaluates expressions of one elaboration."""

    def __init__(self, session: Session) -> None:
        self.session = session

    # ---- entry points ------------------------------------------------------------------------

    def evaluate(
        self, expression: syntax.Expression, frame: Frame, scope: Scope | None, value: Flow | None
    ) -> object:
        """The value of an expression, where ``value`` is the current value of the flow."""
        self.session.spend(expression.span)
        match expression:
            case syntax.Constant():
                return self._bounded(expression.value, expression.span)
            case syntax.Name():
                return self._name(expression, frame, scope, value)
            case syntax.ListOf():
                items = tuple(self.evaluate(item, frame, scope, value) for item in expression.items)
                return UNKNOWN if UNKNOWN in items else self._bounded(items, expression.span)
            case syntax.Index():
                return self._index(expression, frame, scope, value)
            case syntax.Attribute():
                return self._attribute(expression, frame, scope, value)
            case syntax.CallOf():
                return self._call(expression, frame, scope, value)
            case syntax.Unary():
                return self._unary(expression, frame, scope, value)
            case syntax.Binary():
                return self._binary(expression, frame, scope, value)
            case syntax.Logical():
                return self._logical(expression, frame, scope, value)
            case syntax.Conditional():
                test = self.truth(expression.test, frame, scope, value)
                if test is UNKNOWN:
                    return UNKNOWN
                return self.evaluate(expression.then if test else expression.otherwise, frame, scope, value)
            case syntax.RangeOf():
                start = self.whole(expression.start, frame, scope, value)
                stop = self.whole(expression.stop, frame, scope, value)
                if isinstance(start, int) and isinstance(stop, int):
                    return range(start, stop)
                return UNKNOWN

    def truth(
        self, expression: syntax.Expression, frame: Frame, scope: Scope | None, value: Flow | None
    ) -> object:
        """A condition's value: True, False or UNKNOWN."""
        result = self.evaluate(expression, frame, scope, value)
        if result is UNKNOWN or isinstance(result, bool):
            return result
        self.session.error(
            "E218",
            f"a condition is true or false, this is {kind_of(result)}",
            expression.span,
            help="compare it: `x > 0`, `x != none`",
        )
        return UNKNOWN

    def whole(
        self, expression: syntax.Expression, frame: Frame, scope: Scope | None, value: Flow | None
    ) -> object:
        """A whole number, or UNKNOWN."""
        result = self.evaluate(expression, frame, scope, value)
        if result is UNKNOWN or (isinstance(result, int) and not isinstance(result, bool)):
            return result
        self.session.error("E218", f"a whole number is expected, this is {kind_of(result)}", expression.span)
        return UNKNOWN

    def arguments(
        self, arguments: Iterable[syntax.Argument], frame: Frame, scope: Scope | None, value: Flow | None
    ) -> tuple[Given, ...]:
        """Arguments with their values."""
        given: list[Given] = []
        names: set[str] = set()
        for argument in arguments:
            if argument.name is not None and argument.name in names:
                self.session.error("E206", f"`{argument.name}` is given twice", argument.span)
            if argument.name is not None:
                names.add(argument.name)
            given.append(
                Given(argument.name, self.evaluate(argument.value, frame, scope, value), argument.span)
            )
        return tuple(given)

    # ---- names -------------------------------------------------------------------------------

    def _name(self, node: syntax.Name, frame: Frame, scope: Scope | None, value: Flow | None) -> object:
        name = node.name
        found, variable = frame.find(name)
        if found:
            return variable
        if name in SHAPE_NAMES:
            return self._shape_of(value, name, node.span, "the current value")
        if name == "in":
            return self._given(node.span, scope)
        binding = scope.find(name) if scope is not None else None
        if binding is not None:
            return binding.value
        callee = find_callee(name, frame)
        if callee is not None:
            return callee
        if name in INITIALIZERS:
            return self._initializer(name, (), node.span)
        known = (
            frame.visible()
            | frame.blocks.keys()
            | OPERATIONS.keys()
            | set(SHAPE_NAMES)
            | {"true", "false", "none"}
        )
        known |= scope.visible() if scope is not None else set()
        self.session.error("E201", f"`{name}` is not defined", node.span, help=suggest(name, known))
        return UNKNOWN

    def _given(self, span: Span, scope: Scope | None) -> object:
        while scope is not None:
            if scope.given is not None:
                return scope.given
            scope = scope.outer
        self.session.error("E214", "`in` is a block's input; a net has none of that name", span)
        return UNKNOWN

    def _attribute(
        self, node: syntax.Attribute, frame: Frame, scope: Scope | None, value: Flow | None
    ) -> object:
        dotted = _dotted(node.base)
        binding = scope.find(dotted) if dotted is not None and scope is not None else None
        found = frame.find(dotted)[0] if dotted is not None else False
        if binding is not None and not found:
            if node.name in SHAPE_NAMES:
                return self._shape_of(binding.value, node.name, node.span, f"`{dotted}`")
            inner = scope.find(f"{dotted}.{node.name}") if scope is not None else None
            if inner is not None:
                return inner.value
            self.session.error(
                "E201", f"`{dotted}` has no `{node.name}`", node.span, help=suggest(node.name, SHAPE_NAMES)
            )
            return UNKNOWN
        base = self.evaluate(node.base, frame, scope, value)
        if base is UNKNOWN:
            return UNKNOWN
        if isinstance(base, Flow) and node.name in SHAPE_NAMES:
            return self._shape_of(base, node.name, node.span, f"`{node.base.span.text}`")
        if isinstance(base, Flow):
            hint = suggest(node.name, SHAPE_NAMES) or "a value has " + ", ".join(SHAPE_NAMES)
            self.session.error("E201", f"a value has no `{node.name}`", node.span, help=hint)
        else:
            self.session.error("E218", f"{kind_of(base)} has no `{node.name}`", node.span)
        return UNKNOWN

    def _shape_of(self, flow: Flow | None, name: str, span: Span, what: str) -> object:
        if flow is None:
            self.session.error("E214", f"`{name}` is the current value's, and there is none yet", span)
            return UNKNOWN
        shape = flow.shape
        if shape is None:
            return UNKNOWN
        if name == "shape":
            return shape
        if name == "channels":
            return shape[0]
        if name == "features":
            return shape[-1]
        if len(shape) < 3:
            self.session.error("E210", f"{what} has no {name}: its shape is {text_of(shape)}", span)
            return UNKNOWN
        return shape[-2] if name == "height" else shape[-1]

    # ---- operators ---------------------------------------------------------------------------

    def _index(self, node: syntax.Index, frame: Frame, scope: Scope | None, value: Flow | None) -> object:
        base = self.evaluate(node.base, frame, scope, value)
        index = self.whole(node.index, frame, scope, value)
        if base is UNKNOWN or not isinstance(index, int):
            return UNKNOWN
        if not isinstance(base, (tuple, range)):
            self.session.error("E218", f"only a list has items, this is {kind_of(base)}", node.base.span)
            return UNKNOWN
        if not -len(base) <= index < len(base):
            self.session.error("E209", f"the list has {len(base)} items, there is no item {index}", node.span)
            return UNKNOWN
        return base[index]

    def _unary(self, node: syntax.Unary, frame: Frame, scope: Scope | None, value: Flow | None) -> object:
        if node.operator == "not":
            test = self.truth(node.operand, frame, scope, value)
            return UNKNOWN if test is UNKNOWN else not test
        operand: Any = self.evaluate(node.operand, frame, scope, value)
        if operand is UNKNOWN:
            return UNKNOWN
        if not _is_number(operand):
            self.session.error(
                "E208", f"`{node.operator}` needs a number, this is {kind_of(operand)}", node.span
            )
            return UNKNOWN
        return -operand if node.operator == "-" else operand

    def _logical(self, node: syntax.Logical, frame: Frame, scope: Scope | None, value: Flow | None) -> object:
        decisive = node.operator == "or"
        for operand in node.operands:
            test = self.truth(operand, frame, scope, value)
            if test is UNKNOWN:
                return UNKNOWN
            if test is decisive:
                return decisive
        return not decisive

    def _binary(self, node: syntax.Binary, frame: Frame, scope: Scope | None, value: Flow | None) -> object:
        left = self.evaluate(node.first, frame, scope, value)
        for symbol, expression in node.rest:
            right = self.evaluate(expression, frame, scope, value)
            if left is UNKNOWN or right is UNKNOWN:
                left = UNKNOWN
            else:
                left = self._apply(symbol, left, right, node.first.span.to(expression.span))
        return left

    def _apply(self, symbol: str, left: Any, right: Any, span: Span) -> object:
        if symbol in ("==", "!="):
            if isinstance(left, Callee) and isinstance(right, Callee):
                same = left.target is right.target
            else:
                same = kind_of(left) == kind_of(right) and left == right
            return same if symbol == "==" else not same
        numbers = _is_number(left) and _is_number(right)
        joins = symbol == "+" and type(left) is type(right) and isinstance(left, (str, tuple))
        repeats = (
            symbol == "*"
            and isinstance(left, tuple)
            and isinstance(right, int)
            and not isinstance(right, bool)
        )
        if not (numbers or joins or repeats):
            message = f"`{symbol}` does not go with {kind_of(left)} and {kind_of(right)}"
            self.session.error("E208", message, span)
            return UNKNOWN
        if repeats and len(left) * right > self.session.limits.list_items:
            raise self.session.stop(f"list has more than {self.session.limits.list_items:,} items", span)
        if symbol in ("/", "//", "%") and right == 0:
            self.session.error("E209", "division by zero", span)
            return UNKNOWN
        if symbol == "**" and abs(right) * math.log2(abs(left) + 2) > 1000:
            raise self.session.stop("the power is too large", span)
        try:
            return self._bounded(_BINARY[symbol](left, right), span)
        except (OverflowError, ZeroDivisionError):
            self.session.error("E209", f"`{span.text}` has no finite result", span)
            return UNKNOWN

    def _bounded(self, value: object, span: Span) -> object:
        limits = self.session.limits
        if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
            self.session.error("E209", f"`{span.text}` is no finite number", span)
            return UNKNOWN
        if isinstance(value, int) and abs(value) > limits.dimension:
            raise self.session.stop(f"whole number is larger than {limits.dimension:,}", span)
        if isinstance(value, tuple) and len(value) > limits.list_items:
            raise self.session.stop(f"list has more than {limits.list_items:,} items", span)
        if isinstance(value, str) and len(value) > limits.text:
            raise self.session.stop(f"string has more than {limits.text:,} characters", span)
        return value

    # ---- calls -------------------------------------------------------------------------------

    def _call(self, node: syntax.CallOf, frame: Frame, scope: Scope | None, value: Flow | None) -> object:
        given = self.arguments(node.arguments, frame, scope, value)
        if isinstance(node.callee, syntax.Name):
            name = node.callee.name
            if not frame.find(name)[0] and find_callee(name, frame) is None:
                if name in FUNCTIONS:
                    return self._function(name, given, node.span)
                if name in INITIALIZERS:
                    return self._initializer(name, given, node.span)
        callee = self.evaluate(node.callee, frame, scope, value)
        if callee is UNKNOWN:
            return UNKNOWN
        if not isinstance(callee, Callee):
            self.session.error("E218", f"{kind_of(callee)} cannot be called", node.callee.span)
            return UNKNOWN
        return Callee(callee.target, (*callee.given, *given))

    def _function(self, name: str, given: tuple[Given, ...], span: Span) -> object:
        values: list[Any] = [g.value for g in given]
        if UNKNOWN in values:
            return UNKNOWN
        try:
            if any(g.name is not None for g in given):
                raise TypeError
            return self._bounded(FUNCTIONS[name](*values), span)
        except (TypeError, ValueError, OverflowError):
            words = ", ".join(kind_of(v) for v in values) or "nothing"
            self.session.error("E208", f"`{name}` does not take {words}", span)
            return UNKNOWN

    def _initializer(self, name: str, given: tuple[Given, ...], span: Span) -> object:
        bound = bind_parameters(self.session, f"`{name}`", INITIALIZERS[name], given, {}, span)
        if bound is None:
            return UNKNOWN
        named = {
            p.name for p, _ in zip(INITIALIZERS[name], [g for g in given if g.name is None], strict=False)
        }
        named |= {g.name for g in given if g.name is not None}
        # Only what the spec gives is kept, so that generated code reads as the spec does.
        kept: list[tuple[str, Any]] = [(p.name, bound[p.name]) for p in INITIALIZERS[name] if p.name in named]
        return Initializer(name, tuple(kept))


def find_callee(name: str, frame: Frame) -> Callee | None:
    """The block, net or operation of this name, blocks of the file first."""
    block = frame.blocks.get(name)
    if block is not None:
        return Callee(block)
    operation = OPERATIONS.get(name)
    return None if operation is None else Callee(operation)


def _dotted(expression: syntax.Expression) -> str | None:
    """``a.b.c`` of an expression that is nothing but names and dots."""
    names = []
    while isinstance(expression, syntax.Attribute):
        names.append(expression.name)
        expression = expression.base
    if not isinstance(expression, syntax.Name):
        return None
    return ".".join([expression.name, *reversed(names)])


def flow_or_lost(value: object) -> Flow:
    """A flow as it is; `LOST` for what an error has made unknown."""
    return value if isinstance(value, Flow) else LOST
