"""Words that messages share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netcompiler.source import Span

_LONGEST = 64
"""Characters of a word beyond which nobody has mistyped it."""

_MANY = 200
"""How many words are compared, once those are left out that begin with another letter."""

_MOST = 2
"""Slips beyond which a word is another word, however long it is."""

_SHORT = 3
"""Letters of a word that with another letter in it is another word: `sin` and `min`."""


def suggest(word: str, known: Iterable[str]) -> str | None:
    """A ``did you mean`` sentence for the known word closest to ``word``, or None."""
    close = nearest(word, known)
    return None if close is None else f"did you mean `{close}`?"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` is a slip of: at most a third of its letters differ, and two.

    None without one, or where several are as close: `stage5` is neither `stage1` nor `stage2`.
    """
    lowered = word.lower()
    if len(word) > _LONGEST:
        return None
    # Words of quite another length are never close.
    words = sorted({w for w in known if 3 * abs(len(w) - len(word)) <= max(len(w), len(word))})
    same = [w for w in words if w.lower() == lowered]
    if same:
        return same[0]
    if len(words) > _MANY:
        # A hostile spec has thousands of names, and a comparison takes as long as a layer.
        words = [w for w in words if w[:1].lower() == lowered[:1]][:_MANY]
    found: list[tuple[float, bool, str]] = []
    for candidate in words:
        longer = max(len(word), len(candidate))
        # Letters are lost, doubled and swapped more often than another one is hit.
        other = len(word) == len(candidate) and sorted(lowered) != sorted(candidate.lower())
        slips = (
            None
            if other and longer <= _SHORT
            else _slips(lowered, candidate.lower(), min(longer // 3, _MOST))
        )
        if slips is not None:
            found.append((slips / longer, other, candidate))
    found.sort()
    if not found or (len(found) > 1 and found[0][:2] == found[1][:2]):
        return None
    return found[0][2]


def _slips(one: str, other: str, most: int) -> int | None:
    """How many letters are wrong, missing, too many or in the other order; None for more than ``most``.

    The distance of Damerau and Levenshtein in which no letters are touched twice (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return None
    never = most + 1
    before = [never] * (len(other) + 1)
    row = [min(j, never) for j in range(len(other) + 1)]
    for i, letter in enumerate(one, 1):
        last, row = row, [never] * (len(other) + 1)
        row[0] = min(i, never)
        # Letters further apart than that have been moved by too many slips.
        for j in range(max(1, i - most), min(len(other), i + most) + 1):
            wanted = other[j - 1]
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
        if min(row) > most and min(last) > most:
            return None
        before = last
    return row[-1] if row[-1] <= most else None


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
