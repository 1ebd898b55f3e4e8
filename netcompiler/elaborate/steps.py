"""Walking through bodies: statements, chains, named and repeated steps, everything with braces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from netcompiler import syntax
from netcompiler.code import Literal
from netcompiler.diagnostics import shape_text, suggest
from netcompiler.elaborate.calls import CallRunner
from netcompiler.elaborate.declarations import declare_groups, declare_input, declare_output
from netcompiler.elaborate.defaults import add_default
from netcompiler.elaborate.environment import COLUMN, Binding, Frame, Scope
from netcompiler.elaborate.expressions import Evaluator
from netcompiler.elaborate.layers import LayerBuilder, Operand
from netcompiler.elaborate.names import label_text
from netcompiler.elaborate.placement import Place
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import LOST, UNKNOWN, Flow, kind_of
from netcompiler.operations.base import OPERATIONS
from netcompiler.source import Span


class StepRunner:
    """Runs the steps of one net, or of definitions that no net reaches, on a flow."""

    def __init__(self, session: Session, builder: LayerBuilder) -> None:
        self.session = session
        self.builder = builder
        self.evaluator = Evaluator(session)
        self.calls = CallRunner(self)
        self._repeats = 0

    # ---- statements --------------------------------------------------------------------------

    def run_body(self, body: syntax.Body, frame: Frame, scope: Scope, value: Flow | None) -> Flow | None:
        """Run all statements of a body; the current value after the last."""
        for statement in body.statements:
            value = self.run_statement(statement, frame, scope, value)
        return value

    def run_statement(
        self, statement: syntax.Statement, frame: Frame, scope: Scope, value: Flow | None
    ) -> Flow | None:
        """Run one statement; the current value after it."""
        match statement:
            case syntax.Chain():
                return self.run_chain(statement, frame, scope, value)
            case syntax.Let():
                name = statement.name.name
                if name in frame.variables:
                    self.session.error(
                        "E206", f"`{name}` is defined already in these braces", statement.name.span
                    )
                frame.variables[name] = self.evaluator.evaluate(statement.value, frame, scope, value)
            case syntax.Default():
                add_default(statement, frame, self.evaluator, scope, value)
            case syntax.GroupDeclaration():
                declare_groups(statement, scope, self.session)
            case syntax.InputDeclaration():
                return declare_input(statement, frame, scope, value, self)
            case syntax.OutputDeclaration():
                declare_output(statement, scope, self)
        return value

    def run_chain(self, chain: syntax.Chain, frame: Frame, scope: Scope, value: Flow | None) -> Flow | None:
        """Run the links of a chain, one after another."""
        for link in chain.links:
            if isinstance(link, syntax.From):
                value = self.resolve(link.reference, scope)
            else:
                value = self.run_step(link, frame, scope, value)
        return value

    def resolve(self, reference: syntax.Reference, scope: Scope) -> Flow:
        """The value a reference names; `LOST` when there is none."""
        return self.find_value(reference.text, reference.span, scope)

    def find_value(self, text: str, span: Span, scope: Scope) -> Flow:
        """The value of the step called ``text``; `LOST` when there is none."""
        if text == "in":
            given = self.evaluator.evaluate(
                syntax.Name("in", span), Frame(span.source, {}, None, {}), scope, None
            )
            return given if isinstance(given, Flow) else LOST
        binding = scope.find(text)
        if binding is None:
            help = suggest(text, scope.visible()) or "name the step with `name: step` before"
            self.session.error("E201", f"no step before this one is named `{text}`", span, help=help)
            return LOST
        return binding.value

    # ---- steps -------------------------------------------------------------------------------

    def run_step(self, step: syntax.Step, frame: Frame, scope: Scope, value: Flow | None) -> Flow | None:
        """Run a step with its name and repeats; the value it gives."""
        self.session.spend(step.span)
        if step.label is None:
            return self._repeated(step, None, frame, scope, value)
        name = label_text(step.label, frame, self.session)
        if name is None:
            self._repeated(step, None, frame, scope, value)
            return LOST
        earlier = scope.bindings.get(name)
        if earlier is not None and not self.builder.reusing:
            line = earlier.span.line
            self.session.error(
                "E206",
                f"`{name}` is the name of another step already",
                step.label.span,
                notes=(f"first given on line {line}",),
                help='in a `for`, put the variable into the name: `"conv{i}": …`'
                if earlier.span == step.label.span
                else None,
            )
        scope.position += 1
        result, inner = self.run_named(step, name, frame, scope, value)
        scope.bindings[name] = Binding(
            result or LOST, step.label.span, inner, step, frame, scope, self.builder.place
        )
        return result

    def run_named(
        self, step: syntax.Step, name: str, frame: Frame, scope: Scope, value: Flow | None
    ) -> tuple[Flow | None, Scope | None]:
        """Run a step under a name; its value and the scope it opened, if any."""
        before = len(self.builder.layers)
        self._open_parents(name, scope, step.span)
        if step.repeat is None and self.calls.is_layer(step.action, frame, scope):
            return self._act(step.action, name, frame, scope, value, None, step.span), None
        opened: list[Scope] = []
        if step.repeat is None:
            result = self._act(step.action, name, frame, scope, value, None, step.span, opened)
        else:
            inner = self.open_scope(name, scope, step.span)
            opened.append(inner)
            result = self._repeated(step, inner, frame, inner, value)
        if len(self.builder.layers) == before and result is value and value is not None:
            # A named value is a layer of its own, so that an identity shortcut can be seen and hooked.
            self.builder.drop_scope(scope.inner_path(name))
            path = scope.inner_path(name)
            return self.builder.add(
                OPERATIONS["identity"], {}, [Operand(value)], path, named=True, span=step.span
            ), None
        return result, opened[0] if opened else None

    def _repeated(
        self, step: syntax.Step, copies: Scope | None, frame: Frame, scope: Scope, value: Flow | None
    ) -> Flow | None:
        if step.repeat is None:
            return self._act(step.action, None, frame, scope, value, None, step.span)
        count = self.evaluator.whole(step.repeat, frame, scope, value)
        if isinstance(count, int) and count < 0:
            self.session.error("E205", f"a step cannot be repeated {count} times", step.repeat.span)
            count = UNKNOWN
        if isinstance(step.repeat, syntax.Constant) and count == 0:
            self.session.warning("W402", "the step is repeated 0 times, so it never runs", step.span)
        self._repeats += 1
        repeat = self._repeats
        known = isinstance(count, int)
        for _ in range(count) if isinstance(count, int) else range(1):
            self.session.spend(step.span)
            name = (
                None
                if isinstance(step.action, syntax.Call) and step.action.branches is None
                else scope.take_position()
            )
            value = self._act(step.action, name, frame, scope, value, repeat, step.span)
        return value if known else LOST

    def _act(
        self,
        action: syntax.Action,
        name: str | None,
        frame: Frame,
        scope: Scope,
        value: Flow | None,
        repeat: int | None,
        span: Span,
        opened: list[Scope] | None = None,
    ) -> Flow | None:
        if isinstance(action, syntax.Call) and action.branches is None:
            return self.calls.run(action, name, frame, scope, value, repeat, span, opened)
        if name is not None:
            scope = self.open_scope(name, scope, span, repeat=repeat)
            if opened is not None:
                opened.append(scope)
        inner = frame.child()
        match action:
            case syntax.Call():
                return self.calls.merge(action, None, inner, scope, value, span)
            case syntax.Bracket():
                return self.run_body(action.body, inner, scope, value)
            case syntax.Residual():
                return self._residual(action, inner, scope, value)
            case syntax.If():
                return self._if(action, inner, scope, value)
            case syntax.For():
                return self._for(action, frame, scope, value, self.run_body)
            case syntax.On():
                return self._on(action, inner, scope, value)
            case syntax.Columns():
                return self._columns(action, inner, scope, value)

    def open_scope(
        self,
        name: str,
        scope: Scope,
        span: Span,
        *,
        definition: str | None = None,
        arguments: Mapping[str, Literal] | None = None,
        repeat: int | None = None,
        given: Flow | None = None,
    ) -> Scope:
        """A scope called ``name`` inside another; a block's sees nothing of what is around it."""
        path = scope.inner_path(name)
        self.builder.open_scope(path, definition, arguments or {}, repeat, span)
        return Scope(path, None if definition is not None else scope, given)

    def _open_parents(self, name: str, scope: Scope, span: Span) -> None:
        parts = name.split(".")
        for depth in range(1, len(parts)):
            self.builder.open_scope(scope.inner_path(".".join(parts[:depth])), None, {}, None, span)

    # ---- everything with braces --------------------------------------------------------------

    def _residual(
        self, action: syntax.Residual, frame: Frame, scope: Scope, value: Flow | None
    ) -> Flow | None:
        if value is None:
            return self.no_value(action.span)
        body = self.run_body(action.body, frame, scope, value) or LOST
        skip = value
        if action.skip is not None:
            skip = self.run_step(action.skip, frame, scope, value) or LOST
        if body.shape is not None and skip.shape is not None and body.shape != skip.shape:
            place = action.skip.span if action.skip is not None else action.span
            self._mismatch(action, body, skip, place)
            return LOST
        add = OPERATIONS["add"]
        path = scope.inner_path(scope.take_position())
        operands = [Operand(body), Operand(skip, skip=True)]
        args = self.calls.bind(add, (), frame, action.span)
        return (
            LOST
            if args is None
            else self.builder.add(add, args, operands, path, named=False, span=action.span)
        )

    def _mismatch(self, action: syntax.Residual, body: Flow, skip: Flow, place: Span) -> None:
        help = None
        last = next(
            (x for x in reversed(self.builder.layers) if _holds(action.body.span, x.span) and x.weights), None
        )
        if last is not None:
            help = f"the body's last layer with weights is `{last.span.text}` on line {last.span.line}"
        self.session.error(
            "E204",
            "add: branches have different shapes",
            place,
            notes=(f"body gives {shape_text(body.shape)}, skip gives {shape_text(skip.shape)}",),
            help=help,
        )

    def _if(self, action: syntax.If, frame: Frame, scope: Scope, value: Flow | None) -> Flow | None:
        test = self.evaluator.truth(action.test, frame, scope, value)
        if isinstance(action.test, syntax.Constant) and isinstance(test, bool):
            dead = action.otherwise if test else action.then
            if dead is not None:
                self.session.warning(
                    "W402", f"the condition is always {str(test).lower()}, so this never runs", dead.span
                )
        if test is UNKNOWN:
            # Both are looked through for mistakes; what they give is not known.
            self.run_body(action.then, frame, scope, LOST)
            if action.otherwise is not None:
                self.run_body(action.otherwise, frame.child(), scope, LOST)
            return LOST
        if test:
            return self.run_body(action.then, frame, scope, value)
        return value if action.otherwise is None else self.run_body(action.otherwise, frame, scope, value)

    def _for(
        self,
        action: syntax.For,
        frame: Frame,
        scope: Scope,
        value: Flow | None,
        run: Callable[[syntax.Body, Frame, Scope, Flow | None], Flow | None],
    ) -> Flow | None:
        items = self.evaluator.evaluate(action.iterable, frame, scope, value)
        if items is not UNKNOWN and not isinstance(items, (range, tuple)):
            self.session.error(
                "E218",
                f"`for` goes through a range or a list, this is {kind_of(items)}",
                action.iterable.span,
                help="a range is written `0..n`",
            )
            items = UNKNOWN
        known = isinstance(items, (range, tuple))
        for item in items if isinstance(items, (range, tuple)) else (UNKNOWN,):
            self.session.spend(action.span)
            inner = frame.child()
            inner.variables[action.variable.name] = item
            value = run(action.body, inner, scope, value)
        return value if known else LOST

    def run_branches(
        self, body: syntax.Body, frame: Frame, scope: Scope, value: Flow
    ) -> list[tuple[Operand, Span]]:
        """The results of a merge's branches, one a line, all from the current value."""
        results: list[tuple[Operand, Span]] = []

        def branch(statement: syntax.Statement, inner: Frame) -> None:
            action = _only_action(statement)
            if isinstance(action, syntax.If):
                test = self.evaluator.truth(action.test, inner, scope, value)
                taken = action.then if test is not False else action.otherwise
                if taken is not None:
                    branches(taken, inner.child(), scope, value)
            elif isinstance(action, syntax.For):
                self._for(action, inner, scope, value, branches)
            elif isinstance(statement, syntax.Chain):
                flow = self.run_chain(statement, inner, scope, value) or LOST
                from_name = isinstance(statement.links[0], syntax.From)
                # A branch without layers goes past the others: a skip connection.
                skip = len(statement.links) == 1 if from_name else flow is value
                results.append((Operand(flow, skip), statement.span))
            else:
                self.run_statement(statement, inner, scope, value)

        def branches(body: syntax.Body, inner: Frame, scope: Scope, value: Flow | None) -> Flow | None:
            for statement in body.statements:
                branch(statement, inner)
            return value

        branches(body, frame, scope, value)
        return results

    # ---- placement ---------------------------------------------------------------------------

    def _on(self, action: syntax.On, frame: Frame, scope: Scope, value: Flow | None) -> Flow | None:
        groups = self._known_groups((action.group,), scope)
        if groups is None or self._inside_columns("on", action.group.span):
            self.run_body(action.body, frame, scope, LOST)
            return LOST
        outside = self.builder.place
        self.builder.place = Place(groups, columns=False)
        entering = None if value is None else replace(value, admitted=groups)
        result = self.run_body(action.body, frame, scope, entering)
        self.builder.place = outside
        return value if result is entering else result

    def _columns(self, action: syntax.Columns, frame: Frame, scope: Scope, value: Flow | None) -> Flow | None:
        groups = self._known_groups(action.groups, scope)
        if groups is None or self._inside_columns("columns", action.span):
            self.run_body(action.body, frame, Scope(scope.inner_path(COLUMN), scope, None), LOST)
            return LOST
        if value is None:
            return self.no_value(action.span)
        outside = self.builder.place
        self.builder.place = Place(groups, columns=True)
        inner = scope.columns.get(groups)
        if inner is None:
            inner = scope.columns[groups] = Scope(scope.inner_path(COLUMN), scope, None)
        self.builder.open_scope(inner.path, None, {}, None, action.span, is_column=True)
        self.builder.begin_part()
        entering = replace(value, admitted=groups)
        result = self.run_body(action.body, frame, inner, entering)
        self.builder.end_part()
        self.builder.place = outside
        return value if result is entering else result

    def _known_groups(self, names: tuple[syntax.Name, ...], scope: Scope) -> tuple[str, ...] | None:
        net = scope.find_net()
        declared = net.groups if net is not None else {}
        known = True
        for index, name in enumerate(names):
            if name.name not in declared:
                hint = suggest(name.name, declared) or "declare it in the net: `group " + name.name + "`"
                self.session.error(
                    "E201", f"no placement group is called `{name.name}`", name.span, help=hint
                )
                known = False
            elif name.name in {n.name for n in names[:index]}:
                self.session.error("E206", f"group `{name.name}` stands here twice", name.span)
                known = False
        return tuple(n.name for n in names) if known else None

    def _inside_columns(self, what: str, span: Span) -> bool:
        if self.builder.place is None or not self.builder.place.columns:
            return False
        self.session.error(
            "E215", f"`{what}` cannot stand inside `columns`", span, help="close the columns first"
        )
        return True

    def no_value(self, span: Span) -> Flow:
        """Report that there is no value to work on."""
        self.session.error(
            "E214", "there is no value yet to work on", span, help="`input name [3, 224, 224]` comes first"
        )
        return LOST


def _holds(outer: Span, inner: Span) -> bool:
    return outer.source is inner.source and outer.start <= inner.start and inner.end <= outer.end


def _only_action(statement: syntax.Statement) -> syntax.Action | None:
    """The action of a statement that is one plain step, without name or repeat."""
    if not isinstance(statement, syntax.Chain) or len(statement.links) != 1:
        return None
    link = statement.links[0]
    if isinstance(link, syntax.From) or link.label is not None or link.repeat is not None:
        return None
    return link.action
