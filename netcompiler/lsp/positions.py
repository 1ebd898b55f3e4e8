"""Places in a text: characters here, lines and columns at the editor."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple


class Position(NamedTuple):
    """A line and a column, both from 0; the column counts units of the editor's encoding."""

    line: int
    column: int


class Stretch(NamedTuple):
    """The characters ``start`` (inclusive) to ``end`` (exclusive) of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Units:
    """How an editor counts columns: ``utf-16`` unless it agreed on ``utf-8`` or ``utf-32``."""

    encoding: str = "utf-16"

    def count(self, text: str) -> int:
        """How many units a text has."""
        if text.isascii() or self.encoding == "utf-32":
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(character > "\uffff" for character in text)

    def characters(self, text: str, column: int) -> int:
        """How many characters of a line lie before a column, which may lie beyond its end."""
        if text.isascii() or self.encoding == "utf-32":
            return min(column, len(text))
        units = 0
        for index, character in enumerate(text):
            if units >= column:
                return index
            units += self.count(character)
        return len(text)


UTF16 = Units()


class Lines:
    """The lines of a text; a line ends with a line feed, before which a carriage return may stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        position = text.find("\n")
        while position != -1:
            self.starts.append(position + 1)
            position = text.find("\n", position + 1)

    def __len__(self) -> int:
        return len(self.starts)

    def number(self, offset: int) -> int:
        """The line, from 0, of a character."""
        return bisect_right(self.starts, offset) - 1

    def stretch(self, line: int) -> Stretch:
        """The characters of a line, without its end."""
        start = self.starts[line]
        end = self.starts[line + 1] - 1 if line + 1 < len(self.starts) else len(self.text)
        if end > start and self.text[end - 1] == "\r":
            end -= 1
        return Stretch(start, end)

    def line(self, line: int) -> str:
        """The text of a line, without its end."""
        start, end = self.stretch(line)
        return self.text[start:end]

    def position(self, offset: int, units: Units = UTF16) -> Position:
        """The line and column of a character."""
        offset = min(max(offset, 0), len(self.text))
        line = self.number(offset)
        return Position(line, units.count(self.text[self.starts[line] : offset]))

    def offset(self, position: Position, units: Units = UTF16) -> int:
        """The character at a line and column; one beyond the text is its end."""
        if position.line >= len(self.starts):
            return len(self.text)
        start, end = self.stretch(max(position.line, 0))
        return start + units.characters(self.text[start:end], max(position.column, 0))
