"""Text with a name, and places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from netcompiler.record import record


@dataclass(frozen=True, eq=False)
class Source:
    """A spec's text.

    Attributes:
        name: what messages call it: the path as the user gave it, or ``<stdin>``.
        text: the whole text.
        path: the file it came from; None for text that is in no file.
        root: the folder that files named in ``use`` must lie below; None forbids ``use``.
    """

    name: str
    text: str = field(repr=False)
    path: Path | None = None
    root: Path | None = None

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        position = self.text.find("\n")
        while position != -1:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column, both from 1, of a character offset."""
        index = bisect_right(self._line_starts, offset) - 1
        return index + 1, offset - self._line_starts[index] + 1

    def line(self, number: int) -> str:
        """The text of line ``number`` (from 1), without its line end."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return (self.text[start:] if end == -1 else self.text[start:end]).rstrip("\r")


@record(eq=True)
class Span:
    """The characters ``start`` (inclusive) to ``end`` (exclusive) of a source."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        """The line, from 1, on which it starts."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column, from 1, at which it starts."""
        return self.source.position(self.start)[1]

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{self.source.name}:{line}:{column}"

    @property
    def head(self) -> Span:
        """Its part on its first line."""
        text = self.text
        return Span(self.source, self.start, self.start + len(text.partition("\n")[0].rstrip()))

    def to(self, other: Span) -> Span:
        """The span from this one's start to the other's end."""
        return Span(self.source, self.start, max(self.end, other.end))
