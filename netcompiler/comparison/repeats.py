"""Runs of things that repeat themselves: abababc is three times ab, then c."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

_LONGEST = 12
"""The most things in one of the parts that repeat."""


@dataclass(frozen=True, slots=True)
class Run:
    """``times`` parts of ``length`` things each, from ``start`` on."""

    start: int
    length: int
    times: int

    @property
    def end(self) -> int:
        return self.start + self.length * self.times


def runs(keys: Sequence[Hashable]) -> Iterator[Run]:
    """A sequence as runs, from its start: at each place the run that takes in most, and of these the one with
    the shortest parts. Things that do not repeat are runs of one.
    """
    at = 0
    while at < len(keys):
        run = _longest(keys, at)
        yield run
        at = run.end


def _longest(keys: Sequence[Hashable], at: int) -> Run:
    best = Run(at, 1, 1)
    for length in range(1, min(_LONGEST, (len(keys) - at) // 2) + 1):
        if keys[at : at + length] != keys[at + length : at + 2 * length]:
            continue
        end = at + length
        while end < len(keys) and keys[end] == keys[end - length]:
            end += 1
        run = Run(at, length, (end - at) // length)
        if run.end > best.end:
            best = run
    return best
