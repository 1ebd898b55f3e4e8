"""Evaluating expressions. A mistake is reported where it stands and gives `UNKNOWN`: nothing more is said."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from netcompiler import syntax
from netcompiler.diagnostics import Label, call_text, suggest
from netcompiler.elaborate.argument_hints import words
from netcompiler.elaborate.binding import bind_parameters, match_arguments
from netcompiler.elaborate.environment import Frame, Here
from netcompiler.elaborate.functions import FUNCTIONS, is_number, is_whole
from netcompiler.elaborate.hints import meant, operation_hint
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.unseen import or_parameter, report_unseen
from netcompiler.elaborate.values import (
    LOST,
    UNKNOWN,
    Callee,
    Flow,
    Formula,
    Given,
    items_in,
    kind_of,
    text_of,
)
from netcompiler.operations.arguments import Initializer
from netcompiler.operations.base import OPERATIONS, Operation
from netcompiler.operations.initializers import INITIALIZERS
from netcompiler.record import record
from netcompiler.source import Span

SHAPE_NAMES = ("channels", "height", "width", "features", "shape")
"""Names that stand for the current value's shape: C, H and W of [C, …, H, W], the last extent, and all."""

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


@record()
class _Computed:
    """A call of a function of the spec, with its arguments."""

    definition: Formula
    frame: Frame

    def __str__(self) -> str:
        """The call as messages show it: ``function `scaled(width=64)` ``."""
        names = [p.name for p in self.definition.parameters]
        values = [f"{name}={text_of(self.frame.variables.get(name, UNKNOWN), 40)}" for name in names]
        return f"function `{call_text(self.definition.name, values)}`"


class Evaluator:
    """Evaluates expressions of one elaboration."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._depth = 0
        self._running: list[Formula] = []
        self._rules: Mapping[type, Callable[[Any, Here], object]] = {
            syntax.Constant: self._constant,
            syntax.Name: self._name,
            syntax.ListOf: self._list,
            syntax.ListFor: self._list_for,
            syntax.Index: self._index,
            syntax.Attribute: self._attribute,
            syntax.CallOf: self._call,
            syntax.Unary: self._unary,
            syntax.Binary: self._binary,
            syntax.Logical: self._logical,
            syntax.Conditional: self._conditional,
            syntax.RangeOf: self._range,
        }

    # ---- entry points ------------------------------------------------------------------------

    def evaluate(self, expression: syntax.Expression, here: Here) -> object:
        """The value of an expression."""
        self.session.spend(expression.span)
        self._depth += 1
        if self._depth > self.session.limits.nesting:
            message = f"expressions are nested more than {self.session.limits.nesting} deep"
            raise self.session.stop(message, expression.span, code="E107", limit="nesting")
        value = self._rules[type(expression)](expression, here)
        self._depth -= 1
        return value

    def let(self, statement: syntax.Let, here: Here) -> object:
        """What a ``let`` line names: a value, or with parameters a function."""
        if statement.parameters is None:
            return self.evaluate(statement.value, here)
        return Formula(statement.name.name, statement.parameters, statement.value, here.frame)

    def truth(self, expression: syntax.Expression, here: Here) -> object:
        """A condition's value: True, False or UNKNOWN."""
        result = self.evaluate(expression, here)
        if result is UNKNOWN or isinstance(result, bool):
            return result
        message = f"a condition is true or false, this is {kind_of(result)}"
        self.session.error("E218", message, expression.span, help="compare it: `x > 0`, `x != none`")
        return UNKNOWN

    def whole(self, expression: syntax.Expression, here: Here) -> object:
        """A whole number, or UNKNOWN."""
        result = self.evaluate(expression, here)
        if result is UNKNOWN or is_whole(result):
            return result
        what = kind_of(result) if not isinstance(result, float) else text_of(result)
        help = None
        if is_number(result):
            help = "`//` divides to a whole number; `round(x)`, `floor(x)` and `ceil(x)` make one"
        elif isinstance(result, str) and result.isdecimal():
            help = f"without quotes: `{text_of(result)[1:-1]}`"
        message = f"a whole number is expected, this is {what}"
        self.session.error("E218", message, expression.span, help=help)
        return UNKNOWN

    def arguments(self, arguments: Sequence[syntax.Argument], here: Here) -> tuple[Given, ...]:
        """Arguments with their values."""
        if not arguments:
            return ()
        given: list[Given] = []
        names: set[str] = set()
        call = object()
        for argument in arguments:
            if argument.name is not None and argument.name in names:
                first = next(a for a in arguments if a.name == argument.name)
                message = f"`{argument.name}` is given twice"
                labels = [Label(first.span, "given here first")]
                self.session.error("E206", message, argument.span, help="keep one of them", labels=labels)
            if argument.name is not None:
                names.add(argument.name)
            value = self.evaluate(argument.value, here)
            if type(value) is tuple:
                # Whoever takes it looks at all its items.
                self._spend_on((value,), argument.span)
            given.append(Given(argument.name, value, argument.span, call))
        return tuple(given)

    def bind(
        self,
        what: str,
        parameters: Iterable[syntax.ParameterOf],
        given: Iterable[Given],
        frame: Frame,
        span: Span,
        defined: Span,
    ) -> Frame | None:
        """Set parameters as variables of a frame: given, else by their defaults. They are ``defined`` there.

        None when one has no value, which has been reported.
        """
        names = [p.name for p in parameters]
        matched = match_arguments(self.session, what, names, given, span, defined)
        complete = True
        for parameter in parameters:
            if parameter.name in frame.variables:
                message = f"{what} has two parameters `{parameter.name}`"
                help = "give one of them another name"
                self.session.error("E206", message, parameter.span, help=help)
            elif parameter.name in matched:
                frame.variables[parameter.name] = matched[parameter.name].value
            elif parameter.default is not None:
                value = frame.variables[parameter.name] = self.evaluate(
                    parameter.default, Here.outside(frame)
                )
                self._spend_on((value,), parameter.span)
            else:
                message = f"{what} needs `{parameter.name}`"
                help = f"it takes {', '.join(names)}; those with a default can be left out"
                labels = [Label(parameter.span, f"`{parameter.name}` has no default")]
                self.session.error("E203", message, span.head, help=help, labels=labels)
                complete = False
        return frame if complete else None

    # ---- names -------------------------------------------------------------------------------

    def _name(self, node: syntax.Name, here: Here) -> object:
        name = node.name
        found, variable = here.frame.find(name)
        if found:
            return variable
        if name in SHAPE_NAMES:
            return self._shape_of(here.value, name, node.span, "the current value")
        if name == "in":
            return self.given(node.span, here)
        binding = here.scope.find(name)
        if binding is not None:
            return binding.value
        callee = find_callee(name, here.frame)
        if callee is not None:
            return callee
        if name in INITIALIZERS:
            return self._initializer(name, (), node.span)
        if report_unseen(name, node.span, here, self.session):
            return UNKNOWN
        help = partial(_name_hint, name, here)
        labels = partial(meant, help, here)
        help = partial(or_parameter, help, name, self.session)
        self.session.error("E201", f"`{name}` is not defined", node.span, help=help, labels=labels)
        return UNKNOWN

    def given(self, span: Span, here: Here) -> object:
        """The value of ``in``: what the block around this place was given."""
        scope = here.scope
        while scope.given is None:
            if scope.outer is None:
                help = "in a net, name the value: `from image`"
                self.session.error(
                    "E214", "`in` is a block's input, and this is in no block", span, help=help
                )
                return UNKNOWN
            scope = scope.outer
        return scope.given

    def _attribute(self, node: syntax.Attribute, here: Here) -> object:
        dotted = _dotted(node.base)
        if dotted is not None and not here.frame.find(dotted.partition(".")[0])[0]:
            binding = here.scope.find(dotted)
            if binding is not None:
                return self._part(node, dotted, binding.value, here)
            # A quoted label may have dots in it.
            binding = here.scope.find(f"{dotted}.{node.name}")
            if binding is not None:
                return binding.value
            if report_unseen(f"{dotted}.{node.name}", node.span, here, self.session):
                return UNKNOWN
        base = self.evaluate(node.base, here)
        if base is UNKNOWN:
            return UNKNOWN
        what = f"`{node.base.span.text}`"
        if not isinstance(base, Flow):
            self.session.error("E218", f"{what} is {kind_of(base)}, and has no `{node.name}`", node.span)
            return UNKNOWN
        return self._shape_of(base, node.name, node.span, what)

    def _part(self, node: syntax.Attribute, dotted: str, value: Flow, here: Here) -> object:
        """``name.channels`` and the like of a named value, or a named value inside it."""
        if node.name not in SHAPE_NAMES:
            inner = here.scope.find(f"{dotted}.{node.name}")
            if inner is not None:
                return inner.value
        return self._shape_of(value, node.name, node.span, f"`{dotted}`")

    def _shape_of(self, flow: Flow | None, name: str, span: Span, what: str) -> object:
        if name not in SHAPE_NAMES:
            hint = suggest(name, SHAPE_NAMES) or "a value has " + ", ".join(SHAPE_NAMES)
            self.session.error("E201", f"{what} has no `{name}`", span, help=hint)
            return UNKNOWN
        if flow is None:
            self.session.error("E214", f"`{name}` is the current value's, and there is none yet", span)
            return UNKNOWN
        shape = flow.shape
        if shape is None:
            return UNKNOWN
        if name == "shape":
            return shape
        if not shape or (name in ("height", "width") and len(shape) < 3):
            help = "height and width are those of [channels, height, width]; `features` is the last extent"
            message = f"{what} has no {name}: its shape is {text_of(shape)}"
            self.session.error("E210", message, span, help=help)
            return UNKNOWN
        return shape[{"channels": 0, "height": -2}.get(name, -1)]

    # ---- operators ---------------------------------------------------------------------------

    def _constant(self, node: syntax.Constant, here: Here) -> object:
        return self._bounded(node.value, node.span)

    def _list(self, node: syntax.ListOf, here: Here) -> object:
        items = tuple([self.evaluate(item, here) for item in node.items])
        return UNKNOWN if UNKNOWN in items else self._bounded(items, node.span)

    def _list_for(self, node: syntax.ListFor, here: Here) -> object:
        items = self.evaluate(node.items, here)
        if items is UNKNOWN:
            return UNKNOWN
        if not isinstance(items, (tuple, range)):
            message = f"`for` goes through a list or a range, this is {kind_of(items)}"
            self.session.error("E218", message, node.items.span)
            return UNKNOWN
        values = []
        for item in items:
            inner = here.braced()
            inner.frame.variables[node.name.name] = item
            values.append(self.evaluate(node.item, inner))
        return UNKNOWN if UNKNOWN in values else self._bounded(tuple(values), node.span)

    def _conditional(self, node: syntax.Conditional, here: Here) -> object:
        test = self.truth(node.test, here)
        if test is UNKNOWN:
            return UNKNOWN
        return self.evaluate(node.then if test else node.otherwise, here)

    def _range(self, node: syntax.RangeOf, here: Here) -> object:
        start = self.whole(node.start, here)
        stop = self.whole(node.stop, here)
        if not isinstance(start, int) or not isinstance(stop, int):
            return UNKNOWN
        if stop - start > self.session.limits.list_items:
            raise self.session.stop(
                f"range has {stop - start:,} items, the limit is {self.session.limits.list_items:,}",
                node.span,
                limit="list_items",
            )
        return range(start, stop)

    def _index(self, node: syntax.Index, here: Here) -> object:
        base = self.evaluate(node.base, here)
        index = self.whole(node.index, here)
        if base is UNKNOWN or not isinstance(index, int):
            return UNKNOWN
        if not isinstance(base, (tuple, range)):
            message = f"only a list has items, this is {kind_of(base)}"
            self.session.error("E218", message, node.base.span, help="a list is written `[64, 128]`")
            return UNKNOWN
        if not -len(base) <= index < len(base):
            count = f"{len(base)} item" + ("s" if len(base) != 1 else "")
            help = f"items count from 0, so the last one is {len(base) - 1}" if base else "the list is empty"
            message = f"the list has {count}, there is no item {index}"
            self.session.error("E209", message, node.span, help=help)
            return UNKNOWN
        return base[index]

    def _unary(self, node: syntax.Unary, here: Here) -> object:
        if node.operator == "not":
            test = self.truth(node.operand, here)
            return UNKNOWN if test is UNKNOWN else not test
        operand: Any = self.evaluate(node.operand, here)
        if operand is UNKNOWN:
            return UNKNOWN
        if not is_number(operand):
            message = f"`{node.operator}` needs a number, this is {kind_of(operand)}"
            self.session.error("E208", message, node.span, help=_fitting(operand))
            return UNKNOWN
        return -operand if node.operator == "-" else operand

    def _logical(self, node: syntax.Logical, here: Here) -> object:
        decisive = node.operator == "or"
        for operand in node.operands:
            test = self.truth(operand, here)
            if test is UNKNOWN:
                return UNKNOWN
            if test is decisive:
                return decisive
        return not decisive

    def _binary(self, node: syntax.Binary, here: Here) -> object:
        left = self.evaluate(node.first, here)
        for symbol, expression in node.rest:
            right = self.evaluate(expression, here)
            if left is UNKNOWN or right is UNKNOWN:
                left = UNKNOWN
            else:
                left = self._apply(symbol, left, right, node.first.span.to(expression.span))
        return left

    def _apply(self, symbol: str, left: Any, right: Any, span: Span) -> object:
        if symbol in ("==", "!="):
            self._spend_on((left, right), span)
            return _equal(left, right) is (symbol == "==")
        numbers = is_number(left) and is_number(right)
        joins = symbol == "+" and type(left) is type(right) and isinstance(left, (str, tuple))
        repeats = symbol == "*" and isinstance(left, tuple) and is_whole(right)
        if not (numbers or joins or repeats):
            message = f"`{symbol}` does not go with {kind_of(left)} and {kind_of(right)}"
            self.session.error("E208", message, span, help=_fitting(left, right))
            return UNKNOWN
        if repeats and len(left) * right > self.session.limits.list_items:
            raise self._too_long(span)
        if symbol in ("/", "//", "%") and right == 0:
            divisor = span.text.rpartition(symbol)[2].strip()
            help = None
            if not divisor.isdecimal():
                help = f"ask first: `{span.text} if {divisor} != 0 else 1`"
            self.session.error("E209", f"`{span.text}` divides by zero", span, help=help)
            return UNKNOWN
        if symbol == "**" and abs(right) * math.log2(abs(left) + 2) > 1000:
            raise self.session.stop("the power is too large", span, limit="dimension")
        try:
            return self._bounded(_BINARY[symbol](left, right), span)
        except (OverflowError, ZeroDivisionError):
            self.session.error("E209", f"`{span.text}` has no finite result", span)
            return UNKNOWN

    def _bounded(self, value: object, span: Span) -> object:
        """The value as it is. Raises `LimitError` for one that is larger than the limits allow."""
        limits = self.session.limits
        if isinstance(value, int):
            if abs(value) > limits.dimension:
                message = f"whole number is larger than {limits.dimension:,}"
                raise self.session.stop(message, span, limit="dimension")
            return value
        if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
            self.session.error("E209", f"`{span.text}` is no finite number", span)
            return UNKNOWN
        if isinstance(value, str) and len(value) > limits.text:
            message = f"string has more than {limits.text:,} characters"
            raise self.session.stop(message, span, limit="text")
        if isinstance(value, tuple):
            items = items_in(value, limits.list_items)
            if items > limits.list_items:
                raise self._too_long(span)
            self.session.spend(span, items // 10)
        return value

    def _spend_on(self, values: Iterable[object], span: Span) -> None:
        """Count the work of going through lists."""
        limit = self.session.limits.list_items
        for value in values:
            if isinstance(value, (tuple, range)):
                items = items_in(value, limit) if isinstance(value, tuple) else len(value)
                self.session.spend(span, items // 10)

    def _too_long(self, span: Span) -> Exception:
        message = f"list has more than {self.session.limits.list_items:,} items"
        return self.session.stop(message, span, limit="list_items")

    # ---- calls -------------------------------------------------------------------------------

    def _call(self, node: syntax.CallOf, here: Here) -> object:
        given = self.arguments(node.arguments, here)
        if isinstance(node.callee, syntax.Name):
            name = node.callee.name
            if not here.frame.find(name)[0] and find_callee(name, here.frame) is None:
                if name in FUNCTIONS:
                    return self._function(name, given, node.span)
                if name in INITIALIZERS:
                    return self._initializer(name, given, node.span)
        callee = self.evaluate(node.callee, here)
        if callee is UNKNOWN:
            return UNKNOWN
        if isinstance(callee, Formula):
            return self._formula(callee, given, node.span)
        if not isinstance(callee, Callee):
            what = f"`{node.callee.span.text}` is {kind_of(callee)} and cannot be called"
            self.session.error("E218", what, node.callee.span)
            return UNKNOWN
        # All that was given before is copied.
        self.session.spend(node.span, len(callee.given))
        return Callee(callee.target, (*callee.given, *given))

    def _formula(self, formula: Formula, given: tuple[Given, ...], span: Span) -> object:
        """The value of a function of the spec for these arguments."""
        what = f"`{formula.name}`"
        if formula in self._running:
            help = "a `for` goes through a range or a list instead: `[f(i) for i in 0..n]`"
            labels = [Label(formula.value.span, "this is its value")]
            self.session.error("E207", f"{what} calls itself", span, help=help, labels=labels)
            return UNKNOWN
        frame = self.bind(what, formula.parameters, given, formula.frame.child(), span, formula.value.span)
        if frame is None:
            return UNKNOWN
        self._running.append(formula)
        self.session.calls.append((_Computed(formula, frame), span))
        value = self.evaluate(formula.value, Here.outside(frame))
        self.session.calls.pop()
        self._running.pop()
        return value

    def _function(self, name: str, given: tuple[Given, ...], span: Span) -> object:
        values: list[Any] = [g.value for g in given]
        if UNKNOWN in values:
            return UNKNOWN
        function = FUNCTIONS[name]
        if any(g.name is not None for g in given) or not function.accepts(values):
            words = ", ".join(kind_of(v) for v in values) or "nothing"
            message = f"`{name}` takes {function.expects}, here is {words}"
            help = "a list is written `[64, 128]`" if "list" in function.expects else None
            self.session.error("E208", message, span, help=_fitting(*values) or help)
            return UNKNOWN
        self._spend_on(values, span)
        try:
            return self._bounded(function.compute(*values), span)
        except OverflowError:
            self.session.error("E209", f"`{span.text}` has no finite result", span)
            return UNKNOWN

    def _initializer(self, name: str, given: tuple[Given, ...], span: Span) -> object:
        parameters = INITIALIZERS[name]
        bound = bind_parameters(self.session, name, parameters, given, {}, span=span)
        if bound is None:
            return UNKNOWN
        positional = sum(g.name is None for g in given)
        named = {p.name for p in parameters[:positional]} | {g.name for g in given}
        # Only what the spec gives is kept, so that generated code reads as the spec does.
        kept: list[tuple[str, Any]] = [(p.name, bound[p.name]) for p in parameters if p.name in named]
        return Initializer(name, tuple(kept))


def find_callee(name: str, frame: Frame) -> Callee | None:
    """The block, net or operation of this name, blocks of the file first."""
    block = frame.blocks.get(name)
    if block is not None:
        return Callee(block)
    operation = OPERATIONS.get(name)
    return None if operation is None else _callee(operation)


_callee: Callable[[Operation], Callee] = cache(Callee)


def flow_or_lost(value: object) -> Flow:
    """A flow as it is; `LOST` for what an error has made unknown."""
    return value if isinstance(value, Flow) else LOST


def _equal(left: object, right: object) -> bool:
    if isinstance(left, Callee) and isinstance(right, Callee):
        return left.target is right.target
    return kind_of(left) == kind_of(right) and left == right


def _fitting(*values: object) -> str | None:
    """What to do about values that an operator or a function does not take."""
    if any(isinstance(value, (tuple, range)) for value in values):
        return "`[2 * x for x in items]` computes with each item of a list"
    if any(isinstance(value, str) for value in values):
        return "numbers stand without quotes; `+` joins two strings"
    if any(isinstance(value, Flow) for value in values):
        return "its shape is in numbers: `.channels`, `.height`, `.width`, `.features`"
    return None


def _dotted(expression: syntax.Expression) -> str | None:
    """``a.b.c`` of an expression that is nothing but names and dots."""
    names = []
    while isinstance(expression, syntax.Attribute):
        names.append(expression.name)
        expression = expression.base
    if not isinstance(expression, syntax.Name):
        return None
    return ".".join([expression.name, *reversed(names)])


_PYTHON = {
    "True": "write `true`",
    "False": "write `false`",
    "None": "write `none`",
    "range": "a range is `0..3`: 0, 1 and 2",
    "int": "`floor(x)` and `round(x)` make a whole number",
    "pow": "a power is `x ** y`",
    "self": "a step is named without it",
}
"""Names that Python has and the language has not."""


def _name_hint(name: str, here: Here) -> str | None:
    if name in _PYTHON:
        return _PYTHON[name]
    if name in words():
        return f'with quotes: `"{name}"`'
    torch = operation_hint(name) if name[:1].isupper() else None
    if torch is not None:
        return torch
    known = here.frame.visible() | here.scope.visible() | here.frame.blocks.keys() | OPERATIONS.keys()
    return suggest(name, known | INITIALIZERS.keys() | FUNCTIONS.keys() | set(SHAPE_NAMES))
