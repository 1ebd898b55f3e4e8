"""The order of the stages: text → syntax → graph → checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import netcompiler.operations  # noqa: F401  (registers every operation)
from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic, Reporter, SpecError, suggest
from netcompiler.elaborate.expressions import Evaluator
from netcompiler.elaborate.files import Definitions, Reader, define
from netcompiler.elaborate.nets import NetSignature, elaborate, look_through, signatures, unreached
from netcompiler.elaborate.session import LimitReached, Session
from netcompiler.elaborate.values import Given
from netcompiler.graph import Graph
from netcompiler.limits import Limits
from netcompiler.operations.base import Shape
from netcompiler.parse import parse_expression, parse_file
from netcompiler.read import read_used
from netcompiler.source import Source, Span
from netcompiler.validate import validate


@dataclass(frozen=True)
class Analysis:
    """A file whose definitions are known, and what was wrong with them.

    Attributes:
        nets: its nets in order of definition.
        diagnostics: what is wrong with the definitions.
    """

    source: Source
    definitions: Definitions
    nets: Mapping[str, NetSignature]
    diagnostics: tuple[Diagnostic, ...]
    limits: Limits


def analyse(source: Source, limits: Limits) -> Analysis:
    """Parse a file and all it uses. Raises SpecError when it cannot be parsed or has a wrong definition."""
    with _session(limits) as run:
        definitions = define(parse_file(source, limits), run.session, _reader(limits))
        nets = signatures(definitions)
    return Analysis(source, definitions, nets, tuple(run.reporter), limits)


def build_graph(
    analysis: Analysis, name: str | None, given: Iterable[Given], shapes: Mapping[str, Shape] | None = None
) -> Graph:
    """The graph of a net, checked: the one called ``name``, or the only one a file has.

    Raises SpecError with everything that is wrong.
    """
    with _session(analysis.limits) as run:
        for diagnostic in analysis.diagnostics:
            run.reporter.report(diagnostic)
        signature = choose(analysis, name)
        graph, _ = elaborate(signature, given, shapes or {}, run.session)
        if not run.reporter.errors:
            validate(graph, run.reporter)
    return graph


def check(source: Source, limits: Limits, texts: Mapping[str, str]) -> list[Diagnostic]:
    """Everything that is wrong with a file: all its nets, and every block that none of them calls.

    ``texts`` are arguments for the nets that have such a parameter, as text.
    """
    reporter = Reporter(limits.diagnostics)
    try:
        analysis = analyse(source, limits)
        given = given_from_text(analysis, texts)
    except SpecError as error:
        return list(error.diagnostics)
    for diagnostic in analysis.diagnostics:
        reporter.report(diagnostic)
    reached: set[int] = set()
    known = {name for signature in analysis.nets.values() for name in signature.parameters}
    for argument in given:
        if argument.name not in known:
            help = suggest(argument.name or "", known) or (
                f"they have {', '.join(sorted(known))}" if known else None
            )
            message = f"no net of {source.name} has a parameter `{argument.name}`"
            reporter.report(Diagnostic("E202", message, argument.span, help=help))
    for signature in analysis.nets.values():
        mine = [g for g in given if g.name in signature.parameters]
        missing = {n for n, default in signature.parameters.items() if default is None} - {
            g.name for g in mine
        }
        if missing:
            continue
        session = Session(reporter, limits)
        before = len(reporter.errors)
        try:
            graph, _ = elaborate(signature, mine, {}, session)
            if len(reporter.errors) == before:
                validate(graph, reporter)
        except LimitReached:
            pass
        except RecursionError:
            reporter.report(_too_deep(source))
        reached |= session.reached
    _check_unreached(analysis, reporter, reached)
    return list(reporter)


def given_from_text(analysis: Analysis, texts: Mapping[str, str]) -> list[Given]:
    """Arguments given as text, ``{"classes": "10", "unit": "bottleneck"}``, read as expressions in the file.

    Raises SpecError for text that is no expression.
    """
    given = []
    with _session(analysis.limits) as run:
        for name, text in texts.items():
            expression = parse_expression(Source(f"-D {name}", text), analysis.limits)
            value = Evaluator(run.session).evaluate(expression, analysis.definitions.frame, None, None)
            given.append(Given(name, value, expression.span))
    return given


def shapes_from_text(analysis: Analysis, texts: Mapping[str, str]) -> dict[str, Shape]:
    """Input shapes given as text, ``{"image": "[3, 32, 32]"}``.

    Raises SpecError for text that is no list of positive whole numbers.
    """
    shapes = {}
    for argument in given_from_text(analysis, texts):
        value = argument.value
        extents = value if isinstance(value, tuple) else ()
        if not extents or not all(isinstance(e, int) and not isinstance(e, bool) and e > 0 for e in extents):
            message = "an input's shape is a list of positive whole numbers: `[3, 32, 32]`"
            raise SpecError([Diagnostic("E205", message, argument.span)])
        shapes[argument.name or ""] = extents
    return shapes


def choose(analysis: Analysis, name: str | None) -> NetSignature:
    """The net called ``name``; without a name, the only one that a file has.

    Raises SpecError when there is none, or several to choose from.
    """
    nets = analysis.nets
    shown = analysis.source.name
    if name is None:
        loadable = [n for n, signature in nets.items() if signature.loadable] or list(nets)
        if len(loadable) == 1:
            return nets[loadable[0]]
        if not nets:
            raise SpecError([Diagnostic("E201", "the file has no net", where=shown)])
        help = f"say which: {shown}:{loadable[0]}"
        raise SpecError(
            [Diagnostic("E201", f"the file has several nets: {', '.join(loadable)}", None, (), help, shown)]
        )
    if name in nets:
        return nets[name]
    help = suggest(name, nets) or (f"it has {', '.join(nets)}" if nets else None)
    if name in analysis.definitions.own:
        help = f"`{name}` is a block; " + (
            f"the nets are {', '.join(nets)}" if nets else "the file has no net"
        )
    raise SpecError([Diagnostic("E201", f"the file has no net `{name}`", None, (), help, shown)])


def default_values(analysis: Analysis, signature: NetSignature) -> dict[str, object]:
    """The values of a net's defaults by parameter, for listings; those that must be given are left out."""
    session = Session(Reporter(analysis.limits.diagnostics), analysis.limits)
    return {name: d.value(session) for name, d in signature.parameters.items() if d is not None}


def _check_unreached(analysis: Analysis, reporter: Reporter, reached: set[int]) -> None:
    """Look through what no net has run; a block that nothing calls is a warning."""
    blocks = unreached(analysis.definitions, reached)
    called: set[int] = set()
    for block in blocks:
        session = Session(reporter, analysis.limits)
        try:
            look_through(block, session)
        except LimitReached:
            pass
        except RecursionError:
            reporter.report(_too_deep(analysis.source))
        called |= session.reached - {id(block.definition)}
    if reporter.errors or not analysis.nets:
        return
    for block in blocks:
        definition = block.definition
        if (
            isinstance(definition, syntax.Definition)
            and definition.kind == "block"
            and id(definition) not in called
        ):
            message = f"no net of this file uses the block `{block.name}`"
            reporter.report(Diagnostic("W401", message, definition.name.span))


def _reader(limits: Limits) -> Reader:
    def read(file: syntax.Constant, session: Session) -> syntax.File | None:
        try:
            return parse_file(read_used(str(file.value), file.span, limits), limits)
        except SpecError as error:
            for diagnostic in error.diagnostics:
                session.reporter.report(diagnostic)
            return None

    return read


def _too_deep(source: Source) -> Diagnostic:
    return Diagnostic("E107", "expressions are nested too deeply", Span(source, 0, 0))


class _session:
    """A session whose errors, when there are any, leave the block as a SpecError."""

    def __init__(self, limits: Limits) -> None:
        self.reporter = Reporter(limits.diagnostics)
        self.session = Session(self.reporter, limits)

    def __enter__(self) -> _session:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, RecursionError):
            raise SpecError([Diagnostic("E107", "expressions are nested too deeply")]) from None
        if error is None or isinstance(error, LimitReached):
            if self.reporter.errors:
                raise SpecError(self.reporter.errors) from None
            return error is not None
        return False
