"""Running calls: operations, merges, blocks, and the steps that are words of the language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from netcompiler import syntax
from netcompiler.diagnostics import shape_text, suggest
from netcompiler.elaborate.binding import bind_parameters
from netcompiler.elaborate.blocks import BlockRunner
from netcompiler.elaborate.environment import Frame, Scope
from netcompiler.elaborate.expressions import find_callee
from netcompiler.elaborate.hints import operation_hint
from netcompiler.elaborate.layers import Operand
from netcompiler.elaborate.values import LOST, UNKNOWN, Block, Callee, Flow, Given, kind_of, text_of
from netcompiler.operations.base import OPERATIONS, ArgumentValue, Operation
from netcompiler.source import Span

if TYPE_CHECKING:
    from netcompiler.elaborate.steps import StepRunner

WORDS = ("exchange", "gather", "reuse", "expect")
"""Steps that are words of the language, no operations."""


class CallRunner:
    """Runs calls for a `StepRunner`."""

    def __init__(self, steps: StepRunner) -> None:
        self.steps = steps
        self.session = steps.session
        self.builder = steps.builder
        self.evaluator = steps.evaluator
        self.blocks = BlockRunner(steps)

    def is_layer(self, action: syntax.Action, frame: Frame, scope: Scope) -> bool:
        """True when the action adds one layer under its own name, rather than opening a scope."""
        if not isinstance(action, syntax.Call) or action.branches is not None:
            return False
        if self._word(action, frame) is not None:
            return True
        callee = self._callee(action, frame, scope, None, quiet=True)
        return (
            isinstance(callee, Callee) and isinstance(callee.target, Operation) and callee.name != "identity"
        )

    def run(
        self,
        action: syntax.Call,
        name: str | None,
        frame: Frame,
        scope: Scope,
        value: Flow | None,
        repeat: int | None,
        span: Span,
        opened: list[Scope] | None,
    ) -> Flow | None:
        """Run a call without branches; ``span`` is the whole step's place."""
        word = self._word(action, frame)
        if word is not None:
            return self._run_word(word, action, name, frame, scope, value, span)
        callee = self._callee(action, frame, scope, value)
        if isinstance(callee, Callee) and isinstance(callee.target, Operation) and callee.target.merges:
            return self.merge(action, name, frame, scope, value, span)
        given = self.evaluator.arguments(action.arguments or (), frame, scope, value)
        if not isinstance(callee, Callee):
            return LOST
        given = (*callee.given, *given)
        if value is None:
            return self.steps.no_value(action.span)
        if isinstance(callee.target, Block):
            return self.blocks.run(callee.target, given, name, scope, value, repeat, span, opened)
        return self._operation(callee.target, given, name, frame, scope, value, span)

    def bind(
        self, operation: Operation, given: Iterable[Given], frame: Frame, span: Span
    ) -> dict[str, ArgumentValue] | None:
        """An operation's arguments, defaults in force filled in."""
        defaults: Mapping[str, Given] = frame.defaults.get(operation.name, {})
        return bind_parameters(
            self.session, f"`{operation.name}`", operation.parameters, given, defaults, span
        )

    # ---- operations --------------------------------------------------------------------------

    def _operation(
        self,
        operation: Operation,
        given: Iterable[Given],
        name: str | None,
        frame: Frame,
        scope: Scope,
        value: Flow,
        span: Span,
    ) -> Flow:
        named = name is not None
        path = scope.inner_path(name if name is not None else scope.take_position())
        args = self.bind(operation, given, frame, span)
        if args is None:
            return LOST
        if operation.name == "identity":
            return value
        return self.builder.add(operation, args, [Operand(value)], path, named=named, span=span)

    def merge(
        self,
        action: syntax.Call,
        name: str | None,
        frame: Frame,
        scope: Scope,
        value: Flow | None,
        span: Span,
    ) -> Flow | None:
        """Run a merge: of branches in braces, of named values, or of both."""
        callee = self._callee(action, frame, scope, value)
        if not isinstance(callee, Callee):
            self.evaluator.arguments(action.arguments or (), frame, scope, value)
            if action.branches is not None:
                self.steps.run_body(action.branches, frame, scope, LOST)
            return LOST
        operation = callee.target
        if not isinstance(operation, Operation) or not operation.merges:
            merges = ", ".join(sorted(o.name for o in OPERATIONS.values() if o.merges and o.kind == "merge"))
            what = kind_of(callee).removeprefix("an ").removeprefix("a ")
            message = f"`{callee.name}` is a {what}, not a merge, and takes no branches"
            self.session.error("E215", message, action.span, help=f"merges are {merges}")
            return LOST
        if value is None:
            return self.steps.no_value(action.span)
        operands: list[Operand] = []
        words: list[str] = []
        if action.branches is None:
            operands.append(Operand(value))
            words.append("the current value")
        else:
            results = self.steps.run_branches(action.branches, frame, scope, value)
            operands += [operand for operand, _ in results]
            words += [f"the branch of line {place.line}" for _, place in results]
        arguments = action.arguments or ()
        for argument in arguments:
            if argument.name is None:
                operands.append(Operand(self._value(argument.value, frame, scope, value), skip=True))
                words.append(f"`{argument.value.span.text}`")
        given = self.evaluator.arguments([a for a in arguments if a.name is not None], frame, scope, value)
        named = name is not None
        path = scope.inner_path(name if name is not None else scope.take_position())
        args = self.bind(operation, (*callee.given, *given), frame, span)
        if len(operands) < 2:
            message = f"`{operation.name}` merges at least two values, here is {len(operands)}"
            help = f"name the others, `{operation.name}(a)`, or give branches, one a line, in braces"
            self.session.error("E203", message, action.span, help=help)
            return LOST
        if args is None:
            return LOST
        notes = tuple(f"{w} gives {shape_text(o.flow.shape)}" for w, o in zip(words, operands, strict=True))
        return self.builder.add(operation, args, operands, path, named=named, span=span, notes=notes)

    def _value(self, node: syntax.Expression, frame: Frame, scope: Scope, value: Flow) -> Flow:
        """The value that an argument of a merge names."""
        if isinstance(node, syntax.Constant) and isinstance(node.value, str):
            return self.steps.find_value(node.value, node.span, scope)
        if (
            isinstance(node, syntax.Name)
            and node.name != "in"
            and not isinstance(frame.find(node.name)[1], Flow)
        ):
            return self.steps.find_value(node.name, node.span, scope)
        result = self.evaluator.evaluate(node, frame, scope, value)
        if isinstance(result, Flow):
            return result
        if result is not UNKNOWN:
            message = f"a merge takes names of values, this is {kind_of(result)}"
            self.session.error(
                "E218", message, node.span, help="operation's own arguments go by name: `dim=1`"
            )
        return LOST

    # ---- words of the language ---------------------------------------------------------------

    def _word(self, action: syntax.Call, frame: Frame) -> str | None:
        if isinstance(action.callee, syntax.Name) and action.callee.name in WORDS:
            name = action.callee.name
            return None if frame.find(name)[0] else name
        return None

    def _run_word(
        self,
        word: str,
        action: syntax.Call,
        name: str | None,
        frame: Frame,
        scope: Scope,
        value: Flow | None,
        span: Span,
    ) -> Flow | None:
        if value is None:
            return self.steps.no_value(action.span)
        if word == "expect":
            return self._expect(action, frame, scope, value)
        if word == "reuse":
            return self._reuse(action, scope, value)
        if action.arguments:
            self.session.error("E202", f"`{word}` takes no arguments", action.span)
        inside = self.builder.place is not None and self.builder.place.columns
        path = scope.inner_path(name if name is not None else scope.take_position())
        if word == "exchange" and not inside:
            help = "`columns a, b { … }` lays the same layers on each group"
            self.session.error("E215", "`exchange` stands inside `columns`", action.span, help=help)
            return LOST
        if word == "gather" and (inside or self.builder.place is None):
            self.session.error(
                "E215",
                "`gather` stands in an `on`, after the columns",
                action.span,
                help="`on a { gather -> … }`",
            )
            return LOST
        if value.shape is not None and not value.spread:
            help = (
                "put layers on the columns first"
                if inside
                else "columns come before it: `columns a, b { … }`"
            )
            self.session.error(
                "E305",
                f"there is nothing to {word}: the value is one, not a part on each column",
                action.span,
                help=help,
            )
            return LOST
        if word == "exchange":
            self.builder.end_part()
        operation = OPERATIONS[word]
        return self.builder.add(
            operation, {}, [Operand(value)], path, named=name is not None, span=span, mixes=True
        )

    def _expect(self, action: syntax.Call, frame: Frame, scope: Scope, value: Flow) -> Flow:
        given = self.evaluator.arguments(action.arguments or (), frame, scope, value)
        if len(given) != 1 or given[0].name is not None:
            self.session.error("E203", "`expect` takes one list: `expect([256, 56, 56])`", action.span)
            return value
        wanted = given[0].value
        if wanted is UNKNOWN or value.shape is None:
            return value
        if not isinstance(wanted, tuple):
            self.session.error("E205", f"`expect` takes a list, this is {kind_of(wanted)}", action.span)
        elif wanted != value.shape:
            notes = (f"expected {text_of(wanted)}, got {shape_text(value.shape)}",)
            self.session.error("E212", "the value has another shape than expected", action.span, notes=notes)
        return value

    def _reuse(self, action: syntax.Call, scope: Scope, value: Flow) -> Flow | None:
        scope.take_position()
        arguments = action.arguments or ()
        reference = None
        if len(arguments) == 1 and arguments[0].name is None:
            node = arguments[0].value
            is_text = isinstance(node, syntax.Constant) and isinstance(node.value, str)
            reference = node.value if is_text and isinstance(node, syntax.Constant) else node.span.text
        if not isinstance(reference, str):
            self.session.error("E203", "`reuse` takes the name of a step: `reuse(conv1)`", action.span)
            return LOST
        place = arguments[0].span
        binding = scope.find(reference)
        if binding is None or binding.step is None:
            if binding is None:
                help = suggest(reference, scope.visible())
                self.session.error(
                    "E201", f"no step before this one is named `{reference}`", place, help=help
                )
            else:
                self.session.error("E213", f"`{reference}` is an input and has no weights", place)
            return LOST
        outside = self.builder.reusing
        self.builder.reusing = True
        name = reference if reference in binding.scope.bindings else reference.rpartition(".")[2]
        result, _ = self.steps.run_named(binding.step, name, binding.frame, binding.scope, value)
        self.builder.reusing = outside
        return result

    # ---- who is called -----------------------------------------------------------------------

    def _callee(
        self, action: syntax.Call, frame: Frame, scope: Scope, value: Flow | None, *, quiet: bool = False
    ) -> object:
        """The operation or block that a step calls; UNKNOWN when there is none, which has been reported."""
        node = action.callee
        if not isinstance(node, syntax.Name):
            callee = UNKNOWN if quiet else self.evaluator.evaluate(node, frame, scope, value)
        else:
            found, callee = frame.find(node.name)
            if not found or not (callee is UNKNOWN or isinstance(callee, (Callee, str))):
                callee = find_callee(node.name, frame) or (callee if found else None)
                if callee is None:
                    if not quiet:
                        self._unknown(node, frame, scope)
                    return UNKNOWN
        if isinstance(callee, str):
            callee = find_callee(callee, frame) or callee
        if callee is not UNKNOWN and not isinstance(callee, Callee) and not quiet:
            message = f"`{node.span.text}` is {kind_of(callee)}, not an operation or a block"
            self.session.error("E218", message, node.span)
        return callee

    def _unknown(self, node: syntax.Name, frame: Frame, scope: Scope) -> None:
        name = node.name
        callables = {n for n in frame.visible() if isinstance(frame.find(n)[1], Callee)}
        known = OPERATIONS.keys() | frame.blocks.keys() | callables | set(WORDS) | {"residual", "columns"}
        help = operation_hint(name) or suggest(name, known - {"input"})
        if help is None and scope.find(name) is not None:
            help = f"`{name}` is the name of a step; go on from its value with `from {name}`, run it again with `reuse({name})`"
        self.session.error("E201", f"there is no operation or block `{name}`", node.span, help=help)
