"""The order of the stages: text → syntax → graph → checks."""

from __future__ import annotations

import gc
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import netcompiler.operations  # noqa: F401  (registers every operation)
from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic, Reporter, SpecError, suggest
from netcompiler.elaborate.environment import Here
from netcompiler.elaborate.expressions import Evaluator
from netcompiler.elaborate.files import Definitions, Reader, define
from netcompiler.elaborate.nets import NetSignature, elaborate, look_through, signatures, unreached
from netcompiler.elaborate.session import LimitError, Session
from netcompiler.elaborate.trace import Trace
from netcompiler.elaborate.values import Block, Given
from netcompiler.graph import Graph
from netcompiler.limits import Limits, how_to_raise
from netcompiler.lint import heed, lint_file, lint_graph
from netcompiler.operations.base import Shape
from netcompiler.parse import parse_expression, parse_file
from netcompiler.read import find_used, read_used
from netcompiler.source import Source, Span
from netcompiler.validate import validate

_NET = 50
"""Steps that a net or a block of a file takes, whatever is in it."""


@dataclass(frozen=True)
class Analysis:
    """A file whose definitions are known, and what is wrong with them.

    Attributes:
        files: the file itself and all that it uses, straight or through others, whether they are there or
            not; empty for text in no file.
        nets: its nets in order of definition.
        diagnostics: what is wrong with the definitions.
    """

    source: Source
    files: tuple[Path, ...]
    definitions: Definitions
    nets: Mapping[str, NetSignature]
    diagnostics: tuple[Diagnostic, ...]
    limits: Limits


@dataclass(frozen=True, eq=False)
class Origin:
    """Where a net's graph is from: what it takes to elaborate it once more.

    Attributes:
        analysis: its file.
        net: its name; None for the only one.
        given: its parameters.
        shapes: input shapes that replace the declared ones.
    """

    analysis: Analysis
    net: str | None
    given: tuple[Given, ...]
    shapes: Mapping[str, Shape]

    @property
    def uses_files(self) -> bool:
        """True when its spec takes blocks from other files."""
        return any(isinstance(item, syntax.Use) for item in self.analysis.definitions.file.items)


def analyse(source: Source, limits: Limits) -> Analysis:
    """Parse a file and all it uses. Raises SpecError when it cannot be parsed."""
    session = new_session(limits)
    file: syntax.File | None = None
    with Bounded(session, source):
        file = parse_file(source, limits)
    if file is None:
        raise SpecError(session.reporter.errors)
    used = _Files(file, limits)
    definitions, found = define_file(file, used.read, session)
    return Analysis(source, tuple(used.looked_for), definitions, signatures(definitions), found, limits)


def define_file(
    file: syntax.File, read: Reader, session: Session
) -> tuple[Definitions, tuple[Diagnostic, ...]]:
    """The definitions of a file, and what is wrong with them. Raises SpecError when they take too much."""
    definitions: Definitions | None = None
    with Bounded(session, file.source):
        definitions = define(file, session, read)
    if definitions is None:
        raise SpecError(session.reporter.errors)
    return definitions, tuple(session.reporter)


def build_graph(
    analysis: Analysis,
    name: str | None,
    given: Iterable[Given],
    shapes: Mapping[str, Shape] | None = None,
    trace: Trace | None = None,
) -> Graph:
    """The graph of a net, checked: the one called ``name``, or the only one a file has.

    ``trace`` is told what of the text made which layers. Raises SpecError with everything that is wrong.
    """
    signature = choose(analysis, name)
    session = new_session(analysis.limits, analysis.diagnostics)
    session.trace = trace
    graph: Graph | None = None
    with Bounded(session, analysis.source):
        graph = elaborate(signature, given, shapes or {}, session)
        if trace is not None:
            trace.reached |= session.reached
        if not session.reporter.has_errors:
            validate(graph, session.reporter)
    if graph is None or session.reporter.has_errors:
        raise SpecError(session.reporter.errors)
    return graph


def check(source: Source, limits: Limits, texts: Mapping[str, str]) -> list[Diagnostic]:
    """Everything that is wrong with a file: all its nets, and every block that none of them calls.

    ``texts`` are arguments for the nets that have such a parameter, as text.
    """
    try:
        analysis = analyse(source, limits)
        given = given_from_text(analysis, texts)
    except SpecError as error:
        return list(error.diagnostics)
    session = new_session(limits, analysis.diagnostics)
    ran: set[int] = set()
    with Bounded(session, source):
        whole = not session.reporter.has_errors
        _check_names(analysis, given, session)
        for signature in analysis.nets.values():
            check_net(signature, given, session, whole=whole)
        ran = session.reached
        _check_unreached(analysis, session)
    text = analysis.definitions.file.source
    return heed(session.reporter, [[text]], spans_of(analysis.definitions, ran), limits)


def spans_of(definitions: Definitions, ran: Container[int]) -> list[Span]:
    """The places of those definitions of a file whose ids are among these."""
    own = (block.definition for block in definitions.own.values())
    return [definition.span for definition in own if id(definition) in ran]


def given_from_text(analysis: Analysis, texts: Mapping[str, str], option: str = "-D") -> list[Given]:
    """Arguments given as text, ``{"classes": "10", "unit": "bottleneck"}``, read as expressions in the file.

    Raises SpecError for text that is no expression. ``option`` is what messages call the text.
    """
    given = []
    session = new_session(analysis.limits)
    evaluator = Evaluator(session)
    for name, text in texts.items():
        source = Source(f"{option} {name}", text)
        with Bounded(session, source):
            expression = parse_expression(source, analysis.limits)
            value = evaluator.evaluate(expression, Here.outside(analysis.definitions.frame))
            given.append(Given(name, value, expression.span))
    if session.reporter.has_errors:
        raise SpecError(session.reporter.errors)
    return given


def shapes_from_text(analysis: Analysis, texts: Mapping[str, str]) -> dict[str, Shape]:
    """Input shapes given as text, ``{"image": "[3, 32, 32]"}``.

    Raises SpecError for text that is no list of positive whole numbers.
    """
    shapes = {}
    wrong = []
    for argument in given_from_text(analysis, texts, "--input"):
        extents = argument.value if isinstance(argument.value, tuple) else ()
        if extents and all(isinstance(e, int) and not isinstance(e, bool) and e > 0 for e in extents):
            shapes[argument.name or ""] = extents
        else:
            message = "an input's shape is a list of positive whole numbers: `[3, 32, 32]`"
            wrong.append(Diagnostic("E205", message, argument.span))
    if wrong:
        raise SpecError(wrong)
    return shapes


def choose(analysis: Analysis, name: str | None) -> NetSignature:
    """The net called ``name``; without a name, the only one that a file has.

    Raises SpecError when there is none, or several to choose from.
    """
    nets = analysis.nets
    if name is not None and name in nets:
        return nets[name]
    loadable = [n for n, signature in nets.items() if signature.loadable] or list(nets)
    if name is None and len(loadable) == 1:
        return nets[loadable[0]]
    if analysis.diagnostics:
        # A definition that is wrong may be the one that was meant.
        raise SpecError(analysis.diagnostics)
    shown = analysis.source.name
    listed = f"it has {', '.join(nets)}" if nets else "it has none"
    if name is None:
        message = f"the file has several nets: {', '.join(loadable)}" if nets else "the file has no net"
        help: str | None = f"say which: {shown}:{loadable[0]}" if nets else None
    elif name in analysis.definitions.own:
        message, help = f"`{name}` is a block, not a net", listed
    else:
        message, help = f"the file has no net `{name}`", suggest(name, nets) or listed
    raise SpecError([Diagnostic("E201", message, help=help, where=shown)])


def default_values(analysis: Analysis, signature: NetSignature) -> dict[str, object]:
    """The values of a net's defaults by parameter, for listings; those that must be given are left out."""
    session = new_session(analysis.limits)
    values: dict[str, object] = {}
    with Bounded(session, analysis.source):
        values |= {name: d.value(session) for name, d in signature.parameters.items() if d is not None}
    return values


# ---- checking a whole file -----------------------------------------------------------------------


def _check_names(analysis: Analysis, given: Iterable[Given], session: Session) -> None:
    """Report arguments that no net has a parameter for."""
    known = {name for signature in analysis.nets.values() for name in signature.parameters}
    for argument in given:
        if argument.name not in known:
            help = suggest(argument.name or "", known) or (
                f"they have {', '.join(sorted(known))}" if known else None
            )
            message = f"no net of {analysis.source.name} has a parameter `{argument.name}`"
            session.reporter.report(Diagnostic("E202", message, argument.span, help=help))


def check_net(signature: NetSignature, given: Iterable[Given], session: Session, *, whole: bool) -> None:
    """Check a net; one with parameters that are not given is left to the nets that give them.

    When a definition is wrong, ``whole`` is False: then the graph may lack layers, and is not checked.
    """
    parameters = signature.parameters
    mine = [g for g in given if g.name in parameters]
    if not signature.missing(mine) and not session.reporter.full:
        with Bounded(session, signature.block.frame.source):
            session.spend(signature.block.definition.name.span, _NET + len(parameters))
            before = session.errors
            graph = elaborate(signature, mine, {}, session)
            if whole and session.errors == before:
                validate(graph, session.reporter)
                if not session.reporter.has_errors:
                    lint_graph(graph, session.reporter)


def _check_unreached(analysis: Analysis, session: Session) -> None:
    """Look through what no net has run; a block that nothing calls is a warning."""
    blocks = unreached(analysis.definitions, session.reached)
    called: set[int] = set()
    for block in blocks:
        if id(block.definition) in called:
            continue
        session.reached = set()
        check_block(block, session)
        called |= session.reached - {id(block.definition)}
    if not session.reporter.has_errors:
        warn_unused(analysis, blocks, called, session)
        lint_file(analysis.definitions.file, session.reporter)


def check_block(block: Block, session: Session) -> None:
    """Look through a definition that no net runs."""
    with Bounded(session, block.frame.source):
        session.spend(block.definition.name.span, _NET)
        look_through(block, session)


def warn_unused(analysis: Analysis, blocks: Iterable[Block], called: set[int], session: Session) -> None:
    """Warn of those of ``blocks``, which no net runs, that nothing else calls either."""
    if not analysis.nets:
        return
    for block in blocks:
        definition = block.definition
        if (
            isinstance(definition, syntax.Definition)
            and definition.kind == "block"
            and id(definition) not in called
        ):
            message = f"no net of this file uses the block `{block.name}`"
            help = "call it in a net, or take it out"
            session.warning("W102", message, definition.name.span, help=help)


# ---- what all of it shares -----------------------------------------------------------------------


def new_session(limits: Limits, known: Iterable[Diagnostic] = ()) -> Session:
    """A new session, which begins with what is known to be wrong."""
    session = Session(Reporter(limits.diagnostics), limits)
    for diagnostic in known:
        session.reporter.report(diagnostic)
    return session


class Bounded:
    """Whatever ends the work inside is reported to the session, and goes no further.

    The search for cycles of garbage rests meanwhile: the limits bound the memory, what is made stays until
    the net is done, and going through all of it again and again takes a third of the time.
    """

    def __init__(self, session: Session, source: Source) -> None:
        self.session = session
        self.source = source
        self._searches = False

    def __enter__(self) -> None:
        self._searches = gc.isenabled()
        gc.disable()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if self._searches:
            gc.enable()
        self.session.calls.clear()
        reporter = self.session.reporter
        if isinstance(error, SpecError):
            for diagnostic in error.diagnostics:
                reporter.report(diagnostic)
        elif isinstance(error, RecursionError):
            place = self.session.place or Span(self.source, 0, 0)
            reporter.report(Diagnostic("E107", "this is nested too deeply", place))
        # A LimitError has been reported where it was raised.
        return isinstance(error, (LimitError, SpecError, RecursionError))


class _Files:
    """Reads the files named in ``use``, each of them once.

    Attributes:
        looked_for: where the main file is, and where those are that it and others name.
    """

    def __init__(self, main: syntax.File, limits: Limits) -> None:
        self.limits = limits
        self.files: dict[Path | None, syntax.File | None] = {main.source.path: main}
        self.looked_for = {} if main.source.path is None else {main.source.path: None}
        self.size = len(main.source.text)

    def read(self, file: syntax.Constant, session: Session) -> syntax.File | None:
        """The file's syntax tree; None when it cannot be read, which has been reported."""
        if file.span.source.path is not None:
            self.looked_for[file.span.source.path.parent / str(file.value)] = None
        try:
            path = find_used(str(file.value), file.span)
            if path not in self.files:
                self.files[path] = None
                self.files[path] = self._parse(path, file, session)
        except SpecError as error:
            for diagnostic in error.diagnostics:
                session.reporter.report(diagnostic)
            return None
        return self.files[path]

    def _parse(self, path: Path, file: syntax.Constant, session: Session) -> syntax.File:
        if len(self.files) > self.limits.files:
            raise session.stop(f"more than {self.limits.files} files are used", file.span, limit="files")
        source = read_used(path, str(file.value), file.span, self.limits)
        self.size += len(source.text)
        if self.size > self.limits.source_bytes:
            message = f"the files used have more than {self.limits.source_bytes:,} bytes together"
            raise SpecError([Diagnostic("E103", message, file.span, help=how_to_raise("source_bytes"))])
        return parse_file(source, self.limits)
