"""Did you mean …?"""

import difflib
from collections.abc import Iterable
from itertools import takewhile

CLOSE = 0.6
"""How alike two names must be, of 1, for one to be meant by the other."""


def suggest(wrong: str, known: Iterable[str]) -> str | None:
    """The known name closest to ``wrong``, or None when nothing is close."""

    def likeness(name: str) -> tuple[float, int]:
        # Typos are rarer at the start: of two that are equally close, the one that starts alike.
        one, two = wrong.lower(), name.lower()
        alike = takewhile(lambda letters: letters[0] == letters[1], zip(one, two, strict=False))
        return difflib.SequenceMatcher(None, one, two).ratio(), len(list(alike))

    best = max(known, key=likeness, default=None)
    return best if best is not None and likeness(best)[0] >= CLOSE else None


def hint(wrong: str, known: Iterable[str], prefix: str = "") -> str:
    """``did you mean X?`` where a known name is close, and otherwise what there is."""
    names = sorted(known)
    close = suggest(wrong, names)
    if close is not None:
        return f"did you mean {prefix}{close}?"
    return f"there is {', '.join(prefix + name for name in names)}" if names else "there is none"
