"""Collecting diagnostics, and the error that carries them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netcompiler.diagnostics.diagnostic import Diagnostic
from netcompiler.source import Span


class SpecError(Exception):
    """A spec that cannot be used. Its text is the rendered diagnostics, all of them.

    Attributes:
        diagnostics: what is wrong, in the order of the text.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("\n\n".join(d.render() for d in self.diagnostics))


class Reporter:
    """Collects diagnostics; one place and code is reported once, however often a block is called.

    Attributes:
        has_errors: True once an error was reported.
    """

    def __init__(self, limit: int) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self._limit = limit
        self.has_errors = False
        self._warnings = 0

    def report(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic, unless this place has one of the same code already."""
        key = _place(diagnostic.code, diagnostic.span, diagnostic.where + diagnostic.message)
        if key in self._found:
            return
        if diagnostic.severity == "warning":
            # However many there are, they leave room for the errors.
            if self._warnings >= self._limit:
                return
            self._warnings += 1
        elif self.full:
            return
        else:
            self.has_errors = True
        self._found[key] = diagnostic

    def has(self, code: str, span: Span) -> bool:
        """True when this place has a diagnostic of this code: another one would say nothing new."""
        return _place(code, span, "") in self._found

    @property
    def full(self) -> bool:
        """True when no further error is kept."""
        return len(self._found) - self._warnings >= self._limit

    def __iter__(self) -> Iterator[Diagnostic]:
        """All that was reported, file by file in the order of the text."""
        order: dict[str, int] = {}
        for diagnostic in self._found.values():
            if diagnostic.span is not None:
                order.setdefault(diagnostic.span.source.name, len(order))

        def key(diagnostic: Diagnostic) -> tuple[int, int]:
            span = diagnostic.span
            return (-1, 0) if span is None else (order[span.source.name], span.start)

        return iter(sorted(self._found.values(), key=key))

    @property
    def errors(self) -> list[Diagnostic]:
        """The errors alone, warnings left out."""
        return [d for d in self if d.severity == "error"]


def _place(code: str, span: Span | None, text: str) -> tuple[object, ...]:
    return (code, text) if span is None else (code, id(span.source), span.start, span.end)
