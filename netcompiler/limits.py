"""Bounds that keep a spec of any size or nesting to bounded time and memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a spec may use. Exceeding one is a diagnostic, never a crash.

    Attributes:
        source_bytes: size of one file.
        files: files taken in by ``use``, the first included.
        nesting: brackets open at once, operators inside operators, braces and blocks inside one another.
        digits: characters of one number.
        layers: layers of one net, all repeats unrolled.
        steps: statements and expressions evaluated for one net.
        list_items: items of one list.
        text: characters of one string.
        dimension: the largest extent of a shape, and the largest whole number an expression gives.
        diagnostics: errors reported for one file.
    """

    source_bytes: int = 2**20
    files: int = 100
    nesting: int = 64
    digits: int = 30
    layers: int = 200_000
    steps: int = 5_000_000
    list_items: int = 100_000
    text: int = 10_000
    dimension: int = 2**53
    diagnostics: int = 100


DEFAULT_LIMITS = Limits()
