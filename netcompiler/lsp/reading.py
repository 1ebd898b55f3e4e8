"""A text that was read: its chunks, their syntax trees, and what is wrong with its syntax."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic
from netcompiler.limits import Limits
from netcompiler.lsp.chunks import Chunk, split
from netcompiler.lsp.parsing import parse
from netcompiler.lsp.positions import Lines, Stretch
from netcompiler.source import Source, Span

_WORD = re.compile(r"[A-Za-z_]\w*")
_DEFINED = re.compile(r"^(?:net|block)[ \t]+(\w+)", re.MULTILINE)


class Part:
    """A chunk with its syntax tree.

    Attributes:
        chunk: its text.
        items: the definitions in it that can be understood.
        wrong: what is wrong with its syntax.
    """

    def __init__(self, chunk: Chunk, limits: Limits) -> None:
        self.chunk = chunk
        file, self.wrong = parse(chunk, limits)
        self.items = file.items

    @cached_property
    def words(self) -> frozenset[str]:
        """All words in its text: what it may refer to is among them."""
        return frozenset(_WORD.findall(self.chunk.text))

    @cached_property
    def defines(self) -> str | None:
        """The name of the block or net that it seems to define, well formed or not."""
        found = _DEFINED.search(self.chunk.text)
        return None if found is None else found.group(1)

    @cached_property
    def sets(self) -> bool:
        """True when it may matter to any definition: ``let``, ``default``, ``use``, or nobody knows what."""
        if self.wrong:
            return self.defines is None
        return any(isinstance(item, (syntax.Let, syntax.Default, syntax.Use)) for item in self.items)


class Reading:
    """A file's text, read.

    Attributes:
        uri: what the editor calls the file.
        source: the whole text.
        version: the editor's number for it; None for a file that is not open.
        parts: its chunks, in order.
    """

    def __init__(
        self, uri: str, source: Source, version: int | None, limits: Limits, before: Reading | None = None
    ) -> None:
        self.uri = uri
        self.source = source
        self.version = version
        self.limits = limits
        self.parts: list[Part] = []
        self._starts: dict[int, int] = {}
        self._by_source: dict[int, Part] = {}
        known = {} if before is None else before.by_text()
        start = line = 0
        for text in split(source.text):
            own = text.rstrip()
            same = known.get(own)
            part = same.pop() if same else None
            if part is None or (part.wrong and part.chunk.first != line):
                # Messages may name the lines that a text stood at when it was read.
                part = Part(Chunk(source.name, own, source.path, source.root, line), limits)
            part.chunk.move(line)
            self._starts[id(part.chunk)] = start
            self.parts.append(part)
            self._by_source[id(part.chunk)] = part
            start += len(text)
            line += text.count("\n")

    def by_text(self) -> dict[str, list[Part]]:
        """Its parts by their text, the first of several equal ones last."""
        found: dict[str, list[Part]] = {}
        for part in reversed(self.parts):
            found.setdefault(part.chunk.text, []).append(part)
        return found

    @property
    def path(self) -> Path | None:
        """Where the file is; None for a text that was never saved."""
        return self.source.path

    @property
    def text(self) -> str:
        """The whole text."""
        return self.source.text

    @cached_property
    def lines(self) -> Lines:
        """Its lines."""
        return Lines(self.source.text)

    @cached_property
    def file(self) -> syntax.File:
        """The definitions that can be understood."""
        return syntax.File(tuple(item for part in self.parts for item in part.items), self.source)

    @property
    def wrong(self) -> list[Diagnostic]:
        """What is wrong with its syntax."""
        return [diagnostic for part in self.parts for diagnostic in part.wrong][: self.limits.diagnostics]

    def has(self, source: Source) -> bool:
        """Whether a source is this text, or a chunk of it."""
        return source is self.source or id(source) in self._starts

    def stretch(self, span: Span) -> Stretch:
        """The place of a span of one of its chunks in the whole text."""
        start = self._starts.get(id(span.source), 0)
        return Stretch(start + span.start, start + span.end)

    @cached_property
    def settings(self) -> list[Part]:
        """The parts that matter to every definition."""
        return [part for part in self.parts if part.sets]

    @cached_property
    def setting_words(self) -> frozenset[str]:
        """All words in those."""
        return frozenset().union(*(part.words for part in self.settings))

    def words_of(self, source: Source) -> frozenset[str]:
        """All words by which the definition in a chunk may refer to something."""
        own = self._by_source.get(id(source))
        return self.setting_words if own is None else self.setting_words | own.words

    def start(self, part: Part) -> int:
        """Where a part begins in the whole text."""
        return self._starts[id(part.chunk)]

    def part_at(self, offset: int) -> Part:
        """The part that a character stands in, blank lines after it included."""
        found = self.parts[0]
        for part in self.parts:
            if self.start(part) > offset:
                break
            found = part
        return found
