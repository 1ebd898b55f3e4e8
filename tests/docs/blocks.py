"""The fenced blocks of a Markdown page, and how each is run.

What stands after the three backticks says what a block is:

- ``net``: a complete spec without errors or warnings. ``net tiny.net``: the same, and the page's commands and
  Python find it under that name.
- ``net wrong`` or ``net wrong tiny.net``: a spec with mistakes. A ``text`` block after it is what
  ``netc check`` says of it (of ``my.net`` when it has no name).
- ``net fragment [64, 56, 56]``: lines of a net whose ``input image`` has that shape, by default
  ``[3, 32, 32]``. Blocks at its head stand before the net.
- ``console``: lines that begin with ``$ `` are commands, and what follows is their output. Only
  ``netc`` is run.
- ``python``: run in one namespace for the whole page. A ``text`` block after it is what it prints.

``…`` at the end of a line of shown output stands for anything. Lines ``netc …`` of
indented blocks are run as commands too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(path for path in (ROOT / "docs").glob("*.md"))]
LANGUAGES = {"-", "net", "text", "console", "python", "yaml", "sh", "json", "lua", "toml", "vim"}
"""Words after the backticks; those from ``yaml`` on, and blocks without a word, are for reading alone."""

_FENCE = re.compile(r"^(?P<ticks>```+) *(?P<info>.*)$")
_SHAPE = re.compile(r"\[[0-9, ]+\]")
_NAME = re.compile(r"\S+\.net")


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes:
        page: the file it stands in.
        line: the number of its first line in the page.
        words: what stands after the backticks; ``-`` when nothing does.
        text: what is inside.
        expected: the text of the ``text`` block after it, if one comes before anything else.
    """

    page: Path
    line: int
    words: str
    text: str
    expected: str | None = None

    @property
    def language(self) -> str:
        return self.words.partition(" ")[0]

    @property
    def rest(self) -> list[str]:
        return _SHAPE.sub("", self.words).split()[1:]

    @property
    def indented(self) -> bool:
        """True for a line of an indented block: a command whose output is not shown."""
        return self.words == "console indented"

    @property
    def file(self) -> str:
        """The name its text is kept under."""
        return next((word for word in self.rest if _NAME.fullmatch(word)), "my.net")

    @property
    def spec(self) -> str:
        """The whole spec that a ``net`` block stands for."""
        return self._wrapped() if "fragment" in self.rest else self.text

    def _wrapped(self) -> str:
        definitions, steps = _split(self.text)
        shape = _SHAPE.search(self.words)
        head = f"net fragment {{\n  input image {shape.group() if shape else '[3, 32, 32]'}\n"
        return f"{definitions}{head}{steps}}}\n"

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    last = 0
    for block, end in _fenced(page, lines):
        follows = found and not any(line.strip() for line in lines[last : block.line - 2])
        if block.language == "text" and follows:
            found[-1] = replace(found[-1], expected=block.text)
        else:
            found.append(block)
        last = end
    return found


def _fenced(page: Path, lines: list[str]) -> Iterator[tuple[Block, int]]:
    """Blocks, and the number of lines up to each one's end."""
    index = 0
    while index < len(lines):
        fence = _FENCE.match(lines[index])
        if lines[index].startswith("    netc "):
            yield Block(page, index + 1, "console indented", f"$ {lines[index].strip()}\n"), index + 1
        index += 1
        if fence is None:
            continue
        start = index
        while index < len(lines) and lines[index].rstrip() != fence["ticks"]:
            index += 1
        text = "".join(f"{line}\n" for line in lines[start:index])
        index += 1
        yield Block(page, start + 1, fence["info"].strip() or "-", text), index


def _split(text: str) -> tuple[str, str]:
    """Definitions at the head of a fragment, and the steps after them."""
    lines = text.splitlines(keepends=True)
    index = depth = 0
    while index < len(lines) and (depth or not lines[index].strip() or lines[index].startswith("block ")):
        depth += lines[index].count("{") - lines[index].count("}")
        index += 1
    return "".join(lines[:index]), "".join(lines[index:])
