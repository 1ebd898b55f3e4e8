"""Running calls: operations, merges, blocks, and the steps that are words of the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from netcompiler import syntax
from netcompiler.elaborate.binding import bind_parameters
from netcompiler.elaborate.blocks import BlockRunner
from netcompiler.elaborate.bound import Bound, key_of
from netcompiler.elaborate.branching import Branches
from netcompiler.elaborate.environment import Here, Slot
from netcompiler.elaborate.expressions import find_callee, flow_or_lost
from netcompiler.elaborate.hints import alike, defined, meant, operation_hint
from netcompiler.elaborate.layers import NewLayer, Operand
from netcompiler.elaborate.values import LOST, UNKNOWN, Block, Callee, Flow, Given, kind_of, text_of
from netcompiler.elaborate.words import WORDS
from netcompiler.operations.base import OPERATIONS, Operation
from netcompiler.source import Span

if TYPE_CHECKING:
    from netcompiler.elaborate.steps import StepRunner


_NO_DEFAULTS: Mapping[str, Given] = MappingProxyType({})


class CallRunner:
    """Runs calls for a `StepRunner`."""

    def __init__(self, steps: StepRunner) -> None:
        self.steps = steps
        self.session = steps.session
        self.evaluator = steps.evaluator
        self.blocks = BlockRunner(steps)

    def run(self, action: syntax.Call, here: Here, slot: Slot) -> Flow | None:
        """Run a call without branches."""
        word = _word(action, here)
        if word is not None:
            if here.value is None:
                return self.steps.no_value(action.span)
            return WORDS[word](action, here, slot, self.steps)
        callee = self._checked_callee(action, here)
        if isinstance(callee, Callee) and isinstance(callee.target, Operation) and callee.target.merges:
            return self.merge(action, here, slot)
        given = self.evaluator.arguments(action.arguments or (), here)
        if not isinstance(callee, Callee):
            return LOST
        if callee.given:
            given = (*callee.given, *given)
        if here.value is None and not _is_source(callee):
            return self.steps.no_value(action.span)
        if isinstance(callee.target, Block):
            return self.blocks.run(callee.target, given, here, slot)
        return self._operation(callee.target, given, here, slot)

    def bind(self, operation: Operation, given: Sequence[Given], here: Here, span: Span) -> Bound | None:
        """An operation with its arguments, defaults in force filled in."""
        defaults = here.frame.defaults.get(operation.name, _NO_DEFAULTS)
        key = key_of(operation, given, defaults)
        bound = self.session.known.find(key)
        if bound is not None:
            return bound
        name, parameters = operation.name, operation.parameters
        sizes = operation.sizes
        args = bind_parameters(self.session, name, parameters, given, defaults, span=span, sizes=sizes)
        if args is None:
            return None
        bound = Bound(operation, args)
        self.session.known.keep(key, bound, defaults)
        return bound

    def _operation(self, operation: Operation, given: Sequence[Given], here: Here, slot: Slot) -> Flow | None:
        path = slot.path(here.scope)
        bound = self.bind(operation, given, here, slot.span)
        if bound is None:
            return LOST
        new = NewLayer(bound, path, named=slot.name is not None, span=slot.span)
        if operation.source:
            return self.steps.builder.add(new, [])
        assert here.value is not None
        if operation.name == "identity":
            return here.value
        return self.steps.builder.add(new, [Operand(here.value)])

    # ---- merges ------------------------------------------------------------------------------

    def merge(self, action: syntax.Call, here: Here, slot: Slot) -> Flow | None:
        """Run a merge: of branches in braces, of named values, or of both.

        Under a name, branches with layers in them are a scope, like everything with braces.
        """
        if action.branches is not None and _word(action, here) == "reuse" and here.value is not None:
            return WORDS["reuse"](action, here, slot, self.steps)
        callee = self._checked_callee(action, here)
        if not isinstance(callee, Callee):
            self.evaluator.arguments(action.arguments or (), here)
            if action.branches is not None:
                self.steps.run_body(action.branches, here.on(LOST))
            return LOST
        operation = callee.target
        if not isinstance(operation, Operation) or not operation.merges:
            return self._no_merge(callee, action)
        if here.value is None:
            return self.steps.no_value(action.span)
        before, scopes = len(self.steps.builder.layers), len(self.steps.builder.scopes)
        inside = here
        if action.branches is not None and slot.name is not None:
            slot.opened = self.steps.open_scope(slot.name, here, slot)
            inside = here.within(slot.opened)
        operands = self.operands(action, action.arguments or (), inside)
        if slot.opened is not None and len(self.steps.builder.layers) > before:
            return self.merge_values(action, inside, Slot(slot.span), operands)
        if slot.opened is not None:
            # Branches without layers of their own need no scope: the merge has the name itself.
            self.steps.builder.drop_scopes(scopes)
            slot.opened = None
        return self.merge_values(action, here, slot, operands)

    def merge_values(
        self, action: syntax.Call, here: Here, slot: Slot, operands: list[Operand]
    ) -> Flow | None:
        """Run a merge of these values."""
        callee = self._checked_callee(action, here)
        assert isinstance(callee, Callee)
        operation = callee.target
        assert isinstance(operation, Operation)
        named = [a for a in action.arguments or () if a.name is not None]
        given = (*callee.given, *self.evaluator.arguments(named, here))
        path = slot.path(here.scope)
        bound = self.bind(operation, given, here, slot.span)
        if len(operands) < 2 and all(operand.flow is not LOST for operand in operands):
            return self._too_few(operation, action, len(operands))
        if bound is None:
            return LOST
        new = NewLayer(bound, path, slot.name is not None, slot.span)
        return self.steps.builder.add(new, operands)

    def is_merge(self, action: syntax.Action, here: Here) -> bool:
        """True for a call of a merge."""
        if not isinstance(action, syntax.Call):
            return False
        callee = self._callee(action, here)
        return isinstance(callee, Callee) and isinstance(callee.target, Operation) and callee.target.merges

    def operands(
        self, action: syntax.Call, arguments: Sequence[syntax.Argument], here: Here
    ) -> list[Operand]:
        """What a merge merges."""
        operands: list[Operand] = []
        if action.branches is None:
            operands.append(Operand(flow_or_lost(here.value)))
        else:
            branches = Branches(self.steps)
            branches.run(action.branches, here)
            operands += branches.operands
        for argument in arguments:
            if argument.name is None:
                flow = self._named(argument.value, here)
                operands.append(Operand(flow, skip=True, place=argument.value.span))
        return operands

    def _named(self, node: syntax.Expression, here: Here) -> Flow:
        """The value that an argument of a merge names."""
        if isinstance(node, syntax.Constant) and isinstance(node.value, str):
            return self.steps.find_value(node.value, node.span, here)
        if isinstance(node, syntax.Name) and node.name != "in":
            variable = here.frame.find(node.name)[1]
            if variable is not UNKNOWN and not isinstance(variable, Flow):
                return self.steps.find_value(node.name, node.span, here)
        result = self.evaluator.evaluate(node, here)
        if not isinstance(result, Flow) and result is not UNKNOWN:
            message = f"a merge takes names of values, this is {kind_of(result)}"
            help = "operation's own arguments go by name: `dim=1`"
            if isinstance(node, syntax.ListOf) and node.items:
                help = f"one by one, without `[ ]`: `{', '.join(item.span.text for item in node.items)}`"
            self.session.error("E218", message, node.span, help=help)
        return flow_or_lost(result)

    def _no_merge(self, callee: Callee, action: syntax.Call) -> Flow:
        merges = ", ".join(sorted(o.name for o in OPERATIONS.values() if o.kind == "merge"))
        message = f"`{callee.name}` is {kind_of(callee)} but no merge, and takes no branches"
        help = f"merges are {merges}; a new step stands on a line of its own or after `->`"
        self.session.error("E215", message, action.span.head, help=help)
        return LOST

    def _too_few(self, operation: Operation, action: syntax.Call, count: int) -> Flow:
        message = f"`{operation.name}` merges at least two values, here is {count or 'none'}"
        help = f"name the others, `{operation.name}(a)`, or give branches, one a line, in braces"
        self.session.error("E203", message, action.span, help=help)
        return LOST

    # ---- who is called -----------------------------------------------------------------------

    def _callee(self, action: syntax.Call, here: Here) -> object:
        """What a step calls; None when its name stands for nothing."""
        node = action.callee
        if not isinstance(node, syntax.Name):
            callee = self.evaluator.evaluate(node, here)
        else:
            found, callee = here.frame.find(node.name)
            if not found or not (callee is UNKNOWN or isinstance(callee, (Callee, str))):
                # A variable that holds a number does not hide the operation of its name.
                callee = find_callee(node.name, here.frame) or callee
        if isinstance(callee, str):
            # From the command line or Python: the name of an operation or a block.
            callee = find_callee(callee, here.frame) or callee
        return callee

    def _checked_callee(self, action: syntax.Call, here: Here) -> object:
        """The operation or block that a step calls; UNKNOWN when there is none, which has been reported."""
        node = action.callee
        callee = self._callee(action, here)
        if isinstance(callee, Callee) or callee is UNKNOWN:
            return callee
        if isinstance(node, syntax.Name) and not here.frame.find(node.name)[0]:
            message = f"there is no operation or block `{node.name}`"
            help = partial(_hint, node.name, here)
            labels = defined(node.name, here) or partial(meant, help, here)
            self.session.error("E201", message, node.span, help=help, labels=labels)
        elif isinstance(callee, str):
            near = operation_hint(callee) or alike(callee, OPERATIONS.keys() | here.frame.blocks.keys())
            message = f"`{node.span.text}` is {text_of(callee)}, and no operation or block is called that"
            self.session.error("E201", message, node.span, help=near)
        else:
            message = f"`{node.span.text}` is {kind_of(callee)}, not an operation or a block"
            advice = "a step is an operation or a block; a value is an argument of one: `linear(x)`"
            if node.span.text in here.frame.variables:
                advice = f"give it one, `{node.span.text}=relu`; a value is an argument of one: `linear(x)`"
            self.session.error("E218", message, node.span, help=advice)
        return UNKNOWN


def _is_source(callee: Callee) -> bool:
    """True for what takes no value."""
    return isinstance(callee.target, Operation) and callee.target.source


def _hint(name: str, here: Here) -> str | None:
    """What may have been meant by a name that no operation or block has."""
    if here.scope.find(name) is not None:
        again = f"go on from its value with `from {name}`, or run it once more with `reuse({name})`"
        return f"`{name}` is the name of a step; {again}"
    callables = {n for n in here.frame.visible() if isinstance(here.frame.find(n)[1], Callee)}
    known = OPERATIONS.keys() | here.frame.blocks.keys() | callables | WORDS.keys() | {"residual", "columns"}
    define = f"define it, `block {name} {{ … }}`, or take an operation that there is"
    return operation_hint(name) or alike(name, known - {"input"}) or define


def _word(action: syntax.Call, here: Here) -> str | None:
    """The word of the language that a call is; None for other calls."""
    if not isinstance(action.callee, syntax.Name) or action.callee.name not in WORDS:
        return None
    name = action.callee.name
    return None if here.frame.find(name)[0] else name
