"""``input``, ``output`` and ``group`` lines of a net."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netcompiler import syntax
from netcompiler.diagnostics import Label, shape_text
from netcompiler.elaborate.environment import Binding, Here, NamedOutput, NetState, Scope
from netcompiler.elaborate.names import is_name
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import LOST, UNKNOWN, Flow, text_of
from netcompiler.source import Span

if TYPE_CHECKING:
    from netcompiler.elaborate.steps import StepRunner


def declare_groups(statement: syntax.GroupDeclaration, scope: Scope, session: Session) -> None:
    """``group a, b``: only in the net that is loaded."""
    net = _net(scope, "group", statement.span, session)
    if net is None:
        return
    if not net.outermost:
        message = "a net that is used as a block cannot declare placement groups"
        session.error("E215", message, statement.span, help="declare them in the net that uses it")
    for name in statement.names:
        if not is_name(name.name, name.span, session):
            continue
        if name.name in net.groups:
            labels = [Label(net.groups[name.name], "first declared here")]
            message = f"group `{name.name}` is declared already"
            session.error("E206", message, name.span, help="take one of them out", labels=labels)
        net.groups.setdefault(name.name, name.span)


def declare_input(statement: syntax.InputDeclaration, here: Here, steps: StepRunner) -> Flow | None:
    """``input name [3, 224, 224]``: the value of that name, which becomes the current one."""
    session = steps.session
    scope = here.scope
    net = _net(scope, "input", statement.span, session)
    if net is None:
        return here.value
    name = statement.name.name
    is_name(name, statement.name.span, session)
    shape = _shape(statement, here, steps)
    if name in net.inputs or name in scope.bindings:
        first = net.inputs[name] if name in net.inputs else scope.bindings[name].span
        message = f"`{name}` is the name of another input or step already"
        labels = [Label(first, "first given here")]
        session.error("E206", message, statement.name.span, help="choose another name", labels=labels)
        return LOST
    net.inputs[name] = statement.name.span
    if net.outermost:
        shape = net.shapes.get(name, shape)
        flow = LOST if shape is None else steps.builder.add_input(name, shape, statement.span)
    elif len(net.inputs) > 1:
        message = "a net with several inputs cannot be used as a block"
        labels = [Label(next(iter(net.inputs.values())), "another input")]
        help = "a step gives it one value: make it a block, and merge the values before it"
        session.error("E215", message, statement.span, help=help, labels=labels)
        flow = LOST
    else:
        flow = here.value or LOST
        if flow.shape is not None and shape is not None and len(flow.shape) != len(shape):
            message = f"the net takes an input like {shape_text(shape)}, it is given {shape_text(flow.shape)}"
            given = steps.builder.origin(flow, scope.path)
            help = "`flatten`, `reshape` or `transpose` gives a value as many dimensions"
            session.error("E210", message, statement.shape.span, help=help, labels=[given])
            flow = LOST
    scope.bindings[name] = Binding(name, flow, statement.name.span, None, None, here)
    return flow


def declare_output(statement: syntax.OutputDeclaration, here: Here, steps: StepRunner) -> None:
    """``output name`` and ``output name if training``."""
    session = steps.session
    net = _net(here.scope, "output", statement.span, session)
    if net is None:
        return
    condition = statement.condition
    if condition is not None and condition.name != "training":
        message = f"an output is given always or `if training`, not `if {condition.name}`"
        session.error("E215", message, condition.span, help="write `if training`, or leave it out")
    flow = steps.resolve(statement.reference, here)
    name = statement.reference.text
    earlier = net.outputs.get(name)
    if earlier is not None:
        labels = [Label(earlier.span, "first named here")]
        message = f"`{name}` is an output already"
        session.error("E206", message, statement.span, help="take one of the lines out", labels=labels)
        return
    if flow.spread:
        help = "concatenate them first: `on … { gather }`"
        message = f"`{name}` has a part on each of the groups {', '.join(map(str, flow.groups))}"
        given = steps.builder.origin(flow, here.scope.path, f"`{name}` is")
        session.error("E305", message, statement.reference.span, help=help, labels=[given])
        return
    net.outputs[name] = NamedOutput(name, flow, condition is not None, statement.span)


def _shape(statement: syntax.InputDeclaration, here: Here, steps: StepRunner) -> tuple[int, ...] | None:
    shape = None if _is_open(statement.shape, here) else steps.evaluator.evaluate(statement.shape, here)
    if shape is UNKNOWN:
        return None
    extents = shape if isinstance(shape, tuple) else ()
    if not extents or not all(isinstance(e, int) and not isinstance(e, bool) and e > 0 for e in extents):
        shown = "this has `None`" if shape is None else f"this is {text_of(shape)}"
        message = f"an input's shape is a list of positive whole numbers, {shown}"
        help = "the batch dimension is left out: `[channels, height, width]`"
        if shape is None or any(extent is None or extent == -1 for extent in extents):
            help = (
                f"write numbers; `--input {statement.name.name}=[3,64,64]` gives others on the command line"
            )
        steps.session.error("E205", message, statement.shape.span, help=help)
        return None
    return extents


def _is_open(shape: syntax.Expression, here: Here) -> bool:
    """True for a list with Python's ``None`` in it, an extent that Keras leaves open."""
    items = shape.items if isinstance(shape, syntax.ListOf) else ()
    names = (item.name for item in items if isinstance(item, syntax.Name))
    return "None" in names and not here.frame.find("None")[0]


def _net(scope: Scope, word: str, span: Span, session: Session) -> NetState | None:
    net = scope.find_net()
    if net is None:
        help = {
            "input": "a block works on the value that it is called on: `in`",
            "output": "a block gives its last value",
            "group": "declare groups in the net",
        }[word]
        session.error("E215", f"`{word}` stands in a net, not in a block", span, help=help)
    return net
