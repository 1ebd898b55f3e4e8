"""Calling blocks, nets used as blocks, and variants: parameters, a scope of its own, no recursion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from netcompiler import syntax
from netcompiler.code import Literal
from netcompiler.diagnostics import suggest
from netcompiler.elaborate.binding import match_arguments
from netcompiler.elaborate.environment import Binding, Frame, NetState, Scope
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import LOST, UNKNOWN, Block, Flow, Given, is_data
from netcompiler.source import Span

if TYPE_CHECKING:
    from netcompiler.elaborate.expressions import Evaluator
    from netcompiler.elaborate.steps import StepRunner


@dataclass(frozen=True, slots=True)
class Prepared:
    """A definition with its parameters bound: what remains is to run its body."""

    definition: syntax.Definition
    frame: Frame


class BlockRunner:
    """Runs blocks for a `StepRunner`."""

    def __init__(self, steps: StepRunner) -> None:
        self.steps = steps
        self.session = steps.session
        self.active: list[Block] = []

    def run(
        self,
        block: Block,
        given: Iterable[Given],
        name: str | None,
        scope: Scope,
        value: Flow | None,
        repeat: int | None,
        span: Span,
        opened: list[Scope] | None,
    ) -> Flow | None:
        """Run a block on a value, in a scope of its own."""
        if self._recursive(block, span):
            return LOST
        prepared = prepare(block, given, self.steps.evaluator, span)
        if prepared is None:
            return LOST
        if len(self.active) >= self.session.limits.nesting:
            raise self.session.stop(f"blocks are called more than {self.session.limits.nesting} deep", span)
        unnamed = name is None
        name = name if name is not None else scope.take_position()
        before = len(self.steps.builder.layers)
        inner = self.steps.open_scope(
            name,
            scope,
            span,
            definition=block.name,
            arguments=_data(prepared.frame),
            repeat=repeat,
            given=value,
        )
        if opened is not None:
            opened.append(inner)
        result = self.run_prepared(block, prepared, inner, value, span, outermost=None)
        if unnamed:
            if len(self.steps.builder.layers) == before and not self.steps.builder.reusing:
                self.steps.builder.drop_scope(inner.path)
            scope.bindings[name] = Binding(
                result or LOST, span, inner, None, prepared.frame, scope, self.steps.builder.place
            )
        return result

    def run_prepared(
        self,
        block: Block,
        prepared: Prepared,
        scope: Scope,
        value: Flow | None,
        span: Span | None,
        *,
        outermost: NetState | None,
    ) -> Flow | None:
        """Run a definition's body in the scope it has been given; ``outermost`` for the net that is loaded."""
        definition = prepared.definition
        net = outermost if outermost is not None else NetState(outermost=False)
        if definition.kind == "net":
            scope.net = net
        self.active.append(block)
        self.session.reached.add(id(definition))
        self.session.calls.append((f"{definition.kind} `{block.name}`", span))
        try:
            result = self.steps.run_body(definition.body, prepared.frame, scope, value)
        finally:
            self.session.calls.pop()
            self.active.pop()
        if definition.kind == "net" and outermost is None and net.outputs:
            kept = [o for o in net.outputs if not o.training_only]
            if len(kept) > 1 and span is not None:
                self.session.error(
                    "E215", f"net `{block.name}` has several outputs, a step gives one value", span
                )
                return LOST
            return kept[0].flow if kept else result
        return result

    def _recursive(self, block: Block, span: Span) -> bool:
        if not any(block.definition is active.definition for active in self.active):
            return False
        start = next(i for i, b in enumerate(self.active) if b.definition is block.definition)
        chain = " → ".join([b.name for b in self.active[start:]] + [block.name])
        kind = "block" if isinstance(block.definition, syntax.Definition) else "net"
        self.session.error(
            "E207", f"{kind} `{block.name}` calls itself: {chain}", span, help="repeat a step with `step * n`"
        )
        return True


def prepare(block: Block, given: Iterable[Given], evaluator: Evaluator, span: Span) -> Prepared | None:
    """Bind the parameters of a block, a net or a variant. None when one is missing; it has been reported."""
    seen: list[syntax.Variant] = []
    given = tuple(given)
    while isinstance(block.definition, syntax.Variant):
        variant = block.definition
        if variant in seen:
            names = " → ".join(v.name.name for v in (*seen, variant))
            evaluator.session.error(
                "E207", f"net `{variant.name.name}` is a variant of itself: {names}", variant.base.span
            )
            return None
        seen.append(variant)
        base = block.frame.blocks.get(variant.base.name)
        if base is None:
            help = suggest(variant.base.name, block.frame.blocks)
            evaluator.session.error(
                "E201", f"there is no net `{variant.base.name}`", variant.base.span, help=help
            )
            return None
        own = {p.name for p in variant.parameters}
        mine = [g for g in given if g.name is None or g.name in own]
        others = [g for g in given if g.name is not None and g.name not in own]
        frame = bind_block(evaluator, f"net `{block.name}`", variant.parameters, mine, block, span)
        if frame is None:
            return None
        given = (*evaluator.arguments(variant.arguments, frame, None, None), *others)
        block = base
    definition = block.definition
    assert isinstance(definition, syntax.Definition)
    frame = bind_block(
        evaluator, f"{definition.kind} `{block.name}`", definition.parameters, given, block, span
    )
    return None if frame is None else Prepared(definition, frame)


def bind_block(
    evaluator: Evaluator,
    what: str,
    parameters: tuple[syntax.ParameterOf, ...],
    given: Iterable[Given],
    block: Block,
    span: Span,
) -> Frame | None:
    """A frame with a block's parameters. None when one has no value, which has been reported."""
    session: Session = evaluator.session
    names = [p.name for p in parameters]
    matched = match_arguments(session, what, names, given, span)
    frame = block.frame.child()
    frame.defaults = block.defaults
    complete = True
    for parameter in parameters:
        if parameter.name in frame.variables:
            session.error("E206", f"{what} has two parameters `{parameter.name}`", parameter.span)
        elif parameter.name in matched:
            frame.variables[parameter.name] = matched[parameter.name].value
        elif parameter.default is not None:
            frame.variables[parameter.name] = evaluator.evaluate(parameter.default, frame, None, None)
        else:
            help = f"it has {', '.join(names)}"
            session.error("E203", f"{what} needs `{parameter.name}`", span, help=help)
            complete = False
    return frame if complete else None


def unknown_arguments(block: Block) -> list[Given]:
    """Arguments for a look through a definition that nothing calls: every parameter is unknown."""
    return [Given(p.name, UNKNOWN, p.span) for p in block.definition.parameters]


def _data(frame: Frame) -> dict[str, Literal]:
    return {name: cast(Literal, value) for name, value in frame.variables.items() if is_data(value)}
