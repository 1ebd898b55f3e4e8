"""What comes several times in a row."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence

_LONGEST = 6
"""The most things in a segment that is repeated: an encoder has two, attention and perceptron."""


def repeats(
    keys: Sequence[Hashable], single: Collection[Hashable] = frozenset()
) -> Iterator[tuple[int, int, int]]:
    """Start, length and number of the segments in a row that are equal, for all of a sequence in turn.

    At each place it is the repetition that takes in the most, and of equals that of the shortest segment.

    Args:
        keys: what makes things equal.
        single: keys that stand in no segment with others.
    """
    at = 0
    while at < len(keys):
        length, times = _longest(keys, at, single)
        yield at, length, times
        at += length * times


def _longest(keys: Sequence[Hashable], at: int, single: Collection[Hashable]) -> tuple[int, int]:
    best = (1, 1)
    for length in range(1, min(_LONGEST, (len(keys) - at) // 2) + 1):
        segment = keys[at : at + length]
        if length > 1 and any(key in single for key in segment):
            break
        times = 1
        while keys[at + length * times : at + length * (times + 1)] == segment:
            times += 1
        if times > 1 and length * times > best[0] * best[1]:
            best = (length, times)
    return best
