"""Words that messages share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggest(word: str, known: Iterable[str]) -> str | None:
    """A ``did you mean`` sentence for the known word closest to ``word``, or None."""
    lowered = word.lower()
    # Words of quite another length are never close; leaving them out keeps a hostile spec's names cheap.
    words = sorted({w for w in known if abs(len(w) - len(word)) <= max(2, len(word) // 2)})[:2000]
    same = [w for w in words if w.lower() == lowered]
    close = same or difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None


def shape_text(shape: tuple[int, ...] | None) -> str:
    """A shape as specs write it: ``[256, 56, 56]``."""
    return "an unknown shape" if shape is None else "[" + ", ".join(map(str, shape)) + "]"
