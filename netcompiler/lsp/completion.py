"""What can be written where the cursor stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from netcompiler import syntax
from netcompiler.diagnostics import SpecError
from netcompiler.elaborate.functions import FUNCTIONS
from netcompiler.lsp.cursor import Cursor, cursor_at
from netcompiler.lsp.files import saved_below
from netcompiler.lsp.hover import definition_text
from netcompiler.lsp.names import Index, Key, Kind, Symbol
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.project import Project
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.signatures import Argument, Signature, key_of, operation_signature, signature_of
from netcompiler.lsp.words import KEYWORDS, SHAPES, STEPS, initializer_text, operation_text
from netcompiler.operations.base import OPERATIONS
from netcompiler.operations.initializers import INITIALIZERS
from netcompiler.read import find_used
from netcompiler.source import Span


class What(Enum):
    """What is offered, for the editor's icon."""

    OPERATION = "operation"
    BLOCK = "block"
    NET = "net"
    ARGUMENT = "argument"
    VARIABLE = "variable"
    LABEL = "label"
    GROUP = "group"
    ATTRIBUTE = "attribute"
    KEYWORD = "keyword"
    FUNCTION = "function"
    CONSTANT = "constant"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to write.

    Attributes:
        label: what it is called.
        what: what it is.
        detail: a few words on it.
        insert: what is written where that is not the label; ``$1``, ``${1:…}``, ``$0`` are places to fill in.
        doc: more on it, as Markdown; a function where that takes work.
        rank: the smaller, the further up.
    """

    label: str
    what: What
    detail: str = ""
    insert: str | None = None
    doc: str | Callable[[], str] = ""
    rank: int = 5


@dataclass(frozen=True, slots=True)
class Completion:
    """What can be written in place of a stretch of the text."""

    offers: tuple[Offer, ...]
    at: Stretch


_CHOICE = re.compile(r'"([^"]*)"')
_PLAIN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

_TOP = {
    "net": "net ${1:name}(${2:classes=1000}) {\n  input ${3:image} [${4:3, 224, 224}]\n  $0\n}",
    "block": "block ${1:name}(${2:width}) {\n  $0\n}",
    "let": "let ${1:name} = $0",
    "default": "default ${1:conv}($0)",
    "use": 'use "$1": $0',
}
_IN_BODY = {
    "residual": "residual {\n  $0\n}",
    "if": "if ${1:test} {\n  $0\n}",
    "for": "for ${1:i} in ${2:0..n} {\n  $0\n}",
    "let": "let ${1:name} = $0",
    "default": "default ${1:conv}($0)",
    "from": "from $0",
}
_IN_NET = {
    "input": "input ${1:image} [${2:3, 224, 224}]",
    "output": "output $0",
    "group": "group $0",
    "on": "on ${1:group} {\n  $0\n}",
    "columns": "columns ${1:groups} {\n  $0\n}",
}


def complete(project: Project, reading: Reading, offset: int) -> Completion:
    """What can be written at a character."""
    cursor = cursor_at(reading, offset)
    if cursor.comment:
        return Completion((), Stretch(offset, offset))
    if cursor.string is not None:
        offers = _Offers(project, reading, cursor).in_string()
        return Completion(tuple(offers), Stretch(offset - len(cursor.string), offset))
    offers = _Offers(project, reading, cursor).all()
    unique = {(offer.label, offer.what): offer for offer in offers}
    return Completion(tuple(unique.values()), Stretch(offset - len(cursor.word), offset))


class _Offers:
    def __init__(self, project: Project, reading: Reading, cursor: Cursor) -> None:
        self.project = project
        self.reading = reading
        self.cursor = cursor
        self.index: Index = project.index(reading)

    def all(self) -> Iterator[Offer]:
        """What fits here."""
        cursor = self.cursor
        first = cursor.before[0] if cursor.before else ""
        if cursor.last == ".":
            return self._after_dot()
        if first in ("use", "default", "net", "block", "group", "input") and not cursor.in_call:
            return self._in_declaration(first)
        if cursor.on_top and first != "let":
            return _snippets(_TOP) if not cursor.before else iter(())
        if cursor.last in ("from", "output"):
            return self._values()
        if first in ("on", "columns") and cursor.in_body:
            return self._groups()
        if cursor.in_head:
            return self._expression() if cursor.call is not None and cursor.call.current else iter(())
        if cursor.in_call:
            return self._in_call()
        if cursor.in_body and (not cursor.before or cursor.last in ("->", ":", "skip", "}")):
            return self._steps()
        return self._expression()

    # ---- lines that declare something --------------------------------------------------------

    def _in_declaration(self, first: str) -> Iterator[Offer]:
        before = self.cursor.before
        if first == "use" and ":" in before:
            yield from self._of_used_file()
        elif first == "default" and len(before) == 1:
            yield from (_operation(name) for name in OPERATIONS if OPERATIONS[name].parameters)
        elif first == "net" and self.cursor.last == "=":
            yield from self._definitions({Kind.NET})

    def _of_used_file(self) -> Iterator[Offer]:
        """What the file of a ``use`` line defines."""
        text = next((token for token in self.cursor.before if token.startswith('"')), '""')
        start = self.reading.start(self.reading.part_at(self.cursor.offset))
        try:
            path = find_used(text.strip('"'), Span(self.reading.source, start, start))
            other = self.project.files.reading(self.project.files.uri(path))
        except SpecError:
            return
        for key, symbols in self.project.index(other).symbols.items():
            if key.space == "definition":
                yield self._definition(key, symbols[0])

    # ---- names -------------------------------------------------------------------------------

    def _steps(self) -> Iterator[Offer]:
        """What a step can be, or a statement at its beginning."""
        for name in OPERATIONS:
            if name not in ("input", "exchange", "gather"):
                yield _operation(name)
        for offer in self._definitions({Kind.NET, Kind.BLOCK}):
            if offer.label != self.cursor.definition:
                yield self._callable(offer)
        for offer in self._variables():
            yield self._callable(replace(offer, rank=3))
        yield from (Offer(name, What.KEYWORD, doc, _word(name)) for name, doc in STEPS.items())
        if self.cursor.last != "skip":
            snippets = _IN_BODY | (_IN_NET if self._in_net() else {})
            steps = {word: snippets[word] for word in ("residual", "if", "for")}
            yield from _snippets(steps if self.cursor.before else snippets)
            if not self.cursor.before:
                yield from (Offer(word, What.KEYWORD, KEYWORDS[word]) for word in ("else", "skip"))

    def _callable(self, offer: Offer) -> Offer:
        """An offer of something that is called, with the arguments that must be given."""
        signature = signature_of(self.project, self.reading, offer.label, self.cursor)
        if signature is None or offer.insert is not None:
            return offer
        return replace(offer, insert=_called(signature), detail=offer.detail or signature.text)

    def _in_net(self) -> bool:
        symbol = self.index.definition(self.cursor.definition)
        return symbol is None or symbol.kind is Kind.NET

    def _expression(self) -> Iterator[Offer]:
        """What a value can be."""
        yield from self._variables()
        yield from (Offer(name, What.ATTRIBUTE, doc, rank=4) for name, doc in SHAPES.items())
        yield from self._labels(dotted=False)
        yield from (Offer(word, What.CONSTANT, rank=6) for word in ("true", "false", "none"))
        yield Offer("in", What.KEYWORD, KEYWORDS["in"], rank=6)
        for name, function in FUNCTIONS.items():
            yield Offer(name, What.FUNCTION, f"takes {function.expects}", f"{name}($1)$0", rank=7)
        yield from (replace(offer, rank=7) for offer in self._definitions({Kind.BLOCK}))
        yield from (Offer(n, What.OPERATION, operation_signature(n).text, rank=8) for n in OPERATIONS)

    def _values(self) -> Iterator[Offer]:
        """Earlier values, for ``from`` and ``output``."""
        yield from self._labels(dotted=True)
        yield Offer("in", What.KEYWORD, KEYWORDS["in"], rank=6)
        yield from (replace(offer, rank=7) for offer in self._variables())

    def _variables(self) -> Iterator[Offer]:
        """Parameters and variables that are seen here."""
        inside = self.cursor.definition
        for key, symbols in self.index.symbols.items():
            symbol = symbols[0]
            if key.space not in ("parameter", "variable") or symbol.inside not in ("", inside):
                continue
            if symbol.at.start < self.cursor.offset:
                place = symbol.whole if key.space == "parameter" or key.owner else symbol.at
                text = " ".join(self.reading.text[place.start : place.end].split())
                yield Offer(symbol.name, What.VARIABLE, text[:80], rank=2)

    def _definitions(self, kinds: set[Kind]) -> Iterator[Offer]:
        """Blocks and nets of this file and those that it takes from others."""
        for name in [*(k.name for k in self.index.symbols if k.space == "definition"), *self.index.used]:
            key = self.project.named(self.reading.uri, name)
            symbol = None if key is None else self.project.symbol(key)
            if key is not None and symbol is not None and symbol.kind in kinds:
                yield self._definition(key, symbol)

    def _definition(self, key: Key, symbol: Symbol) -> Offer:
        what = What.NET if symbol.kind is Kind.NET else What.BLOCK
        return Offer(symbol.name, what, doc=lambda: definition_text(self.project, key), rank=3)

    def _labels(self, *, dotted: bool) -> Iterator[Offer]:
        """Named steps that are seen here; with ``dotted``, those inside them as well."""
        inside = self.cursor.definition
        own = [
            s for k, ss in self.index.symbols.items() for s in ss if k.space == "label" and k.owner == inside
        ]
        around = {s.key.name for s in own if s.whole.start < self.cursor.offset <= s.whole.end}
        for symbol in own:
            if symbol.whole.start <= self.cursor.offset <= symbol.whole.end or "{" in symbol.name:
                continue
            scope, _, name = symbol.key.name.rpartition(".")
            text = name if not scope or scope in around else symbol.key.name
            if (text == name or dotted) and symbol.at.start < self.cursor.offset:
                insert = text if _PLAIN.fullmatch(text) and text not in KEYWORDS else f'"{text}"'
                yield Offer(text, What.LABEL, _first_line(self.reading, symbol), insert, rank=1)

    def _all(self) -> Iterator[Symbol]:
        """All definitions of the file."""
        return (symbol for symbols in self.index.symbols.values() for symbol in symbols)

    def _groups(self) -> Iterator[Offer]:
        for key, symbols in self.index.symbols.items():
            if key.space == "group" and key.owner == self.cursor.definition:
                yield Offer(symbols[0].name, What.GROUP, "placement group", rank=1)

    def _after_dot(self) -> Iterator[Offer]:
        """What follows ``name.``: parts of its shape, and steps inside it."""
        yield from (Offer(name, What.ATTRIBUTE, doc, rank=4) for name, doc in SHAPES.items())
        before = self.cursor.before
        path = before[-2] if len(before) > 1 else ""
        for key, symbols in self.index.symbols.items():
            if key.space == "label" and key.owner == self.cursor.definition:
                scope, _, name = key.name.rpartition(".")
                if scope == path or scope.endswith(f".{path}"):
                    yield Offer(name, What.LABEL, _first_line(self.reading, symbols[0]), rank=1)
        for symbols in self.index.symbols.values():
            node = symbols[0].node
            if symbols[0].key == Key("label", self.reading.uri, self.cursor.definition, path):
                yield from self._inside(node)

    def _inside(self, node: object) -> Iterator[Offer]:
        """Named steps of the block that a step calls."""
        if not isinstance(node, syntax.Step) or not isinstance(node.action, syntax.Call):
            return
        if not isinstance(node.action.callee, syntax.Name):
            return
        called = key_of(
            self.project, self.reading, self.index, node.action.callee.name, self.cursor.definition
        )
        other = self.project.reading(called.uri) if called is not None and called.uri else None
        if other is None or called is None:
            return
        for key, symbols in self.project.index(other).symbols.items():
            if key.space == "label" and key.owner == called.name and "." not in key.name:
                yield Offer(key.name, What.LABEL, _first_line(other, symbols[0]), rank=1)

    # ---- arguments ---------------------------------------------------------------------------

    def _in_call(self) -> Iterator[Offer]:
        """Arguments of the call, and what their values can be."""
        call = self.cursor.call
        if call is None:
            yield from self._expression()
            return
        if call.callee == "reuse":
            yield from self._labels(dotted=True)
            return
        signature = signature_of(self.project, self.reading, call.callee, self.cursor)
        if signature is None:
            yield from self._expression()
            return
        if signature.operands and call.current is None:
            yield from self._labels(dotted=True)
        if self.cursor.last in ("", ","):
            for number, argument in enumerate(signature.arguments):
                placed = not signature.operands and number < call.commas and not call.named
                if argument.name not in call.named and not placed:
                    yield _argument(argument)
        yield from self._argument_values(signature, call.current, call.commas)
        yield from self._expression()

    def _argument_values(self, signature: Signature, name: str | None, commas: int) -> Iterator[Offer]:
        """The words and initialisers that an argument takes."""
        argument = next((a for a in signature.arguments if a.name == name), None)
        if name is None and not signature.operands and commas < len(signature.arguments):
            argument = signature.arguments[commas]
        if argument is None:
            return
        if argument.initializer:
            for init in INITIALIZERS:
                yield Offer(init, What.FUNCTION, "initialiser", doc=initializer_text(init), rank=1)
        for choice in _CHOICE.findall(argument.takes):
            yield Offer(f'"{choice}"', What.CONSTANT, f"of `{argument.name}`", rank=1)

    # ---- strings -----------------------------------------------------------------------------

    def in_string(self) -> Iterator[Offer]:
        """What a string can be: a file of ``use``, a choice of an argument, or a step's name."""
        cursor = self.cursor
        if cursor.before and cursor.before[0] == "use":
            yield from self._used_files()
            return
        call = cursor.call
        if call is not None:
            signature = signature_of(self.project, self.reading, call.callee, cursor)
            if signature is not None:
                for offer in self._argument_values(signature, call.current, call.commas):
                    if offer.what is What.CONSTANT:
                        yield replace(offer, label=offer.label.strip('"'))
        if cursor.last in ("from", "output") or call is not None:
            yield from (replace(offer, insert=offer.label) for offer in self._labels(dotted=True))

    def _used_files(self) -> Iterator[Offer]:
        path = self.reading.path
        if path is None:
            return
        for other in saved_below([path.parent], most=200):
            if other != path:
                yield Offer(_relative(other, path), What.FILE, rank=1)


def _relative(other: Path, path: Path) -> str:
    return other.relative_to(path.parent).as_posix() if other.is_relative_to(path.parent) else other.name


def _snippets(wanted: dict[str, str]) -> Iterator[Offer]:
    return (Offer(word, What.KEYWORD, KEYWORDS[word], insert, rank=4) for word, insert in wanted.items())


def _operation(name: str) -> Offer:
    signature = operation_signature(name)
    operation = OPERATIONS[name]
    return Offer(
        name,
        What.OPERATION,
        signature.text,
        _called(signature),
        doc=lambda: operation_text(operation),
        rank=4,
    )


def _called(signature: Signature) -> str | None:
    """A call with places for the arguments that must be given; None for one that needs none."""
    required = [a for a in signature.arguments if a.default is None]
    if signature.operands or not required:
        return None
    places = ", ".join(f"${{{i}:{a.name}}}" for i, a in enumerate(required, 1))
    return f"{signature.name}({places})$0"


def _argument(argument: Argument) -> Offer:
    detail = f"= {argument.default}" if argument.default is not None else "must be given"
    doc = f"{argument.takes}; {argument.doc}" if argument.doc and argument.takes else argument.takes
    return Offer(
        f"{argument.name}=", What.ARGUMENT, detail, doc=doc, rank=1 if argument.default is None else 2
    )


def _word(name: str) -> str | None:
    return {"reuse": "reuse($1)$0", "expect": "expect([$1])$0"}.get(name)


def _first_line(reading: Reading, symbol: Symbol) -> str:
    text = reading.text[symbol.whole.start : symbol.whole.end]
    return text.partition("\n")[0].strip()[:80]
