"""A file in chunks, one a definition: what was found out about a chunk holds while its text stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from netcompiler.source import Source

_MARKS = re.compile(
    r"""\#[^\n]*                                                # a comment
    | "(?:[^"\\\n]|\\.)*"?                                      # a string, closed or not
    | [(\[{] | [)\]}]
    | ^(?:use|block|net|let|default)\b(?![ \t]*[:=])            # no label and no argument's name
    """,
    re.MULTILINE | re.VERBOSE,
)


class Chunk(Source):
    """A definition's own text, with the comment lines straight above it.

    Spans count from its beginning, so that they hold when text is added above it; lines count from the file's
    beginning, as messages show them.
    """

    first: int
    """The line, from 0, at which it stands in its file now."""

    def __init__(self, name: str, text: str, path: Path | None, root: Path | None, line: int) -> None:
        super().__init__(name, text, path, root)
        self.move(line)

    def move(self, line: int) -> None:
        """Note the line, from 0, at which it stands in its file."""
        object.__setattr__(self, "first", line)

    def position(self, offset: int) -> tuple[int, int]:
        """The file's line and the column, both from 1, of a character offset."""
        line, column = super().position(offset)
        return line + self.first, column

    def line(self, number: int) -> str:
        """The text of the file's line ``number`` (from 1), without its line end."""
        return super().line(number - self.first)


def split(text: str) -> Iterator[str]:
    """The texts of a file's chunks, which make up the whole: each begins where a definition does.

    A line that begins with `net`, `block` or `use` begins a definition even where braces are open: a brace
    that is missing in one definition does not reach into the next.
    """
    start = depth = 0
    for match in _MARKS.finditer(text):
        mark = match.group()
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif mark[0].isalpha() and (depth <= 0 or mark in ("net", "block", "use")):
            depth = 0
            begin = _with_comments(text, start, match.start())
            if begin > start:
                yield text[start:begin]
                start = begin
    yield text[start:]


def _with_comments(text: str, least: int, begin: int) -> int:
    """Where the comment lines straight above the line at ``begin`` begin, at ``least`` or after it."""
    while begin > least:
        above = text.rfind("\n", least, begin - 1) + 1 or least
        if not text.startswith("#", above):
            break
        begin = above
    return begin
