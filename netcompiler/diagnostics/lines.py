"""Lines of a terminal: what may stand in them, how wide it is, in which colours."""

from __future__ import annotations

import unicodedata
from typing import Self

PLAIN = ""
BOLD = "1"
RED = "1;31"
YELLOW = "1;33"
BLUE = "1;34"

_CONTROLS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_TAB = "    "


class Line:
    """A line under construction. Text can be put over what is there, at columns from 0."""

    def __init__(self) -> None:
        self._cells: list[tuple[str, str]] = []

    def add(self, text: str, style: str) -> Self:
        """Go on with text. Characters that would steer the terminal are replaced."""
        self._cells += [(character, style) for character in printable(text)]
        return self

    def put(self, column: int, text: str, style: str) -> Self:
        """Put text of narrow characters at a column; what stands there is replaced."""
        self._cells += [(" ", PLAIN)] * (column + len(text) - len(self._cells))
        self._cells[column : column + len(text)] = [(character, style) for character in text]
        return self

    def text(self, *, color: bool) -> str:
        """The line, without blanks at its end; with ``color``, styles as escape codes."""
        cells = self._cells
        while cells and cells[-1][0] == " ":
            cells = cells[:-1]
        if not color:
            return "".join(character for character, _ in cells)
        parts = []
        before = PLAIN
        for character, style in [*cells, ("", PLAIN)]:
            if style != before:
                parts.append(("\x1b[0m" if before else "") + (f"\x1b[{style}m" if style else ""))
                before = style
            parts.append(character)
        return "".join(parts)


def printable(text: str) -> str:
    """The text with tabs as blanks, and without characters that steer a terminal or turn text around."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\t", _TAB)
    return "".join("\ufffd" if unicodedata.category(c) in _CONTROLS else c for c in text)


def columns(text: str) -> int:
    """How many columns of a terminal a printable text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
