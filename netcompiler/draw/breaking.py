"""Names in several lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_PIECE = re.compile(r"[^_\-–.\s]*[_\-–.\s]*")


def broken(name: str, most: float, width: Callable[[str], float]) -> list[str]:
    """A name in lines no wider than ``most``.

    It is broken after ``_``, dashes, dots and spaces, and anywhere in what is too long all the same.
    """
    lines: list[str] = []
    for piece in _pieces(name, most, width):
        if lines and width((lines[-1] + piece).strip()) <= most:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.strip() for line in lines]


def _pieces(name: str, most: float, width: Callable[[str], float]) -> Iterator[str]:
    for piece in filter(None, _PIECE.findall(name)):
        rest = piece
        while width(rest.strip()) > most and len(rest) > 1:
            fits = next((end for end in range(len(rest) - 1, 1, -1) if width(rest[:end]) <= most), 1)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest
