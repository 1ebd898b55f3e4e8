"""Checking a file again and again while it changes: only what a change can matter to is elaborated anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import perf_counter

from netcompiler import syntax
from netcompiler.cost import Totals, totals
from netcompiler.diagnostics import Diagnostic, Reporter, SpecError
from netcompiler.elaborate.bound import KnownCalls
from netcompiler.elaborate.files import Definitions
from netcompiler.elaborate.nets import NetSignature, signatures, unreached
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.trace import Trace
from netcompiler.elaborate.values import Block
from netcompiler.limits import Limits, how_to_raise
from netcompiler.lint import heed, lint_file
from netcompiler.lint.ignore import CODE as COMMENT_CODE
from netcompiler.lsp.files import Files
from netcompiler.lsp.reading import Part, Reading
from netcompiler.pipeline import (
    Analysis,
    check_block,
    check_net,
    define_file,
    new_session,
    spans_of,
    warn_unused,
)
from netcompiler.read import find_used
from netcompiler.source import Source, Span

LIMIT_CODE = "E217"

_AGAIN = 0.2
"""Seconds after which it is told once more what is known."""


class CancelledError(Exception):
    """Nobody waits for this check any more."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What elaborating one net, or looking through one block, has found.

    Attributes:
        is_net: True for a net, False for a block that no net runs.
        name: its name.
        key: what it depends on: the parts that matter, in order, and whether the definitions are sound.
        places: the lines that these parts stood at; messages may name them.
        diagnostics: what is wrong.
        reached: ids of the definitions that ran.
        trace: what ran.
        seconds: how long it took.
        steps: the steps of work that it took.
        layers: the layers that were made.
    """

    is_net: bool
    name: str
    key: tuple[object, ...]
    places: tuple[int, ...]
    diagnostics: tuple[Diagnostic, ...]
    reached: frozenset[int]
    trace: Trace
    seconds: float
    steps: int
    layers: int

    @property
    def within_limits(self) -> bool:
        """False when a limit ended it."""
        return all(diagnostic.code != LIMIT_CODE for diagnostic in self.diagnostics)

    @cached_property
    def totals(self) -> Totals:
        """What the net costs."""
        return totals(self.trace.layers)

    def holds(self, key: tuple[object, ...], places: tuple[int, ...]) -> bool:
        """Whether it still tells what there is to tell."""
        return self.key == key and (not self.diagnostics or self.places == places)


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What is known about a version of a file.

    Attributes:
        reading: its text.
        files: other files that it uses, straight or through others, by path.
        definitions: its blocks and nets; None when they could not be told.
        diagnostics: what is wrong with it.
        outcomes: what its nets and then its other definitions gave, in the order of the text.
        complete: False while some nets are still being elaborated.
    """

    reading: Reading
    files: Mapping[Path, Reading]
    definitions: Definitions | None
    diagnostics: tuple[Diagnostic, ...]
    outcomes: tuple[Outcome, ...]
    complete: bool = True

    def owner(self, source: Source) -> Reading | None:
        """The file that a source belongs to."""
        return next((r for r in (self.reading, *self.files.values()) if r.has(source)), None)

    def place(self, diagnostic: Diagnostic) -> tuple[str, int]:
        """Where a diagnostic stands among all: those of other files first, by their names."""
        if diagnostic.span is None:
            return "", 0
        owner = self.owner(diagnostic.span.source) or self.reading
        return "" if owner is self.reading else owner.uri, owner.stretch(diagnostic.span).start


Told = Callable[[Findings], None]
"""Is given what is known so far, while the rest is still being worked on."""


class Checker:
    """Checks files. Used by one thread; `cancel` may be called by another."""

    def __init__(self, files: Files, limits: Limits, patience: float = 0.03) -> None:
        self.files = files
        self.limits = limits
        self.patience = patience
        self._known: dict[str, dict[tuple[str, str], Outcome]] = {}
        self._session: Session | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """Let the check that runs end with `CancelledError`."""
        self._cancelled = True
        session = self._session
        if session is not None:
            session.cancel()

    def ready(self) -> None:
        """Get ready for the next check: what was cancelled so far was an earlier one."""
        self._cancelled = False

    def forget(self, uri: str) -> None:
        """Forget what is known about a file that was closed."""
        self._known.pop(uri, None)

    def check(self, uri: str, tell: Told | None = None) -> Findings:
        """Everything that is wrong with a file.

        What is known after `patience` seconds is told before the rest is worked out, and then from time to
        time. Raises SpecError for a file that cannot be read, and `CancelledError`.
        """
        due = perf_counter() + self.patience
        reading = self.files.reading(uri)
        work = _Work(self, reading)
        work.define()
        found: dict[tuple[str, str], Outcome] = {}
        known = self._known.setdefault(uri, {})
        for pending in work.pending(known, found):
            if tell is not None and perf_counter() + pending.seconds > due:
                tell(work.findings(known | found, complete=False))
                due = perf_counter() + _AGAIN
            outcome = self._run(work, pending)
            found[pending.label] = outcome
            if outcome.within_limits:
                # What is left of a limit depends on other nets, and they may change.
                known[pending.label] = outcome
        self._known[uri] = {label: outcome for label, outcome in found.items() if outcome.within_limits}
        return work.findings(found, complete=True)

    def _run(self, work: _Work, pending: _Pending) -> Outcome:
        session = self.session()
        session.trace = Trace()
        # The limits are those of the whole file.
        session.steps, session.layers, session.known = work.steps, work.layers, work.calls
        begun = perf_counter()
        pending.run(session, work.sound)
        self.done()
        steps, layers = session.steps - work.steps, session.layers - work.layers
        work.steps, work.layers = session.steps, session.layers
        return Outcome(
            pending.label[0] == "net",
            pending.label[1],
            pending.key,
            pending.places,
            tuple(session.reporter),
            frozenset(session.reached),
            session.trace,
            perf_counter() - begun,
            steps,
            layers,
        )

    def session(self) -> Session:
        """A session that `cancel` ends."""
        session = self._session = new_session(self.limits)
        if self._cancelled:
            raise CancelledError
        return session

    def done(self) -> None:
        """A session's work is done. Raises `CancelledError` when it ended because nobody waits."""
        self._session = None
        if self._cancelled:
            raise CancelledError


@dataclass(frozen=True, slots=True, eq=False)
class _Pending:
    """A net or block that is to be elaborated: ``("net", name)`` or ``("block", name)``."""

    label: tuple[str, str]
    key: tuple[object, ...]
    places: tuple[int, ...]
    run: Callable[[Session, bool], None]
    seconds: float


class _Work:
    """One check of one file."""

    def __init__(self, checker: Checker, reading: Reading) -> None:
        self.checker = checker
        self.reading = reading
        self.used: dict[Path, Reading] = {}
        self.by_source = {id(reading.source): reading}
        self.definitions: Definitions | None = None
        self.found: tuple[Diagnostic, ...] = ()
        self.sound = True
        self.nets: dict[str, NetSignature] = {}
        self.blocks: list[Block] = []
        self.steps = 0
        self.layers = 0
        self.calls = KnownCalls()
        self.size = len(reading.text)
        self.broken = {name for part in reading.parts if part.wrong for name in [part.defines] if name}
        self.lost = any(part.wrong and part.sets for part in reading.parts)

    # ---- definitions

    def define(self) -> None:
        """Find out what the file and those that it uses define."""
        session = self.checker.session()
        try:
            self.definitions, self.found = define_file(self.reading.file, self._read, session)
        except SpecError as error:
            self.found = error.diagnostics
        self.checker.done()
        self.steps += session.steps
        self.sound = not any(d.severity == "error" for d in self.found)
        if self.definitions is not None and not self.lost:
            self.nets = signatures(self.definitions)

    def _read(self, file: syntax.Constant, session: Session) -> syntax.File | None:
        """The tree of a file named in ``use``; None when it cannot be used, which has been reported."""
        try:
            path = find_used(str(file.value), file.span)
            if path == self.reading.path:
                return self.reading.file
            if path not in self.used and len(self.used) + 2 > self.checker.limits.files:
                message = f"more than {self.checker.limits.files} files are used"
                raise session.stop(message, file.span, limit="files")
            reading = self.checker.files.used(path, self.reading.source.root)
            self._add_size(reading, path, file.span)
        except SpecError as error:
            for diagnostic in error.diagnostics:
                at = diagnostic if diagnostic.span is not None else _at(file, diagnostic)
                session.reporter.report(at)
            return None
        self.used[path] = reading
        self.by_source[id(reading.source)] = reading
        if reading.wrong:
            for diagnostic in reading.wrong:
                session.reporter.report(diagnostic)
            return None
        return reading.file

    def _add_size(self, reading: Reading, path: Path, span: Span) -> None:
        """Count a file's text. Raises SpecError when all files together are too large."""
        limit = self.checker.limits.source_bytes
        if path not in self.used:
            self.size += len(reading.text)
        if self.size > limit:
            message = f"the files used have more than {limit:,} bytes together"
            raise SpecError([Diagnostic("E103", message, span, help=how_to_raise("source_bytes"))])

    # ---- what is to be done

    def pending(
        self, known: Mapping[tuple[str, str], Outcome], found: dict[tuple[str, str], Outcome]
    ) -> Iterator[_Pending]:
        """What has to be elaborated, the quickest first; what is known already is put into ``found``."""
        waiting = []
        for name, signature in self.nets.items():
            if signature.loadable:
                waiting.append(self._pending(("net", name), signature.block, _elaborates(signature)))
        yield from self._stale([p for p in waiting if p is not None], known, found)
        self.blocks = self._unreached(found)
        waiting = [self._pending(("block", b.name), b, _looks_through(b)) for b in self.blocks]
        yield from self._stale([p for p in waiting if p is not None], known, found)

    def _stale(
        self,
        waiting: list[_Pending],
        known: Mapping[tuple[str, str], Outcome],
        found: dict[tuple[str, str], Outcome],
    ) -> Iterator[_Pending]:
        stale = []
        for pending in waiting:
            outcome = known.get(pending.label)
            if outcome is not None and outcome.holds(pending.key, pending.places):
                found[pending.label] = outcome
                self.steps += outcome.steps
                self.layers += outcome.layers
                continue
            seconds = 0.0 if outcome is None else outcome.seconds
            stale.append(_Pending(pending.label, pending.key, pending.places, pending.run, seconds))
        yield from sorted(stale, key=lambda pending: pending.seconds)

    def _unreached(self, found: Mapping[tuple[str, str], Outcome]) -> list[Block]:
        if self.definitions is None or self.lost:
            return []
        reached = {id for outcome in found.values() for id in outcome.reached}
        return unreached(self.definitions, reached)

    def _pending(
        self, label: tuple[str, str], block: Block, run: Callable[[Session, bool], None]
    ) -> _Pending | None:
        """The work for a definition; None when it takes something whose syntax is wrong."""
        parts = self._needs(block)
        if parts is None:
            return None
        return _Pending(label, (self.sound, *parts), tuple(p.chunk.first for p in parts), run, 0.0)

    def _needs(self, block: Block) -> list[Part] | None:
        """The parts that matter to a definition; None when one of them is broken."""
        wanted: dict[int, set[int]] = {}
        waiting = [block]
        seen = {id(block.definition)}
        while waiting:
            one = waiting.pop()
            reading = self.by_source[id(one.frame.source)]
            wanted.setdefault(id(reading), set()).add(id(one.definition.span.source))
            words = reading.words_of(one.definition.span.source)
            if reading is self.reading and not words.isdisjoint(self.broken):
                return None
            for name in one.frame.blocks.keys() & words:
                other = one.frame.blocks.get(name)
                if other is not None and id(other.definition) not in seen:
                    seen.add(id(other.definition))
                    waiting.append(other)
        needed: list[Part] = []
        for reading in (self.reading, *self.used.values()):
            sources = wanted.get(id(reading))
            if sources is not None:
                needed += [p for p in reading.parts if p.sets or id(p.chunk) in sources]
        return needed

    # ---- the result

    def findings(self, found: Mapping[tuple[str, str], Outcome], *, complete: bool) -> Findings:
        """What is known so far."""
        reporter = Reporter(self.checker.limits.diagnostics)
        for diagnostic in (*self.reading.wrong, *self.found):
            reporter.report(diagnostic)
        order = [("net", name) for name in self.nets] + [label for label in found if label[0] == "block"]
        outcomes = tuple(found[label] for label in order if label in found)
        for outcome in outcomes:
            for diagnostic in outcome.diagnostics:
                # One that was found before may be about text that is there no more.
                if complete or self._stands(diagnostic):
                    reporter.report(diagnostic)
        if complete and not reporter.has_errors:
            self._warn(found, reporter)
        findings = Findings(self.reading, dict(self.used), self.definitions, (), outcomes, complete)
        left = self._heed(found, reporter)
        if not complete:
            # Whether a comment ignores something is known at the end.
            left = [d for d in left if d.code != COMMENT_CODE]
        return replace(findings, diagnostics=tuple(sorted(left, key=findings.place)))

    def _stands(self, diagnostic: Diagnostic) -> bool:
        span = diagnostic.span
        return span is None or any(r.has(span.source) for r in (self.reading, *self.used.values()))

    def _heed(self, found: Mapping[tuple[str, str], Outcome], reporter: Reporter) -> list[Diagnostic]:
        """What is left when the files' comments that ignore warnings are heeded."""
        if self.definitions is None:
            return list(reporter)
        ran = {id for (kind, _), outcome in found.items() if kind == "net" for id in outcome.reached}
        files = [[part.chunk for part in r.parts] for r in (self.reading, *self.used.values())]
        return heed(reporter, files, spans_of(self.definitions, ran), self.checker.limits)

    def _warn(self, found: Mapping[tuple[str, str], Outcome], reporter: Reporter) -> None:
        """Warn of blocks that nothing calls, and of what the file says."""
        if self.definitions is None:
            return
        own = {name: id(block.definition) for name, block in self.definitions.own.items()}
        called = {
            id
            for (kind, name), outcome in found.items()
            for id in outcome.reached
            if kind == "net" or id != own.get(name)
        }
        source = self.reading.source
        analysis = Analysis(source, (), self.definitions, self.nets, self.found, self.checker.limits)
        session = Session(reporter, self.checker.limits)
        warn_unused(analysis, self.blocks, called, session)
        lint_file(self.reading.file, reporter)


def _elaborates(signature: NetSignature) -> Callable[[Session, bool], None]:
    return lambda session, sound: check_net(signature, (), session, whole=sound)


def _looks_through(block: Block) -> Callable[[Session, bool], None]:
    return lambda session, _sound: check_block(block, session)


def _at(file: syntax.Constant, diagnostic: Diagnostic) -> Diagnostic:
    message = f"`{file.value}` cannot be used: {diagnostic.message}"
    return Diagnostic("E108", message, file.span)
