"""What one elaboration shares: where errors go, and how much may be spent."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic, Reporter
from netcompiler.limits import Limits
from netcompiler.source import Span


class LimitError(Exception):
    """A limit is exceeded; its diagnostic has been reported."""


class Session:
    """The reporter, the limits and the steps spent so far.

    Attributes:
        calls: the blocks being run, outermost first, and where each was called.
        reached: ids of the definitions whose bodies have been run.
        place: where the last step of work was done.
    """

    def __init__(self, reporter: Reporter, limits: Limits) -> None:
        self.reporter = reporter
        self.limits = limits
        self.calls: list[tuple[str, Span | None]] = []
        self.reached: set[int] = set()
        self.place: Span | None = None
        self._steps = 0

    def error(
        self, code: str, message: str, span: Span, *, notes: tuple[str, ...] = (), help: str | None = None
    ) -> None:
        """Report an error, with the blocks that led to the place. Raises `LimitError` after too many."""
        self.reporter.report(Diagnostic(code, message, span, (*notes, *self._chain()), help))
        if self.reporter.full:
            raise LimitError

    def warning(self, code: str, message: str, span: Span, *, help: str | None = None) -> None:
        """Report a warning."""
        self.reporter.report(Diagnostic(code, message, span, (), help))

    def spend(self, span: Span, steps: int = 1) -> None:
        """Count steps of work. Raises `LimitError` when the limit is exceeded."""
        self.place = span
        self._steps += steps
        if self._steps > self.limits.steps:
            raise self.stop(f"the net takes more than {self.limits.steps:,} steps to put together", span)

    def stop(self, message: str, span: Span, *, help: str | None = None) -> LimitError:
        """Report that a limit is exceeded; gives the exception to raise."""
        self.error("E217", message, span, help=help)
        return LimitError()

    def _chain(self) -> tuple[str, ...]:
        called = [f"in {name}, called at {span}" for name, span in reversed(self.calls) if span is not None]
        return (*called[:3], f"… and {len(called) - 3} more") if len(called) > 4 else tuple(called)
