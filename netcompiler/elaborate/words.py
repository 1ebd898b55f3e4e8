"""Steps that are words of the language, no operations: ``exchange``, ``gather``, ``reuse``, ``expect``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from netcompiler import syntax
from netcompiler.diagnostics import shape_text, suggest
from netcompiler.elaborate.environment import Here, Slot
from netcompiler.elaborate.expressions import flow_or_lost
from netcompiler.elaborate.layers import NewLayer, Operand
from netcompiler.elaborate.values import LOST, UNKNOWN, Flow, kind_of, text_of
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
        steps.session.error("E202", f"`{word}` takes no arguments", action.span)
    path = slot.path(here.scope)
    value = flow_or_lost(here.value)
    if value.shape is not None and not value.spread:
        message = f"there is nothing to {word}: the value is one, not a part on each column"
        steps.session.error("E305", message, action.span, help=help)
        return LOST
    if word == "exchange":
        steps.builder.end_part()
    named = slot.name is not None
    new = NewLayer(OPERATIONS[word], {}, path, named, slot.span, mixes=True)
    return steps.builder.add(new, [Operand(value)])


def _expect(action: syntax.Call, here: Here, slot: Slot, steps: StepRunner) -> Flow | None:
    """``expect([256, 56, 56])``: the value goes on as it is."""
    session = steps.session
    value = flow_or_lost(here.value)
    given = steps.evaluator.arguments(action.arguments or (), here)
    if len(given) != 1 or given[0].name is not None:
        session.error("E203", "`expect` takes one list: `expect([256, 56, 56])`", action.span)
        return value
    wanted = given[0].value
    if wanted is UNKNOWN or value.shape is None:
        return value
    if not isinstance(wanted, tuple):
        session.error("E205", f"`expect` takes a list, this is {kind_of(wanted)}", action.span)
    elif wanted != value.shape:
        notes = (f"expected {text_of(wanted)}, got {shape_text(value.shape)}",)
        session.error("E212", "the value has another shape than expected", action.span, notes=notes)
    return value


def _reuse(action: syntax.Call, here: Here, slot: Slot, steps: StepRunner) -> Flow | None:
    """``reuse(name)``: the step of that name once more, with the same weights."""
    if slot.name is None:
        here.scope.take_position()
    reference = _reference(action)
    if reference is None:
        message = "`reuse` takes the name of a step: `reuse(conv1)`"
        steps.session.error("E203", message, action.span)
        return LOST
    binding = here.scope.find(reference)
    if binding is None or binding.step is None:
        help = suggest(reference, here.scope.visible())
        message = f"no step before this one is named `{reference}`"
        code = "E201"
        if binding is not None:
            code, message, help = "E213", f"`{reference}` is no named step, so it has no weights", None
        steps.session.error(code, message, action.span, help=help)
        return LOST
    outside = steps.builder.reusing
    steps.builder.reusing = slot.span
    steps.session.calls.append((f"`reuse({reference})`", slot.span))
    again = Slot(binding.step.span, binding.name)
    result = steps.run_named(binding.step, again, binding.here.on(here.value))
    steps.session.calls.pop()
    steps.builder.reusing = outside
    return result


def _reference(action: syntax.Call) -> str | None:
    arguments = action.arguments or ()
    if len(arguments) != 1 or arguments[0].name is not None:
        return None
    node = arguments[0].value
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
