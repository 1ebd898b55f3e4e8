"""Numbers and shapes in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from netcompiler.operations.base import Shape

_THOUSAND = 1000


def shape(extents: Shape) -> str:
    """``256×56×56``; ``1`` for a single number."""
    return "×".join(map(str, extents)) or "1"


def count(number: int) -> str:
    """A number with a unit: ``25.6 M``, ``4.09 G``."""
    return _scaled(number, ("", " K", " M", " G", " T", " P"), precise=True)


def size(number: int) -> str:
    """A number of bytes: ``86.5 KB``. A kilobyte has 1000 bytes."""
    return _scaled(number, (" B", " KB", " MB", " GB", " TB", " PB"))


def plural(number: int, noun: str) -> str:
    """``1 layer``, ``2 layers``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def span(names: Sequence[str]) -> str:
    """``conv3–5`` for ``conv3``, ``conv4``, ``conv5``; a name alone for a single one, and "" for none."""
    if len(names) < 2:
        return "".join(names)
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(names[0], names[-1], strict=False))
    common = "".join(letter for letter, _ in pairs).rstrip("0123456789")
    rest = names[-1].removeprefix(common)
    numbered = rest[:1].isdecimal() and names[0].removeprefix(common)[:1].isdecimal()
    return f"{names[0]}–{rest if numbered else names[-1]}"


def _scaled(number: int, units: tuple[str, ...], precise: bool = False) -> str:
    value = float(number)
    for unit in units[:-1]:
        # 999.96 would round up to "1000.0": it belongs to the next unit.
        if value < _THOUSAND - 0.05:
            return (f"{value:.0f}" if unit == units[0] else _digits(value, precise)) + unit
        value /= _THOUSAND
    return _digits(value, precise) + units[-1]


def _digits(value: float, precise: bool) -> str:
    return f"{value:.2f}" if precise and value < 10 else f"{value:.1f}"
