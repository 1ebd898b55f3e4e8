"""A file's outline, the search for names in all files, and what can be folded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from netcompiler import syntax
from netcompiler.lsp.names import Index, Kind, Symbol
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.project import Project
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.words import head_text

_SHOWN = {Kind.NET, Kind.BLOCK, Kind.LABEL, Kind.INPUT}


@dataclass(slots=True)
class Entry:
    """A line of the outline.

    Attributes:
        name: the definition's or step's name.
        detail: what stands behind it.
        kind: what it is.
        at: the place of the name.
        whole: the place of all of it.
        children: what is in it.
    """

    name: str
    detail: str
    kind: Kind
    at: Stretch
    whole: Stretch
    children: list[Entry] = field(default_factory=list)


def outline(reading: Reading, index: Index) -> list[Entry]:
    """Nets, blocks and variables of a file, with the named steps in them."""
    shown = [symbol for symbols in index.symbols.values() for symbol in symbols if _is_shown(symbol)]
    top: list[Entry] = []
    open_: list[Entry] = []
    for symbol in sorted(shown, key=lambda symbol: (symbol.whole.start, -symbol.whole.end)):
        entry = Entry(symbol.name, _detail(symbol, reading), symbol.kind, symbol.at, symbol.whole)
        while open_ and open_[-1].whole.end <= symbol.whole.start:
            open_.pop()
        (open_[-1].children if open_ else top).append(entry)
        open_.append(entry)
    return top


def _is_shown(symbol: Symbol) -> bool:
    return symbol.kind in _SHOWN or (symbol.kind is Kind.VARIABLE and not symbol.inside)


def _detail(symbol: Symbol, reading: Reading) -> str:
    node = symbol.node
    if isinstance(node, (syntax.Definition, syntax.Variant)):
        # The name may be part of the words before it: `n` is one of `net`.
        before = reading.text[reading.stretch(node.span).start : symbol.at.end]
        return head_text(node, reading)[len(" ".join(before.split())) :].strip()[:100]
    text = reading.text[symbol.at.end : symbol.whole.end].lstrip('" :=')
    return text.partition("\n")[0].strip()[:100]


def search(project: Project, query: str, most: int = 200) -> list[tuple[Reading, Symbol]]:
    """Definitions and named steps in all known files whose names have the query's letters, in their order."""
    found = [
        (reading, symbol)
        for reading in project.readings()
        for symbols in project.index(reading).symbols.values()
        for symbol in symbols
        # Without a query there would be too many steps.
        if symbol.kind in (Kind.NET, Kind.BLOCK) or (query and _is_shown(symbol))
        if _fits(query, symbol.name)
    ]
    found.sort(key=lambda pair: (_rank(query, pair[1].name), pair[1].name))
    return found[:most]


def _fits(query: str, name: str) -> bool:
    letters = iter(name.lower())
    return all(letter in letters for letter in query.lower())


def _rank(query: str, name: str) -> int:
    if name.lower() == query.lower():
        return 0
    if name.lower().startswith(query.lower()):
        return 1
    return 2 if query.lower() in name.lower() else 3


# ---- folding -------------------------------------------------------------------------------------


def folds(reading: Reading) -> Iterator[tuple[int, int, bool]]:
    """Lines, from 0, that can be folded, the last one included; True for comments."""
    lines = reading.lines
    open_: list[int] = []
    comments: int | None = None
    for number in range(len(lines)):
        text = lines.line(number)
        bare = text.strip()
        if bare.startswith("#"):
            comments = number if comments is None else comments
            continue
        if comments is not None:
            if number - comments > 1:
                yield comments, number - 1, True
            comments = None
        for mark in _marks(text):
            if mark in "([{":
                open_.append(number)
            elif open_:
                start = open_.pop()
                if number - 1 > start:
                    # The line with the closing bracket stays in sight.
                    yield start, number - 1, False
    if comments is not None and len(lines) - comments > 1:
        yield comments, len(lines) - 1, True


def _marks(line: str) -> Iterator[str]:
    """The brackets of a line, outside of strings and comments."""
    string = escaped = False
    for character in line:
        if escaped:
            escaped = False
        elif string:
            escaped = character == "\\"
            string = character != '"'
        elif character == "#":
            return
        elif character == '"':
            string = True
        elif character in "()[]{}":
            yield character
