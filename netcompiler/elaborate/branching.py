"""Steps made of braces: groups, residuals, conditions, loops, and the branches of merges."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from netcompiler import syntax
from netcompiler.diagnostics import Label, shape_text
from netcompiler.elaborate.environment import Here, Slot
from netcompiler.elaborate.layers import NewLayer, Operand
from netcompiler.elaborate.trace import Run
from netcompiler.elaborate.values import LOST, UNKNOWN, Flow, kind_of
from netcompiler.graph import Layer
from netcompiler.operations.advice import projection, same_shape
from netcompiler.operations.base import OPERATIONS
from netcompiler.source import Span

if TYPE_CHECKING:
    from netcompiler.elaborate.steps import StepRunner


def run_bracket(action: syntax.Bracket, here: Here, steps: StepRunner) -> Flow | None:
    """``{ … }``"""
    return steps.run_body(action.body, here)


# ---- residual ------------------------------------------------------------------------------------


def run_residual(action: syntax.Residual, here: Here, steps: StepRunner) -> Flow | None:
    """``residual { … } skip step``"""
    if here.value is None:
        return steps.no_value(action.span)
    body = steps.run_body(action.body, here) or LOST
    skip = here.value
    if action.skip is not None:
        skip = steps.run_step(action.skip, here) or LOST
    if body.shape is not None and skip.shape is not None and body.shape != skip.shape:
        _mismatch(action, body, here, skip, steps)
        return LOST
    add = OPERATIONS["add"]
    path = Slot(action.span).path(here.scope)
    bound = steps.calls.bind(add, (), here, action.span)
    if bound is None:
        return LOST
    new = NewLayer(bound, path, named=False, span=action.span)
    return steps.builder.add(new, [Operand(body), Operand(skip, skip=True)])


def _mismatch(action: syntax.Residual, body: Flow, here: Here, skip: Flow, steps: StepRunner) -> None:
    """Report that a residual's values do not add up: at its skip, or at itself when it has none."""
    assert body.shape is not None
    assert skip.shape is not None
    session = steps.session
    message = "add: branches have different shapes"
    of_body = _of_body(action, body, steps)
    if action.skip is not None:
        label = f"the skip gives {shape_text(skip.shape)}"
        help = steps.builder.advice(same_shape([body.shape, skip.shape], "the skip"), [body, skip])
        session.error("E204", message, action.skip.span.head, help=help, label=label, labels=[of_body])
        return
    layer = projection(skip.shape, body.shape)
    help = steps.builder.advice(same_shape([skip.shape, body.shape], "the body"), [skip, body])
    if layer is not None and skip.shape[0] != body.shape[0]:
        help = f"project the input to the body's shape: `residual {{ … }} skip {layer}`"
    place = Span(action.span.source, action.span.start, action.body.span.start).head
    given = steps.builder.origin(skip, here.scope.path, "the input is")
    if given is not None and given.span.start == place.start:
        given = None  # the copy before this one gives it, of which nothing more is to be said
    label = f"this adds {shape_text(body.shape)} and its input, {shape_text(skip.shape)}"
    session.error("E204", message, place, help=help, label=label, labels=[of_body, given])


def _of_body(action: syntax.Residual, body: Flow, steps: StepRunner) -> Label:
    """The last layer of a residual's body, which says where its shape comes from."""
    last = _last_layer(action.body.span, steps.builder.layers)
    place = action.body.span if last is None else last.span
    return Label(place.head, f"the body gives {shape_text(body.shape)}")


def _last_layer(body: Span, layers: list[Layer]) -> Layer | None:
    """The body's last convolution or linear layer, which papers call its last layer; else its last of all."""
    within = [
        layer
        for layer in layers[-1000:]
        if layer.span.source is body.source and body.start <= layer.span.start and layer.span.end <= body.end
    ]
    counted = [layer for layer in within if layer.operation.kind in ("conv", "linear")]
    found = counted or within
    return found[-1] if found else None


# ---- conditions and loops ------------------------------------------------------------------------


def run_if(action: syntax.If, here: Here, steps: StepRunner) -> Flow | None:
    """``if test { … } else if … { … } else { … }``"""
    branch: syntax.If | syntax.Body | None = action
    unknown = False
    while isinstance(branch, syntax.If):
        steps.session.spend(branch.span)
        test = steps.evaluator.truth(branch.test, here)
        if isinstance(branch.test, syntax.Constant) and isinstance(test, bool):
            _warn_dead(branch, test, steps)
        if test is UNKNOWN:
            # All of it is looked through for mistakes; what it gives is not known.
            unknown = True
            here = here.on(LOST)
            steps.run_body(branch.then, here.braced())
        elif test:
            result = steps.run_body(branch.then, here)
            return LOST if unknown else result
        branch = branch.otherwise
    result = here.value if branch is None else steps.run_body(branch, here)
    return LOST if unknown else result


def _warn_dead(branch: syntax.If, test: bool, steps: StepRunner) -> None:
    dead = branch.otherwise if test else branch.then
    if dead is not None:
        message = f"the condition is always {str(test).lower()}, so this never runs"
        help = "take it out, or let the condition depend on a parameter"
        steps.session.warning("W103", message, dead.span.head, help=help)


def run_for(action: syntax.For, here: Here, steps: StepRunner) -> Flow | None:
    """``for name in items { … }``"""
    value = here.value

    def run(inner: Here) -> None:
        nonlocal value
        value = steps.run_body(action.body, inner.on(value))

    return value if _each(action, here, steps, run) else LOST


def _each(action: syntax.For, here: Here, steps: StepRunner, run: Callable[[Here], None]) -> bool:
    """Run something for each item, or once with an unknown one; False when the items are not known."""
    items = steps.evaluator.evaluate(action.iterable, here)
    known = isinstance(items, (range, tuple))
    if not known and items is not UNKNOWN:
        message = f"`for` goes through a range or a list, this is {kind_of(items)}"
        steps.session.error("E218", message, action.iterable.span, help="a range is written `0..n`")
    for item in items if isinstance(items, (range, tuple)) else (UNKNOWN,):
        steps.session.spend(action.span)
        inner = here.braced()
        inner.frame.variables[action.variable.name] = item
        before = len(steps.builder.layers)
        steps.session.calls.append((inner, None))
        run(inner)
        steps.session.calls.pop()
        if steps.session.trace is not None:
            seen = Run(before, len(steps.builder.layers), item)
            steps.session.trace.items.setdefault(id(action), []).append(seen)
    return known


# ---- branches ------------------------------------------------------------------------------------


class Branches:
    """The branches of one merge, one a line, all from the current value.

    Attributes:
        operands: their results.
    """

    def __init__(self, steps: StepRunner) -> None:
        self.steps = steps
        self.operands: list[Operand] = []

    def run(self, body: syntax.Body, here: Here) -> None:
        """Run the branches of a body; conditions and loops around branches are looked into."""
        for statement in body.statements:
            action = _only_action(statement)
            if isinstance(action, syntax.If):
                self._if(action, here)
            elif isinstance(action, syntax.For):
                if not _each(action, here, self.steps, partial(self.run, action.body)):
                    self.operands.append(Operand(LOST))
            elif isinstance(statement, syntax.Chain):
                self._chain(statement, here)
            else:
                self.steps.run_statement(statement, here)

    def _chain(self, chain: syntax.Chain, here: Here) -> None:
        flow = self.steps.run_chain(chain, here) or LOST
        # A branch without layers goes past the others: a skip connection.
        skip = len(chain.links) == 1 if isinstance(chain.links[0], syntax.From) else flow is here.value
        self.operands.append(Operand(flow, skip, chain.span, branch=True))

    def _if(self, action: syntax.If, here: Here) -> None:
        branch: syntax.If | syntax.Body | None = action
        while isinstance(branch, syntax.If):
            self.steps.session.spend(branch.span)
            test = self.steps.evaluator.truth(branch.test, here)
            if test is UNKNOWN:
                self.operands.append(Operand(LOST))
            if test is not False:
                self.run(branch.then, here.braced())
            if test is True:
                return
            branch = branch.otherwise
        if branch is not None:
            self.run(branch, here.braced())


def _only_action(statement: syntax.Statement) -> syntax.Action | None:
    """The action of a statement that is one plain step, without name or repeat."""
    if not isinstance(statement, syntax.Chain) or len(statement.links) != 1:
        return None
    link = statement.links[0]
    if isinstance(link, syntax.From) or link.label is not None or link.repeat is not None:
        return None
    return link.action
