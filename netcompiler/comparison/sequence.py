"""Aligning two sequences: pairs of items, in order, that are together as alike as they can be."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Pairs = list[tuple[int, int]]
Score = Callable[[int, int], float]

NEVER = float("-inf")
"""The score of two items that must not be a pair."""

_CELLS = 250_000
"""Pairs of items that are weighed at most in one go. Longer sequences are cut where they certainly
correspond; what cannot be cut is searched near its diagonal.
"""

_WINDOWS = (1, 8, 32)
"""How many keys in a row are looked at when a sequence is cut."""

_NARROWEST = 8
"""Items on each side of the diagonal, at least."""

_OPEN = 0.6
"""What a gap costs: one long gap is better than several short ones."""


def align(first: Sequence[Hashable], second: Sequence[Hashable], score: Score) -> Pairs:
    """Pairs of positions, in order, with the greatest sum of scores.

    Args:
        first: a key for each item of one sequence.
        second: likewise; items with equal keys correspond wherever the order lets them.
        score: how alike two items are, above 0; `NEVER` when they must not be a pair.
    """
    pairs: Pairs = []
    work = [(0, len(first), 0, len(second))]
    while work:
        a, a_end, b, b_end = work.pop()
        while a < a_end and b < b_end and first[a] == second[b]:
            pairs.append((a, b))
            a, b = a + 1, b + 1
        while a < a_end and b < b_end and first[a_end - 1] == second[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
            pairs.append((a_end, b_end))
        if a == a_end or b == b_end:
            continue
        cuts = _cuts(first[a:a_end], second[b:b_end])
        if cuts:
            found = [(a + i, b + j) for i, j in cuts]
            ends = [(a - 1, b - 1), *found, (a_end, b_end)]
            work += [(i + 1, k, j + 1, m) for (i, j), (k, m) in pairwise(ends)]
        else:
            found = _Search(a, a_end, b, b_end, score).pairs()
        pairs += found
    return _late_gaps(sorted(pairs), first, second)


def _late_gaps(pairs: Pairs, first: Sequence[Hashable], second: Sequence[Hashable]) -> Pairs:
    """The pairs with every gap as late as it can be: of equal items in a row, the last ones are new."""
    moved: Pairs = []
    a = b = 0
    for i, j in pairs:
        same = first[i] == second[j]
        if same and i == a and second[b] == second[j]:
            moved.append((i, b))
        elif same and j == b and first[a] == first[i]:
            moved.append((a, j))
        else:
            moved.append((i, j))
        a, b = moved[-1][0] + 1, moved[-1][1] + 1
    return moved


def increasing(pairs: Sequence[tuple[int, int]]) -> Pairs:
    """The most of these pairs, sorted by their first numbers, whose second numbers increase too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        at = bisect_left(ends, second)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [second]
        last[at : at + 1] = [index]
    chosen: Pairs = []
    index = last[-1] if last else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = before[index]
    return chosen[::-1]


def _cuts(first: Sequence[Hashable], second: Sequence[Hashable]) -> Pairs:
    """Where to cut sequences that are too long: at keys that both have once, or a few keys in a row."""
    if len(first) * len(second) <= _CELLS:
        return []
    for width in _WINDOWS:
        places = [_once(keys, width) for keys in (first, second)]
        both = sorted((at, places[1][window]) for window, at in places[0].items() if window in places[1])
        if both:
            return increasing(both)
    return []


def _once(keys: Sequence[Hashable], width: int) -> dict[Hashable, int]:
    """What stands in a sequence just once, so many keys in a row, with its place."""
    windows = [tuple(keys[at : at + width]) for at in range(len(keys) - width + 1)]
    counts = Counter(windows)
    return {window: at for at, window in enumerate(windows) if counts[window] == 1}


@dataclass(frozen=True, slots=True)
class _Row:
    """Some places of a row of the search, from column ``low`` on.

    Place (i, j) is about the first i items of one sequence and the first j of the other. It has the best sum
    when the last two of these are a pair, and when one of them is left alone, and says where both come from.
    """

    low: int
    met: list[float]
    alone: list[float]
    ways: bytearray

    def window(self, low: int, high: int) -> tuple[list[float], list[float]]:
        """Both sums for the columns from low up to high, which is left out."""
        before = [NEVER] * (self.low - low)
        start = max(0, low - self.low)
        found = [[*before, *sums[start : max(0, high - self.low)]] for sums in (self.met, self.alone)]
        missing = [NEVER] * (high - low - len(found[0]))
        return found[0] + missing, found[1] + missing


_AFTER_PAIR = 1
_UP, _UP_AFTER_PAIR, _LEFT, _LEFT_AFTER_PAIR = 0, 2, 4, 6
"""Where the sums of a place come from: a bit for `met`, and one of four ways for `alone`."""


class _Search:
    """The best pairs of two parts, by dynamic programming over the places near the diagonal."""

    def __init__(self, a: int, a_end: int, b: int, b_end: int, score: Score) -> None:
        self._corner = (a - 1, b - 1)
        self._rows, self._columns = a_end - a, b_end - b
        self._score = score

    def pairs(self) -> Pairs:
        rows, columns = self._rows, self._columns
        reach = max(_CELLS // rows // 2, 2 * columns // rows + _NARROWEST)
        first = min(columns, reach) + 1
        table = [_Row(0, [0.0] + [NEVER] * (first - 1), [NEVER] + [-_OPEN] * (first - 1), bytearray())]
        for i in range(1, rows + 1):
            middle = i * columns // rows
            table.append(self._row(i, max(0, middle - reach), min(columns, middle + reach) + 1, table[-1]))
            table[-2].met.clear()
            table[-2].alone.clear()
        return self._trace(table)

    def _row(self, i: int, low: int, high: int, above: _Row) -> _Row:
        row = _Row(low, [], [], bytearray())
        left_met = left_alone = NEVER
        item, column = i + self._corner[0], self._corner[1]
        diagonal = above.window(low - 1, high - 1)
        up = above.window(low, high)
        for j, corner_met, corner_alone, up_met, up_alone in zip(
            range(low, high), *diagonal, *up, strict=True
        ):
            worth = self._score(item, j + column) if j else NEVER
            met, way = (
                (corner_met + worth, _AFTER_PAIR) if corner_met >= corner_alone else (corner_alone + worth, 0)
            )
            alone, side = up_alone, _UP
            if up_met - _OPEN > alone:
                alone, side = up_met - _OPEN, _UP_AFTER_PAIR
            if left_alone > alone:
                alone, side = left_alone, _LEFT
            if left_met - _OPEN > alone:
                alone, side = left_met - _OPEN, _LEFT_AFTER_PAIR
            row.met.append(met)
            row.alone.append(alone)
            row.ways.append(way | side)
            left_met, left_alone = met, alone
        return row

    def _trace(self, table: Sequence[_Row]) -> Pairs:
        """The pairs on the best way, from the last place back to the first."""
        i, j = self._rows, self._columns
        is_pair = table[-1].met[-1] >= table[-1].alone[-1]
        pairs: Pairs = []
        while i and j:
            way = table[i].ways[j - table[i].low]
            if is_pair:
                pairs.append((i + self._corner[0], j + self._corner[1]))
                i, j = i - 1, j - 1
                is_pair = bool(way & _AFTER_PAIR)
                continue
            side = way & ~_AFTER_PAIR
            is_pair = side in {_UP_AFTER_PAIR, _LEFT_AFTER_PAIR}
            if side in {_UP, _UP_AFTER_PAIR}:
                i -= 1
            else:
                j -= 1
        return pairs
