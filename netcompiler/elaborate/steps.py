"""Walking through bodies: statements, chains, named and repeated steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netcompiler import syntax
from netcompiler.code import Literal
from netcompiler.diagnostics import Label, suggest
from netcompiler.elaborate.bound import Bound
from netcompiler.elaborate.branching import run_bracket, run_for, run_if, run_residual
from netcompiler.elaborate.calls import CallRunner
from netcompiler.elaborate.declarations import declare_groups, declare_input, declare_output
from netcompiler.elaborate.defaults import add_default
from netcompiler.elaborate.environment import Binding, Here, Scope, Slot
from netcompiler.elaborate.expressions import Evaluator, flow_or_lost
from netcompiler.elaborate.hints import meant
from netcompiler.elaborate.layers import LayerBuilder, NewLayer, Operand
from netcompiler.elaborate.names import fill_in, label_text
from netcompiler.elaborate.placement import run_columns, run_on
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.trace import Run
from netcompiler.elaborate.unseen import report_unseen
from netcompiler.elaborate.values import LOST, UNKNOWN, Flow
from netcompiler.graph import Scope as GraphScope
from netcompiler.operations.base import OPERATIONS
from netcompiler.source import Span

_BRACED: Mapping[type, Callable[[Any, Here, StepRunner], Flow | None]] = {
    syntax.Bracket: run_bracket,
    syntax.Residual: run_residual,
    syntax.If: run_if,
    syntax.For: run_for,
    syntax.On: run_on,
    syntax.Columns: run_columns,
}
"""What runs each action that is made of braces."""

_SCOPE = 5
"""Steps that a scope takes."""


class StepRunner:
    """Runs the steps of one net, or of definitions that no net reaches, on a flow."""

    def __init__(self, session: Session, builder: LayerBuilder) -> None:
        self.session = session
        self.builder = builder
        self.evaluator = Evaluator(session)
        self.calls = CallRunner(self)
        self._repeats = 0
        self._depth = 0

    # ---- statements --------------------------------------------------------------------------

    def run_body(self, body: syntax.Body, here: Here) -> Flow | None:
        """Run all statements of a body; the current value after the last."""
        self._depth += 1
        if self._depth > self.session.limits.nesting:
            message = f"braces and blocks are nested more than {self.session.limits.nesting} deep"
            raise self.session.stop(message, body.span, code="E107", limit="nesting")
        value = here.value
        for statement in body.statements:
            value = self.run_statement(statement, here if value is here.value else here.on(value))
        self._depth -= 1
        return value

    def run_statement(self, statement: syntax.Statement, here: Here) -> Flow | None:
        """Run one statement; the current value after it."""
        match statement:
            case syntax.Chain():
                return self.run_chain(statement, here)
            case syntax.InputDeclaration():
                return declare_input(statement, here, self)
            case syntax.Let():
                self._let(statement, here)
            case syntax.Default():
                add_default(statement, here, self.evaluator)
            case syntax.GroupDeclaration():
                declare_groups(statement, here.scope, self.session)
            case syntax.OutputDeclaration():
                declare_output(statement, here, self)
        return here.value

    def run_chain(self, chain: syntax.Chain, here: Here) -> Flow | None:
        """Run the links of a chain, one after another."""
        value = here.value
        for link in chain.links:
            if value is not here.value:
                here = here.on(value)
            value = (
                self.resolve(link.reference, here)
                if isinstance(link, syntax.From)
                else self.run_step(link, here)
            )
        return value

    def resolve(self, reference: syntax.Reference, here: Here) -> Flow:
        """The value a reference names; `LOST` when there is none."""
        flow = self._resolve(reference, here)
        if self.session.trace is not None and flow.sources:
            seen = (len(self.builder.layers), flow.sources[0])
            self.session.trace.values.setdefault(id(reference), []).append(seen)
        return flow

    def _resolve(self, reference: syntax.Reference, here: Here) -> Flow:
        if reference.text == "in":
            return flow_or_lost(self.evaluator.given(reference.span, here))
        variable = here.frame.find(reference.text)[1]
        if variable is UNKNOWN or isinstance(variable, Flow):
            return flow_or_lost(variable)
        return self.find_value(reference.text, reference.span, here)

    def find_value(self, text: str, span: Span, here: Here) -> Flow:
        """The value of the step called ``text``, variables in it filled in; `LOST` when there is none."""
        scope = here.scope
        # Every dot in it is a place to cut it.
        self.session.spend(span, len(text) // 100)
        filled = fill_in(text, here.frame, span, self.session)
        if filled is None:
            return LOST
        text = filled
        binding = scope.find(text)
        if binding is None:
            if report_unseen(text, span, here, self.session, step=True):
                return LOST
            message = f"no step before this one is named `{text}`"
            help = partial(_value_hint, text, scope)
            self.session.error("E201", message, span, help=help, labels=partial(meant, help, here))
            return LOST
        return binding.value

    def _let(self, statement: syntax.Let, here: Here) -> None:
        name = statement.name.name
        frame = here.frame
        lets = frame.lets = frame.lets or {}
        if name in frame.variables:
            message = f"`{name}` is defined already in these braces"
            help = "a variable keeps its value: choose another name"
            labels = [Label(lets[name], "first defined here")] if name in lets else []
            self.session.error("E206", message, statement.name.span, help=help, labels=labels)
        lets[name] = statement.name.span
        frame.variables[name] = self.evaluator.let(statement, here)

    # ---- steps -------------------------------------------------------------------------------

    def run_step(self, step: syntax.Step, here: Here) -> Flow | None:
        """Run a step with its name and repeats; the value it gives."""
        before = len(self.builder.layers)
        result = self._run_step(step, here)
        if self.session.trace is not None:
            shape = None if result is None else result.shape
            run = Run(before, len(self.builder.layers), shape=shape)
            self.session.trace.steps.setdefault(id(step), []).append(run)
        return result

    def _run_step(self, step: syntax.Step, here: Here) -> Flow | None:
        self.session.spend(step.span)
        if step.label is None:
            return self._unnamed(step, here)
        name = label_text(step.label, here.frame, self.session)
        if name is None:
            self._unnamed(step, here)
            return LOST
        scope = here.scope
        scope.position += 1
        slot = Slot(step.span, name)
        earlier = scope.bindings.get(name)
        if earlier is not None and self.builder.reusing is None:
            self._named_twice(name, earlier, step.label.span)
            # Another name keeps it from being reported once more as a layer.
            slot.name = f"{name}'{scope.position}"
        result = self.run_named(step, slot, here)
        scope.bindings[name] = Binding(name, result or LOST, step.label.span, slot.opened, step, here)
        return result

    def run_named(self, step: syntax.Step, slot: Slot, here: Here) -> Flow | None:
        """Run a step under the name in its slot."""
        name = slot.name or ""
        before = len(self.builder.layers)
        self._open_parents(name, here, step.span)
        scopes = len(self.builder.scopes)
        if step.repeat is not None:
            slot.opened = self.open_scope(name, here, slot)
            result = self._repeated(step, here.within(slot.opened))
        else:
            result = self._act(step.action, here, slot)
        if len(self.builder.layers) == before and result is here.value and result is not None:
            # A named value is a layer of its own, so that an identity shortcut can be seen and hooked.
            slot.opened = None
            path = here.scope.inner_path(name)
            self.builder.drop_scopes(scopes)
            new = NewLayer(Bound(OPERATIONS["identity"], {}), path, named=True, span=step.span)
            return self.builder.add(new, [Operand(result)])
        return result

    def _named_twice(self, name: str, earlier: Binding, span: Span) -> None:
        again = earlier.span == span
        help = "choose another name"
        if again:
            help = 'in a `for`, put the variable into the name: `"conv{i}": …`'
        labels = [] if again else [Label(earlier.span, "first given here")]
        message = f"`{name}` is the name of another step already"
        self.session.error("E206", message, span, help=help, labels=labels)

    def _unnamed(self, step: syntax.Step, here: Here) -> Flow | None:
        if step.repeat is not None:
            return self._repeated(step, here)
        return self._act(step.action, here, Slot(step.span))

    def _repeated(self, step: syntax.Step, here: Here) -> Flow | None:
        assert step.repeat is not None
        count = self.evaluator.whole(step.repeat, here)
        if not isinstance(count, int) or count < 0:
            if isinstance(count, int):
                message = f"a step cannot be repeated {count} times"
                help = "`* 0` leaves a step out, and so does `if`"
                self.session.error("E205", message, step.repeat.span, help=help)
            self._act(step.action, here, Slot(step.span))
            return LOST
        self._check_repeats(step, count)
        self._repeats += 1
        repeat = self._repeats
        for _ in range(count):
            self.session.spend(step.span)
            before = len(self.builder.layers)
            name = here.scope.take_position() if self.opens_scope(step.action) else None
            here = here.on(self._act(step.action, here, Slot(step.span, name, repeat)))
            if self.session.trace is not None:
                run = Run(before, len(self.builder.layers))
                self.session.trace.copies.setdefault(id(step), []).append(run)
        return here.value

    def _check_repeats(self, step: syntax.Step, count: int) -> None:
        limit = self.session.limits.layers
        if count > limit:
            message = f"a step is repeated {count:,} times, and a net has at most {limit:,} layers"
            raise self.session.stop(message, step.span, limit="layers")
        if count == 0 and isinstance(step.repeat, syntax.Constant):
            message = "the step is repeated 0 times, so it never runs"
            self.session.warning("W103", message, step.span.head, help="take it out")

    @staticmethod
    def opens_scope(action: syntax.Action) -> bool:
        """True for steps with braces: under a name they are a scope. Calls see to their own."""
        return not isinstance(action, syntax.Call) or action.branches is not None

    def _act(self, action: syntax.Action, here: Here, slot: Slot) -> Flow | None:
        if isinstance(action, syntax.Call) and action.branches is None:
            return self.calls.run(action, here, slot)
        if isinstance(action, syntax.Call):
            return self.calls.merge(action, here.braced(), slot)
        if slot.name is not None:
            slot.opened = self.open_scope(slot.name, here, slot)
            here = here.within(slot.opened)
        return _BRACED[type(action)](action, here.braced(), self)

    # ---- scopes ------------------------------------------------------------------------------

    def open_scope(
        self,
        name: str,
        here: Here,
        slot: Slot,
        *,
        definition: str | None = None,
        arguments: Mapping[str, Literal] | None = None,
    ) -> Scope:
        """A scope called ``name`` inside the one that is here."""
        self.session.spend(slot.span, _SCOPE)
        path = here.scope.inner_path(name)
        repeat = slot.repeat
        self.builder.open_scope(GraphScope(path, definition, arguments or {}, repeat, None, slot.span))
        return Scope(path, here.scope, None)

    def _open_parents(self, name: str, here: Here, span: Span) -> None:
        """The scopes that a name with dots in it stands in."""
        dot = name.find(".")
        while dot != -1:
            self.open_scope(name[:dot], here, Slot(span))
            dot = name.find(".", dot + 1)

    # ---- what several kinds of steps say --------------------------------------------------------

    def no_value(self, span: Span) -> Flow:
        """Report that there is no value to work on."""
        help = "`input name [3, 224, 224]` comes first"
        self.session.error("E214", "there is no value yet to work on", span, help=help)
        return LOST


def _value_hint(text: str, scope: Scope) -> str:
    return suggest(text, scope.visible()) or "a step gets a name with `name: step`"
