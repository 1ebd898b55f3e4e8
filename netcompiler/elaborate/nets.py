"""From definitions to graphs: one net with its parameters, or a look through everything in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile
from typing import cast

from netcompiler import syntax
from netcompiler.code import Literal
from netcompiler.diagnostics import Label, suggest
from netcompiler.diagnostics.lines import printable
from netcompiler.elaborate.blocks import MOST_VARIANTS, prepare, unknown_arguments
from netcompiler.elaborate.environment import Frame, Here, NetState, Scope
from netcompiler.elaborate.expressions import Evaluator
from netcompiler.elaborate.files import Definitions
from netcompiler.elaborate.layers import LayerBuilder
from netcompiler.elaborate.session import LimitError, Session
from netcompiler.elaborate.steps import StepRunner
from netcompiler.elaborate.values import LOST, Block, Flow, Given, is_data
from netcompiler.graph import Graph, Output
from netcompiler.graph import Scope as GraphScope
from netcompiler.operations.base import Shape
from netcompiler.source import Span


@dataclass(frozen=True, slots=True)
class DefaultOf:
    """A parameter's default, and the frame it is evaluated in."""

    expression: syntax.Expression
    frame: Frame

    def value(self, session: Session) -> object:
        """Its value; `UNKNOWN` when it depends on other parameters."""
        return Evaluator(session).evaluate(self.expression, Here.outside(self.frame))


@dataclass(frozen=True, slots=True)
class NetSignature:
    """A net's name and parameters.

    Attributes:
        block: its definition.
        inputs: names of the inputs declared in its body's own lines, in order.
    """

    block: Block
    inputs: tuple[str, ...]

    @property
    def parameters(self) -> Mapping[str, DefaultOf | None]:
        """The parameters' defaults by name; None for one that must be given.

        Found anew each time: a file may have thousands of variants of a net with thousands of parameters.
        """
        return _parameters(self.block)

    @property
    def title(self) -> tuple[str, ...]:
        """The comment lines above it, or at the head of its file."""
        return _title(self.block.definition.span)

    @property
    def loadable(self) -> bool:
        """True when every parameter has a default."""
        return not self.missing(())

    def missing(self, given: Iterable[Given]) -> list[str]:
        """The parameters that have no value when these are given."""
        names = {argument.name for argument in given}
        return [n for n, default in self.parameters.items() if default is None and n not in names]


def signatures(definitions: Definitions) -> dict[str, NetSignature]:
    """The nets a file defines, in order. A variant has its base's parameters too, but for those it sets."""
    nets = {}
    for name, block in definitions.own.items():
        chain = _bases(block)
        definition = chain[-1].definition
        if isinstance(definition, syntax.Variant) or definition.kind == "net" or len(chain) > 1:
            nets[name] = NetSignature(block, _inputs(definition))
    return nets


def _bases(block: Block) -> list[Block]:
    """A block, what it is a variant of, and so on, as far as these are there, in no circle, and few."""
    chain = [block]
    while isinstance(block.definition, syntax.Variant) and len(chain) <= MOST_VARIANTS:
        base = block.frame.blocks.get(block.definition.base.name)
        if base is None or base in chain:
            break
        chain.append(base)
        block = base
    return chain


def _inputs(definition: syntax.Definition | syntax.Variant) -> tuple[str, ...]:
    if isinstance(definition, syntax.Variant):
        return ()
    statements = definition.body.statements
    return tuple(s.name.name for s in statements if isinstance(s, syntax.InputDeclaration))


def _parameters(block: Block) -> dict[str, DefaultOf | None]:
    chain = _bases(block)
    if isinstance(chain[-1].definition, syntax.Definition) and chain[-1].definition.kind == "block":
        # Not a net; what is wrong is said where it is called.
        chain = chain[: max(1, len(chain) - 1)]
    known: dict[str, DefaultOf | None] = {}
    for one in reversed(chain):
        definition = one.definition
        own = {
            p.name: None if p.default is None else DefaultOf(p.default, one.frame)
            for p in definition.parameters
        }
        if isinstance(definition, syntax.Variant):
            positional = sum(a.name is None for a in definition.arguments)
            set_here = {*islice(known, positional), *(a.name for a in definition.arguments)}
            known = {**own, **{n: d for n, d in known.items() if n not in set_here and n not in own}}
        else:
            known = own
    return known


def elaborate(
    signature: NetSignature, given: Iterable[Given], shapes: Mapping[str, Shape], session: Session
) -> Graph:
    """The graph of a net with its parameters and, where given, other input shapes than it declares.

    Mistakes are reported to the session; the graph is whole only when there are none.
    Raises `LimitError` when a limit is exceeded.
    """
    block = signature.block
    span = block.definition.name.span
    given = tuple(given)
    _check_names(signature, given, session)
    missing = signature.missing(given)
    if missing:
        message = f"net `{block.name}` needs a value for {' and '.join(f'`{name}`' for name in missing)}"
        help = f"on the command line `-D {missing[0]}=…`, in Python `{missing[0]}=…`"
        named = {p.name: p for p in block.definition.parameters}
        labels = [Label(named[n].span, "it has no default") for n in missing[:5] if n in named]
        session.error("E216", message, span, help=help, labels=labels)
        raise LimitError
    steps = StepRunner(session, LayerBuilder(session))
    net = NetState(outermost=True, shapes=dict(shapes))
    prepared = prepare(block, given, steps.evaluator, span)
    result: Flow | None = LOST
    arguments = {}
    if prepared is not None:
        arguments = {n: v for n, v in prepared.frame.variables.items() if is_data(v)}
        here = Here(prepared.frame, Scope("", None, None))
        result = steps.calls.blocks.run_prepared(prepared, here, None, outermost=net)
        _check_shapes(shapes, net, block, session)
    outputs = _outputs(result, net, block, steps)
    root = GraphScope("", block.name, cast(dict[str, Literal], arguments), None, None, block.definition.span)
    return steps.builder.graph(root, net.groups, outputs, signature.title)


def _check_names(signature: NetSignature, given: Iterable[Given], session: Session) -> None:
    known = signature.parameters
    for argument in given:
        if argument.name is not None and argument.name not in known:
            help = suggest(argument.name, known) or (f"it has {', '.join(known)}" if known else "it has none")
            message = f"net `{signature.block.name}` has no parameter `{argument.name}`"
            session.error("E202", message, argument.span or signature.block.definition.name.span, help=help)
            raise LimitError


def _check_shapes(shapes: Mapping[str, Shape], net: NetState, block: Block, session: Session) -> None:
    for name in shapes:
        if name not in net.inputs:
            help = suggest(name, net.inputs) or f"it has {', '.join(net.inputs) or 'none'}"
            message = f"net `{block.name}` has no input `{name}`"
            session.error("E201", message, block.definition.name.span, help=help)


def _outputs(result: Flow | None, net: NetState, block: Block, steps: StepRunner) -> list[Output]:
    session = steps.session
    outputs = [
        Output(o.name, o.flow.sources[0], o.flow.shape, o.training_only, o.span)
        for o in net.outputs.values()
        if o.flow.shape is not None
    ]
    if not all(o.training_only for o in net.outputs.values()):
        return outputs
    span = block.definition.name.span
    if result is None or any(source.startswith("input:") for source in result.sources):
        if not session.reporter.has_errors:
            help = "a net needs an `input` and at least one layer"
            session.error("E306", f"net `{block.name}` computes nothing", span, help=help)
    elif result.spread:
        groups = ", ".join(map(str, result.groups))
        message = f"the result of net `{block.name}` has a part on each of the groups {groups}"
        labels = [steps.builder.origin(result, "", "each column gives")]
        session.error("E305", message, span, help="end it with `on … { gather }`", labels=labels)
    elif result.shape is not None:
        outputs.insert(0, Output("output", result.sources[0], result.shape, False, span))
    return outputs


def look_through(block: Block, session: Session) -> None:
    """Report the mistakes in a definition that nothing calls, as far as they show without its arguments."""
    steps = StepRunner(session, LayerBuilder(session))
    prepared = prepare(block, unknown_arguments(block), steps.evaluator, block.definition.name.span)
    if prepared is not None:
        here = Here(prepared.frame, Scope("", None, LOST), LOST)
        steps.calls.blocks.run_prepared(prepared, here, None, outermost=NetState(outermost=True))


def unreached(definitions: Definitions, reached: set[int]) -> list[Block]:
    """Definitions of a file whose bodies have not been elaborated, given the ids of those that have."""
    return [
        block
        for block in definitions.own.values()
        if isinstance(block.definition, syntax.Definition) and id(block.definition) not in reached
    ]


def _title(span: Span) -> tuple[str, ...]:
    """The comment lines that head the paragraph that a definition begins in, or else the whole file."""
    text = span.source.text
    return _titles(text)[text.count("\n", 0, span.start)]


@lru_cache(maxsize=16)
def _titles(text: str) -> list[tuple[str, ...]]:
    """For each line of a text its title, all found in one go: a file may have thousands of nets."""
    lines = text.split("\n")
    whole = _comments(lines)
    titles = []
    heading: list[str] | None = []  # None after the paragraph's comments
    title: tuple[str, ...] = ()
    for line in lines:
        if not line.strip():
            heading = []
        elif heading is not None and line.startswith("#"):
            heading.append(line)
        elif heading is not None:
            title, heading = _comments(heading) or whole, None
        titles.append(title)
    return titles


def _comments(lines: Iterable[str]) -> tuple[str, ...]:
    """The comments that lines begin with, without characters that steer a terminal."""
    comments = (line for line in takewhile(lambda s: s.startswith("#"), lines) if not _TO_NETC.match(line))
    return tuple(printable(line.removeprefix("#").strip()) for line in comments)


_TO_NETC = re.compile(r"#++[ \t]*+netc[ \t]*+:")
"""A comment that is for netc and no words about the net: ``# netc: ignore[W101]``."""
