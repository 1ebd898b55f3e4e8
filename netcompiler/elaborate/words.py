"""Steps that are words of the language, no operations: ``exchange``, ``gather``, ``reuse``, ``expect``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from netcompiler import syntax
from netcompiler.diagnostics import Label, shape_text
from netcompiler.elaborate.bound import Bound
from netcompiler.elaborate.environment import Binding, Here, Slot
from netcompiler.elaborate.expressions import flow_or_lost
from netcompiler.elaborate.layers import NewLayer, Operand
from netcompiler.elaborate.names import fill_in
from netcompiler.elaborate.values import LOST, UNKNOWN, Flow, kind_of, text_of
from netcompiler.operations.advice import same_extents
from netcompiler.operations.base import OPERATIONS

if TYPE_CHECKING:
    from netcompiler.elaborate.steps import StepRunner


def _exchange(action: syntax.Call, here: Here, slot: Slot, steps: StepRunner) -> Flow | None:
    """Inside ``columns``: every column gets all columns' values."""
    if not steps.builder.columns:
        help = "`columns a, b { … }` lays the same layers on each group"
        steps.session.error("E215", "`exchange` stands inside `columns`", action.span, help=help)
        return LOST
    help = "put layers on the columns first"
    return _mix("exchange", action, here, slot, steps, help)


def _gather(action: syntax.Call, here: Here, slot: Slot, steps: StepRunner) -> Flow | None:
    """After ``columns``: the columns' results on one group."""
    if steps.builder.columns or steps.builder.place is None:
        message = "`gather` stands in an `on`, after the columns"
        steps.session.error("E215", message, action.span, help="`on a { gather -> … }`")
        return LOST
    return _mix("gather", action, here, slot, steps, "columns come before it: `columns a, b { … }`")


def _mix(word: str, action: syntax.Call, here: Here, slot: Slot, steps: StepRunner, help: str) -> Flow | None:
    if action.arguments:
        steps.session.error("E202", f"`{word}` takes no arguments", action.span, help=f"write `{word}`")
    path = slot.path(here.scope)
    value = flow_or_lost(here.value)
    if value.shape is not None and not value.spread:
        message = f"there is nothing to {word}: the value is one, not a part on each column"
        steps.session.error("E305", message, action.span, help=help)
        return LOST
    if word == "exchange":
        steps.builder.end_part()
    named = slot.name is not None
    new = NewLayer(Bound(OPERATIONS[word], {}), path, named, slot.span, mixes=True)
    return steps.builder.add(new, [Operand(value)])


def _expect(action: syntax.Call, here: Here, _slot: Slot, steps: StepRunner) -> Flow | None:
    """``expect([256, 56, 56])``: the value goes on as it is."""
    session = steps.session
    value = flow_or_lost(here.value)
    given = steps.evaluator.arguments(action.arguments or (), here)
    if len(given) != 1 or given[0].name is not None:
        message = "`expect` takes one list"
        session.error("E203", message, action.span, help="write the shape: `expect([256, 56, 56])`")
        return value
    wanted = given[0].value
    if wanted is UNKNOWN or value.shape is None:
        return value
    if not isinstance(wanted, tuple):
        session.error("E205", f"`expect` takes a list, this is {kind_of(wanted)}", action.span)
    elif wanted != value.shape:
        message = f"expected {text_of(wanted)}, got {shape_text(value.shape)}"
        help = "change what gives the value, or the shape that is expected"
        if len(wanted) == len(value.shape) and wanted[:1] == value.shape[:1] and len(wanted) > 2:
            help = same_extents(len(wanted))
        maker = steps.builder.origin(value, here.scope.path)
        session.error("E212", message, action.span, help=help, labels=[maker])
    return value


def _reuse(action: syntax.Call, here: Here, slot: Slot, steps: StepRunner) -> Flow | None:
    """``reuse(name)``: the step of that name once more, with the same weights.

    A merge is run on other values, given like its own: ``reuse(sum, a)``, ``reuse(sum) { … }``.
    """
    if slot.name is None:
        here.scope.take_position()
    binding = _named_step(action, here, steps)
    if binding is None or binding.step is None:
        return LOST
    first = binding.step.action
    there = binding.here.on(here.value)
    again = Slot(binding.step.span, binding.name)
    arguments = (action.arguments or ())[1:]
    if not arguments and action.branches is None:
        run = partial(steps.run_named, binding.step, again, there)
    elif isinstance(first, syntax.Call) and binding.inner is None and steps.calls.is_merge(first, there):
        run = partial(
            steps.calls.merge_values, first, there, again, steps.calls.operands(action, arguments, here)
        )
    else:
        message = f"`{binding.name}` is no merge, and `reuse` runs it on one value"
        help = f"write `reuse({binding.name})`"
        labels = [Label(binding.span, f"`{binding.name}` is this step")]
        steps.session.error("E213", message, action.span.head, help=help, labels=labels)
        return LOST
    outside = steps.builder.reusing
    steps.builder.reusing = slot.span
    steps.session.calls.append((f"`reuse({binding.name})`", slot.span))
    result = run()
    steps.session.calls.pop()
    steps.builder.reusing = outside
    return result


def _named_step(action: syntax.Call, here: Here, steps: StepRunner) -> Binding | None:
    """The step that a ``reuse`` names; None when there is none, which has been reported."""
    arguments = action.arguments or ()
    reference = _reference(arguments[0]) if arguments else None
    if reference is not None:
        reference = fill_in(reference, here.frame, action.span, steps.session)
        if reference is None:
            return None
    if reference is None:
        message = "`reuse` takes the name of a step"
        steps.session.error("E203", message, action.span, help="write its name: `reuse(conv1)`")
        return None
    binding = here.scope.find(reference)
    if binding is None:
        steps.find_value(reference, action.span, here)
    elif binding.step is None:
        what = "is an input" if binding.inner is None else "has no name of its own"
        message = f"`{reference}` {what}, and `reuse` runs a named step"
        help = f"go on from its value with `from {reference}`"
        if binding.inner is not None:
            help = "give the step a name: `name: step`"
        labels = [Label(binding.span.head, f"`{reference}` is this")]
        steps.session.error("E213", message, action.span, help=help, labels=labels)
    return binding


def _reference(argument: syntax.Argument) -> str | None:
    """The name of a step, when an argument is one."""
    node = argument.value
    if argument.name is not None:
        return None
    if isinstance(node, syntax.Constant):
        return node.value if isinstance(node.value, str) else None
    return node.span.text


WORDS: Mapping[str, Callable[[syntax.Call, Here, Slot, StepRunner], Flow | None]] = {
    "exchange": _exchange,
    "gather": _gather,
    "reuse": _reuse,
    "expect": _expect,
}
"""What runs each word. The current value is there when they run."""
