"""What one elaboration shares: where errors go, and how much may be spent."""

from __future__ import annotations

from collections.abc import Callable

from netcompiler.diagnostics import Diagnostic, Reporter
from netcompiler.elaborate.trace import Trace
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
        errors: how many errors there were, those that said nothing new included.
        trace: what made which layers, where that is asked for.
        steps: the steps of work done so far.
    """

    def __init__(self, reporter: Reporter, limits: Limits) -> None:
        self.reporter = reporter
        self.limits = limits
        self.calls: list[tuple[str, Span | None]] = []
        self.reached: set[int] = set()
        self.place: Span | None = None
        self.errors = 0
        self.trace: Trace | None = None
        self.steps = 0
        self._most = limits.steps

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        notes: tuple[str, ...] = (),
        help: str | Callable[[], str | None] | None = None,
    ) -> None:
        """Report an error, with the blocks that led to the place. Raises `LimitError` after too many.

        ``help`` may be a function: it is called when the place has no such error yet.
        """
        self.errors += 1
        if self.reporter.has(code, span):
            return
        text = help() if callable(help) else help
        self.reporter.report(Diagnostic(code, message, span, (*notes, *self._chain(span)), text))
        if self.reporter.full:
            raise LimitError

    def warning(self, code: str, message: str, span: Span, *, help: str | None = None) -> None:
        """Report a warning."""
        self.reporter.report(Diagnostic(code, message, span, (), help))

    def spend(self, span: Span, steps: int = 1) -> None:
        """Count steps of work. Raises `LimitError` when the limit is exceeded."""
        self.place = span
        self.steps += steps
        if self.steps > self._most:
            raise self.stop(f"the net takes more than {self.limits.steps:,} steps to put together", span)

    def cancel(self) -> None:
        """Let the work end soon, as if a limit were exceeded: nobody waits for it. Any thread may call this."""
        self._most = -1

    def stop(self, message: str, span: Span, *, code: str = "E217") -> LimitError:
        """Report that a limit is exceeded; gives the exception to raise."""
        self.error(code, message, span)
        return LimitError()

    def _chain(self, place: Span) -> tuple[str, ...]:
        """The blocks that led to a place, innermost first."""
        calls = [(name, span) for name, span in reversed(self.calls) if span not in (None, place)]
        called = [f"in {name}, called at {span}" for name, span in calls]
        return (*called[:3], f"… and {len(called) - 3} more") if len(called) > 4 else tuple(called)
