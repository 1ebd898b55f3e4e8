"""Words that messages share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from netcompiler.source import Span

_LONGEST = 100
"""Characters of a word beyond which nobody has mistyped it."""

_MANY = 200
"""How many words are compared, once those are left out that begin with another letter."""


def suggest(word: str, known: Iterable[str]) -> str | None:
    """A ``did you mean`` sentence for the known word closest to ``word``, or None."""
    lowered = word.lower()
    if len(word) > _LONGEST:
        return None
    # Words of quite another length are never close.
    words = sorted({w for w in known if abs(len(w) - len(word)) <= max(2, len(word) // 2)})
    if len(words) > _MANY:
        # A hostile spec has thousands of names, and a comparison takes as long as a layer.
        words = [w for w in words if w[:1].lower() == lowered[:1]][:_MANY]
    same = [w for w in words if w.lower() == lowered]
    close = same or difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None


_INNER, _OUTER = 3, 2
"""How many calls of a long chain are shown: innermost and outermost ones."""


def call_text(name: str, arguments: Iterable[str]) -> str:
    """A call as messages show it, ``unit(width=64)``, a long one shortened."""
    values = ", ".join(arguments)
    text = f"{name}({values})" if values else name
    return text if len(text) <= 120 else text[:119] + "…"


def chain_text(calls: Sequence[tuple[object, Span]]) -> tuple[str, ...]:
    """The calls that led to a place, innermost first, one a line; of many, the first and the last ones."""
    hidden = len(calls) - _INNER - _OUTER
    if hidden > 1:
        inner, outer = calls[:_INNER], calls[-_OUTER:]
        return (*map(_called, inner), f"… {hidden} more calls …", *map(_called, outer))
    return tuple(map(_called, calls))


def _called(call: tuple[object, Span]) -> str:
    return f"in {call[0]}, called at {call[1]}"


def shape_text(shape: tuple[int, ...] | None) -> str:
    """A shape as specs write it: ``[256, 56, 56]``."""
    return "an unknown shape" if shape is None else "[" + ", ".join(map(str, shape)) + "]"
