"""What one elaboration shares: where errors go, and how much may be spent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from netcompiler.diagnostics import Diagnostic, Label, Reporter, chain_text
from netcompiler.elaborate.bound import KnownCalls
from netcompiler.elaborate.trace import Trace
from netcompiler.elaborate.values import is_data, text_of
from netcompiler.limits import Limits, how_to_raise
from netcompiler.source import Span

_COMPUTED = frozenset({"E204", "E205", "E208", "E209", "E210", "E211", "E212", "E217", "E218"})
"""Codes of mistakes that the values of variables lead to."""

_VARIABLE = re.compile(r"(?<![\w.\"])[A-Za-z_]\w*(?!\w|\s*(?:[:(]|=(?!=)))")
_LONGEST, _MOST_VALUES = 300, 4


class LimitError(Exception):
    """A limit is exceeded; its diagnostic has been reported."""


class Session:
    """The reporter, the limits and the steps spent so far.

    Attributes:
        calls: what is being run, outermost first, and where it was called; `str` gives words for it. A body
            that a `for` runs has no place of call; what has variables has a `frame`.
        reached: ids of the definitions whose bodies have been run.
        place: where the last step of work was done.
        errors: how many errors there were, those that said nothing new included.
        trace: what made which layers, where that is asked for.
        known: the calls of operations that were bound so far.
        steps: the steps of work done so far.
        layers: the layers made so far, of all nets.
    """

    def __init__(self, reporter: Reporter, limits: Limits) -> None:
        self.reporter = reporter
        self.limits = limits
        self.calls: list[tuple[Any, Span | None]] = []
        self.reached: set[int] = set()
        self.place: Span | None = None
        self.errors = 0
        self.trace: Trace | None = None
        self.known = KnownCalls()
        self.steps = 0
        self.layers = 0
        self._most = limits.steps

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        notes: tuple[str, ...] = (),
        help: str | Callable[[], str | None] | None = None,
        label: str = "",
        labels: Iterable[Label | None] | Callable[[], Iterable[Label | None]] = (),
    ) -> None:
        """Report an error, with the blocks that led to the place. Raises `LimitError` after too many.

        ``help`` and ``labels`` may be functions: they are called when the place has no such error yet.
        A label that is None is left out.
        """
        self.errors += 1
        if self.reporter.has(code, span):
            return
        text = help() if callable(help) else help
        asked = labels() if callable(labels) else labels
        # In a loop, a value may come from an earlier run of the very step.
        places = tuple(place for place in asked if place is not None and place.span != span)
        told = (*notes, *self._values(code, span), *self._chain(span))
        self.reporter.report(Diagnostic(code, message, span, told, text, label=label, labels=places))
        if self.reporter.full:
            raise LimitError

    def warning(self, code: str, message: str, span: Span, *, help: str | None = None) -> None:
        """Report a warning."""
        self.reporter.report(Diagnostic(code, message, span, (), help))

    def spend(self, span: Span, steps: int = 1) -> None:
        """Count steps of work, of about a microsecond each. Raises `LimitError` when there are too many.

        What takes more than a few microseconds counts as several, so that the limit is one of time.
        """
        self.place = span
        self.steps += steps
        if self.steps > self._most:
            message = f"the net takes more than {self.limits.steps:,} steps to put together"
            raise self.stop(message, span, limit="steps")

    def count_layer(self, span: Span) -> None:
        """Count a layer that has been made. Raises `LimitError` when there are too many."""
        self.layers += 1
        if self.layers > self.limits.layers:
            raise self.stop(f"there are more than {self.limits.layers:,} layers", span, limit="layers")

    def cancel(self) -> None:
        """Let the work end soon, as if a limit were exceeded: nobody waits for it. Any thread may."""
        self._most = -1

    def stop(self, message: str, span: Span, *, limit: str, code: str = "E217") -> LimitError:
        """Report that a limit is exceeded, which is called ``limit``; gives the exception to raise."""
        self.error(code, message, span, help=how_to_raise(limit))
        return LimitError()

    def _values(self, code: str, place: Span) -> tuple[str, ...]:
        """What the variables in a place stand for; a block's parameters stand in the chain of calls."""
        if code not in _COMPUTED or not self.calls:
            return ()
        running = [(call, span) for call, span in reversed(self.calls) if hasattr(call, "frame")]
        inmost = running[0][0]
        frame = inmost.frame
        block, called = next((call, span) for call, span in running if hasattr(call, "definition"))
        shown = set() if called is None else {p.name for p in block.definition.parameters}
        # The first variable of a body that a `for` runs is the one that it goes through its items with.
        item = [] if inmost is block else list(frame.variables)[:1]
        names = dict.fromkeys([*item, *_VARIABLE.findall(place.head.text[:_LONGEST])])
        values = {name: frame.find(name)[1] for name in names if name not in shown and frame.find(name)[0]}
        given = [f"{name} is {text_of(value, 40)}" for name, value in values.items() if is_data(value)]
        return (f"here {', '.join(given[:_MOST_VALUES])}",) if given else ()

    def _chain(self, place: Span) -> tuple[str, ...]:
        """The calls that led to a place, innermost first; of many, the first and the last ones."""
        calls = reversed(self.calls)
        return chain_text([(call, span) for call, span in calls if span is not None and span != place])
