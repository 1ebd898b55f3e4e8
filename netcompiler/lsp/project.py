"""All files that an editor's questions can be about, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import RLock
from weakref import WeakKeyDictionary

from netcompiler import syntax
from netcompiler.diagnostics import SpecError
from netcompiler.limits import Limits
from netcompiler.lsp.checking import Findings
from netcompiler.lsp.files import Files, saved_below, uri_of
from netcompiler.lsp.names import Index, Key, Occurrence, Symbol
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.resolve import resolve


class Project:
    """Open texts, the files that they use, and those saved in the editor's folders. Any thread may ask it.

    Attributes:
        files: the texts.
        folders: the folders that the editor has opened.
    """

    def __init__(self, limits: Limits) -> None:
        self.files = Files(limits)
        self.folders: list[Path] = []
        self._indexes: WeakKeyDictionary[Reading, Index] = WeakKeyDictionary()
        self._findings: dict[str, Findings] = {}
        self._lock = RLock()

    # ---- what was found out ------------------------------------------------------------------

    def note(self, findings: Findings) -> None:
        """Keep what a check found."""
        self._findings[findings.reading.uri] = findings

    def forget(self, uri: str) -> None:
        """Forget what was found about a file that was closed."""
        self._findings.pop(uri, None)

    def findings(self, uri: str) -> Findings | None:
        """What the last check found about a file; its text may have changed since."""
        return self._findings.get(uri)

    def all_findings(self) -> list[Findings]:
        """What the last checks found about all open files."""
        return list(self._findings.values())

    # ---- names -------------------------------------------------------------------------------

    def reading(self, uri: str) -> Reading | None:
        """A file, read; None when it cannot be."""
        try:
            return self.files.reading(uri)
        except SpecError:
            return None

    def index(self, reading: Reading) -> Index:
        """The names of a file."""
        with self._lock:
            found = self._indexes.get(reading)
            if found is None:
                found = self._indexes[reading] = resolve(reading, self.files)
            return found

    def symbols(self, key: Key) -> list[tuple[Reading, Symbol]]:
        """The definitions of a name, in whichever file they stand."""
        key = self.settle(key)
        reading = self.reading(key.uri) if key.uri else None
        if reading is None:
            return []
        return [(reading, symbol) for symbol in self.index(reading).symbols.get(key, ())]

    def symbol(self, key: Key) -> Symbol | None:
        """The definition of a name; the first of several."""
        found = self.symbols(key)
        return found[0][1] if found else None

    def settle(self, key: Key) -> Key:
        """What a key means: a parameter that a variant leaves to its base is the base's."""
        if key.space != "parameter":
            return key
        for _ in range(10):
            symbol = self._definition(key.uri, key.owner)
            if symbol is None or not isinstance(symbol.node, syntax.Variant):
                break
            if any(parameter.name == key.name for parameter in symbol.node.parameters):
                break
            base = self.named(key.uri, symbol.node.base.name)
            if base is None:
                break
            key = Key("parameter", base.uri, base.name, key.name)
        return key

    def named(self, uri: str, name: str) -> Key | None:
        """The block or net that a name stands for in a file."""
        reading = self.reading(uri)
        if reading is None:
            return None
        index = self.index(reading)
        own = Key("definition", uri, "", name)
        return own if own in index.symbols else index.used.get(name)

    def parameters(self, key: Key) -> list[tuple[Symbol, syntax.ParameterOf]]:
        """The parameters that a block or net can be given, those that a variant leaves open included."""
        found: dict[str, tuple[Symbol, syntax.ParameterOf]] = {}
        given: set[str] = set()
        for _ in range(10):
            symbol = self.symbol(key)
            if symbol is None or not isinstance(symbol.node, (syntax.Definition, syntax.Variant)):
                break
            for parameter in symbol.node.parameters:
                if parameter.name not in given:
                    found.setdefault(parameter.name, (symbol, parameter))
            if isinstance(symbol.node, syntax.Definition):
                break
            base = self.named(key.uri, symbol.node.base.name)
            if base is None:
                break
            given |= self._given(symbol.node, base)
            key = base
        return list(found.values())

    def _given(self, variant: syntax.Variant, base: Key) -> set[str]:
        names = [parameter.name for _, parameter in self.parameters_of(base)]
        positional = sum(argument.name is None for argument in variant.arguments)
        return {*names[:positional], *(a.name for a in variant.arguments if a.name is not None)}

    def parameters_of(self, key: Key) -> list[tuple[Symbol, syntax.ParameterOf]]:
        """The parameters of a definition's own line."""
        symbol = self.symbol(key)
        if symbol is None or not isinstance(symbol.node, (syntax.Definition, syntax.Variant)):
            return []
        return [(symbol, parameter) for parameter in symbol.node.parameters]

    def _definition(self, uri: str, name: str) -> Symbol | None:
        reading = self.reading(uri)
        return None if reading is None else self.index(reading).definition(name)

    # ---- many files --------------------------------------------------------------------------

    def readings(self) -> Iterator[Reading]:
        """All files that are known: open ones, what they use, and those saved in the editor's folders."""
        seen: set[str] = set()
        for uri in self._uris():
            if uri not in seen:
                seen.add(uri)
                reading = self.reading(uri)
                if reading is not None:
                    yield reading

    def _uris(self) -> Iterator[str]:
        yield from self.files.open()
        for findings in self.all_findings():
            yield from (reading.uri for reading in findings.files.values())
        for path in saved_below(self.folders):
            yield self.files.uri(path)

    def occurrences(self, key: Key, readings: Iterable[Reading]) -> list[tuple[Reading, Occurrence]]:
        """All places of a name in some files."""
        key = self.settle(key)
        found = []
        for reading in readings:
            for occurrence in self.index(reading).occurrences:
                same = occurrence.key == key or (
                    occurrence.key.name == key.name and self.settle(occurrence.key) == key
                )
                if same:
                    found.append((reading, occurrence))
        return found

    def users(self, uri: str) -> list[str]:
        """Open files that use a file, straight or through others, as their last checks found."""
        return [
            findings.reading.uri
            for findings in self.all_findings()
            if any(uri_of(path) == uri or reading.uri == uri for path, reading in findings.files.items())
        ]
