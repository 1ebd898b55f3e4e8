"""Calling blocks, nets used as blocks, and variants: parameters, a scope of its own, no recursion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from netcompiler import syntax
from netcompiler.code import Literal
from netcompiler.diagnostics import Label, call_text, suggest
from netcompiler.elaborate.environment import Binding, Frame, Here, NetState, Slot
from netcompiler.elaborate.values import LOST, UNKNOWN, Block, Flow, Given, is_data, text_of
from netcompiler.source import Span

if TYPE_CHECKING:
    from netcompiler.elaborate.expressions import Evaluator
    from netcompiler.elaborate.steps import StepRunner


@dataclass(frozen=True, slots=True)
class Prepared:
    """A block or net with its parameters bound: what remains is to run its body.

    Attributes:
        block: what was called; a variant has its base's definition.
        definition: what to run.
        frame: its parameters.
    """

    block: Block
    definition: syntax.Definition
    frame: Frame

    def __str__(self) -> str:
        """The call as messages show it, every parameter with its value: ``block `unit(width=64)` ``."""
        names = [p.name for p in self.definition.parameters]
        values = [f"{name}={text_of(self.frame.variables.get(name, UNKNOWN), 40)}" for name in names]
        return f"{self.definition.kind} `{call_text(self.block.name, values)}`"


MOST_VARIANTS = 16
"""How many variants may stand one on another."""


class BlockRunner:
    """Runs blocks for a `StepRunner`."""

    def __init__(self, steps: StepRunner) -> None:
        self.steps = steps
        self.session = steps.session
        self.active: list[Block] = []

    def run(self, block: Block, given: Iterable[Given], here: Here, slot: Slot) -> Flow | None:
        """Run a block on a value, in a scope of its own."""
        if self._recursive(block, slot.span):
            return LOST
        prepared = prepare(block, given, self.steps.evaluator, slot.span)
        if prepared is None:
            return LOST
        builder = self.steps.builder
        name = slot.name if slot.name is not None else here.scope.take_position()
        before, scopes = len(builder.layers), len(builder.scopes)
        inner = self.steps.open_scope(
            name, here, slot, definition=block.name, arguments=_data(prepared.frame)
        )
        inner.outer, inner.given, inner.caller = None, here.value, here.scope
        slot.opened = inner
        result = self.run_prepared(prepared, Here(prepared.frame, inner, here.value), slot.span)
        if slot.name is None:
            if len(builder.layers) == before and not builder.reusing:
                builder.drop_scopes(scopes)
            here.scope.bindings[name] = Binding(name, result or LOST, slot.span, inner, None, here)
        return result

    def run_prepared(
        self, prepared: Prepared, inside: Here, span: Span | None, *, outermost: NetState | None = None
    ) -> Flow | None:
        """Run a body in the scope it has been given; ``outermost`` is for the net that is loaded."""
        definition = prepared.definition
        name = prepared.block.name
        net = outermost
        if definition.kind == "net":
            inside.scope.net = net = outermost or NetState(outermost=False)
        self.session.reached.add(id(definition))
        self.active.append(prepared.block)
        self.session.calls.append((prepared, span))
        result = self.steps.run_body(definition.body, inside)
        self.session.calls.pop()
        self.active.pop()
        if net is None or net.outermost or not net.outputs:
            return result
        kept = [o for o in net.outputs.values() if not o.training_only]
        if len(kept) > 1 and span is not None:
            message = f"net `{name}` has {len(kept)} outputs, and a step gives one value"
            help = "keep one `output` line, or none: the last value is the output then"
            labels = [Label(o.span, "an output") for o in kept[:5]]
            self.session.error("E215", message, span, help=help, labels=labels)
            return LOST
        return kept[0].flow if kept else result

    def _recursive(self, block: Block, span: Span) -> bool:
        active = [b.definition for b in self.active]
        # Definitions are compared by identity.
        if block.definition not in active:
            return False
        start = next(i for i, definition in enumerate(active) if definition is block.definition)
        chain = " → ".join([b.name for b in self.active[start:]] + [block.name])
        kind = block.definition.kind if isinstance(block.definition, syntax.Definition) else "net"
        message = f"{kind} `{block.name}` calls itself: {chain}"
        help = "a block cannot call itself, not even under a condition: use `step * n`, or `for`"
        self.session.error("E207", message, span.head, help=help, labels=partial(self._cycle, active[start:]))
        return True

    def _cycle(self, active: list[syntax.Definition | syntax.Variant]) -> Iterator[Label]:
        """The calls of a cycle, the one that closes it left out."""
        for call, span in self.session.calls:
            if isinstance(call, Prepared) and span is not None and call.block.definition in active:
                yield Label(span.head, f"this calls `{call.block.name}`")


def prepare(block: Block, given: Iterable[Given], evaluator: Evaluator, span: Span) -> Prepared | None:
    """Bind the parameters of a block, a net or a variant. None when one is missing; it has been reported."""
    called = block
    seen: list[syntax.Variant] = []
    given = tuple(given)
    while isinstance(block.definition, syntax.Variant):
        variant = block.definition
        base = _base(block, seen, evaluator)
        if base is None:
            return None
        seen.append(variant)
        evaluator.session.spend(span, 10)
        if len(seen) > MOST_VARIANTS:
            message = f"net `{called.name}` is a variant of a variant, more than {MOST_VARIANTS} deep"
            evaluator.session.error("E107", message, called.definition.name.span)
            return None
        own = {p.name for p in variant.parameters}
        mine = [g for g in given if g.name is None or g.name in own]
        others = [g for g in given if g.name is not None and g.name not in own]
        frame = _bind(evaluator, block, mine, span)
        if frame is None:
            return None
        given = (*evaluator.arguments(variant.arguments, Here.outside(frame)), *others)
        block = base
    frame = _bind(evaluator, block, given, span)
    return None if frame is None else Prepared(called, block.definition, frame)


def unknown_arguments(block: Block) -> list[Given]:
    """Arguments for a look through a definition that nothing calls: every parameter is unknown."""
    return [Given(p.name, UNKNOWN, p.span) for p in block.definition.parameters]


def _base(block: Block, seen: list[syntax.Variant], evaluator: Evaluator) -> Block | None:
    """What a variant is a variant of; None when there is no such net, which has been reported."""
    variant = block.definition
    assert isinstance(variant, syntax.Variant)
    if any(variant is earlier for earlier in seen):
        names = " → ".join(v.name.name for v in (*seen, variant))
        message = f"net `{variant.name.name}` is a variant of itself: {names}"
        advice = "give one of them a body: `net name(parameters) { … }`"
        labels = [Label(v.base.span, f"`{v.name.name}` is a variant of this") for v in seen[1:6]]
        evaluator.session.error("E207", message, variant.base.span, help=advice, labels=labels)
        return None
    base = block.frame.blocks.get(variant.base.name)
    if base is None and block.frame.find(variant.base.name)[1] is not UNKNOWN:
        defined = "name a net that this file defines or uses"
        help = suggest(variant.base.name, block.frame.blocks) or defined
        message = f"there is no net `{variant.base.name}`"
        evaluator.session.error("E201", message, variant.base.span, help=help)
    elif (
        base is not None
        and isinstance(base.definition, syntax.Definition)
        and base.definition.kind == "block"
    ):
        message = f"`{base.name}` is a block, and only a net has variants"
        help = f"write a net that calls it: `net {variant.name.name} {{ input … {base.name}(…) }}`"
        labels = [Label(base.definition.name.span, f"`{base.name}` is defined here")]
        evaluator.session.error("E218", message, variant.base.span, help=help, labels=labels)
        return None
    return base


def _bind(evaluator: Evaluator, block: Block, given: Iterable[Given], span: Span) -> Frame | None:
    """A frame with a block's parameters. None when one has no value, which has been reported."""
    definition = block.definition
    kind = definition.kind if isinstance(definition, syntax.Definition) else "net"
    what = f"{kind} `{block.name}`"
    frame = block.frame.child()
    frame.defaults = block.defaults
    return evaluator.bind(what, definition.parameters, given, frame, span, definition.name.span)


def _data(frame: Frame) -> dict[str, Literal]:
    return {name: cast(Literal, value) for name, value in frame.variables.items() if is_data(value)}
