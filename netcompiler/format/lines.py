"""The lines of a formatted text, while it is written."""

from __future__ import annotations

from dataclasses import dataclass

from netcompiler.format.leaves import Comment


@dataclass(slots=True)
class Cell:
    """A part of a row.

    Attributes:
        likeness: what stands in it; cells with the same stand under one another.
        separator: ``->``, ``*``, ``=`` or ``{`` after it; nothing after the last.
        column: where the separator stands, from the line's first character.
    """

    likeness: tuple[object, ...]
    separator: str = ""
    column: int = 0


@dataclass(slots=True)
class Line:
    """One line.

    Attributes:
        indent: blanks before it.
        text: what stands on it, without its comment.
        comment: the comment after it.
        blank: whether an empty line stands before it.
        row: its cells, when it may be aligned with its neighbours.
    """

    indent: int
    text: str = ""
    comment: str = ""
    blank: bool = False
    row: list[Cell] | None = None

    def __str__(self) -> str:
        return f"{' ' * self.indent}{self.text}{self.comment}"


class Page:
    """Writes lines, one word after another."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._words: list[str] = []
        self._length = 0
        self._blank = False

    @property
    def indent(self) -> int:
        """How far in the line begins that is being written."""
        return self.lines[-1].indent

    @property
    def column(self) -> int:
        """The length of the line that is being written."""
        return self.indent + self._length

    def newline(self, indent: int) -> None:
        """Begin a line."""
        self.finish()
        self.lines.append(Line(indent, blank=self._blank))
        self._blank = False

    def skip(self) -> None:
        """Leave a line empty before the next one."""
        self._blank = bool(self.lines)

    def put(self, text: str, space: bool) -> None:
        """Write a word, with a blank before it unless it begins the line."""
        if space and self._words:
            text = f" {text}"
        self._words.append(text)
        self._length += len(text)

    def comment(self, text: str) -> None:
        """Write a comment after what stands on the line."""
        self.lines[-1].comment = text

    def above(self, comments: list[Comment], indent: int) -> None:
        """Write comments on lines of their own."""
        for comment in comments:
            if comment.blank:
                self.skip()
            self.newline(indent)
            self.comment(comment.text)

    def row(self, cells: list[Cell] | None) -> None:
        """Say what may be aligned of the line that is being written."""
        self.lines[-1].row = cells

    def finish(self) -> None:
        """Put together the words of the last line."""
        if self.lines and self._words:
            self.lines[-1].text = "".join(self._words)
            self._words = []
            self._length = 0
