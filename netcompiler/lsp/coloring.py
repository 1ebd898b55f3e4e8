"""What each word of a file is, for editors that colour by meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from netcompiler.lsp.names import Index, Kind
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.words import KEYWORDS

TYPES = (
    "namespace",
    "class",
    "function",
    "parameter",
    "variable",
    "property",
    "keyword",
    "comment",
    "string",
    "number",
    "operator",
    "enumMember",
)
"""The protocol's names of what a word can be; an editor is told their positions in this list."""

MODIFIERS = ("declaration", "readonly", "defaultLibrary")
"""The protocol's names of what more can be said; an editor is told bits in this order."""

TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*"?)
    | (?P<number>(?<![\w.])[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<operator>->|\.\.|==|!=|<=|>=|\*\*|//|[<>+\-*/%])
    """,
    re.VERBOSE,
)
"""A piece of text that is coloured: a comment, string, number, word or operator."""

_KINDS = {
    Kind.NET: ("class", ()),
    Kind.BLOCK: ("class", ()),
    Kind.PARAMETER: ("parameter", ()),
    Kind.VARIABLE: ("variable", ("readonly",)),
    Kind.LABEL: ("property", ()),
    Kind.INPUT: ("property", ()),
    Kind.GROUP: ("namespace", ()),
    Kind.OPERATION: ("function", ("defaultLibrary",)),
    Kind.INITIALIZER: ("function", ("defaultLibrary",)),
    Kind.FUNCTION: ("function", ("defaultLibrary",)),
    Kind.ARGUMENT: ("parameter", ()),
    Kind.SHAPE: ("variable", ("readonly", "defaultLibrary")),
    Kind.WORD: ("keyword", ()),
}


@dataclass(frozen=True, slots=True)
class Colored:
    """A word, its type and what more is to be said of it."""

    at: Stretch
    type: str
    modifiers: tuple[str, ...] = ()


def color(reading: Reading, index: Index) -> Iterator[Colored]:
    """What the words of a file are, in the order of the text; none overlap or go over a line's end."""
    names = {occurrence.at.start: occurrence for occurrence in index.occurrences}
    text = reading.text
    for match in TOKEN.finditer(text):
        place = Stretch(*match.span())
        occurrence = names.get(place.start)
        if occurrence is not None and occurrence.at.end <= place.end and occurrence.kind in _KINDS:
            kind, modifiers = _KINDS[occurrence.kind]
            declared = ("declaration", *modifiers) if occurrence.defines else modifiers
            yield Colored(occurrence.at, kind, declared)
        elif match.lastgroup == "word":
            if match.group() in KEYWORDS and text[place.end : place.end + 1] != "=":
                constant = match.group() in ("true", "false", "none")
                yield Colored(place, "enumMember" if constant else "keyword")
        elif match.lastgroup is not None:
            yield Colored(place, match.lastgroup)
