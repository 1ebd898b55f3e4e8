"""What one elaboration shares: where errors go, and how much may be spent."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic, Reporter
from netcompiler.limits import Limits
from netcompiler.source import Span


class LimitReached(Exception):
    """A limit is exceeded; its diagnostic has been reported."""


class Session:
    """The reporter, the limits and the steps spent so far.

    Attributes:
        calls: the blocks being run, outermost first, and where each was called.
        reached: ids of the definitions whose bodies have been run.
    """

    def __init__(self, reporter: Reporter, limits: Limits) -> None:
        self.reporter = reporter
        self.limits = limits
        self.calls: list[tuple[str, Span | None]] = []
        self.reached: set[int] = set()
        self._steps = 0

    def error(
        self, code: str, message: str, span: Span, *, notes: tuple[str, ...] = (), help: str | None = None
    ) -> None:
        """Report an error, with the blocks that led to the place."""
        self.reporter.report(Diagnostic(code, message, span, (*notes, *self._chain()), help))

    def warning(self, code: str, message: str, span: Span, *, help: str | None = None) -> None:
        """Report a warning."""
        self.reporter.report(Diagnostic(code, message, span, (), help))

    def spend(self, span: Span) -> None:
        """Count one step of work. Raises `LimitReached` when the limit is exceeded."""
        self._steps += 1
        if self._steps > self.limits.steps:
            raise self.stop(f"elaborating takes more than {self.limits.steps:,} steps", span)

    def stop(self, message: str, span: Span) -> LimitReached:
        """Report that a limit is exceeded; gives the exception to raise."""
        self.error("E217", message, span)
        return LimitReached()

    def _chain(self) -> tuple[str, ...]:
        called = [f"in {name}, called at {span}" for name, span in reversed(self.calls) if span is not None]
        return (*called[:3], "…") if len(called) > 3 else tuple(called)
