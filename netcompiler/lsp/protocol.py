"""From what is known to the protocol's own types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from lsprotocol import types

from netcompiler.diagnostics import CODES, Diagnostic
from netcompiler.lsp.checking import Findings
from netcompiler.lsp.coloring import MODIFIERS, TYPES, Colored
from netcompiler.lsp.completion import Offer, What
from netcompiler.lsp.names import Kind
from netcompiler.lsp.outline import Entry
from netcompiler.lsp.positions import Position, Stretch, Units
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.words import page_link
from netcompiler.source import Span

SOURCE = "netc"
"""What editors call the one who found a mistake."""

_UNUSED = re.compile(r"never (used|read|runs?)\b|can never run|unused")

ICONS = {
    What.OPERATION: types.CompletionItemKind.Function,
    What.BLOCK: types.CompletionItemKind.Class,
    What.NET: types.CompletionItemKind.Module,
    What.ARGUMENT: types.CompletionItemKind.Field,
    What.VARIABLE: types.CompletionItemKind.Variable,
    What.LABEL: types.CompletionItemKind.Property,
    What.GROUP: types.CompletionItemKind.Unit,
    What.ATTRIBUTE: types.CompletionItemKind.Property,
    What.KEYWORD: types.CompletionItemKind.Keyword,
    What.FUNCTION: types.CompletionItemKind.Function,
    What.CONSTANT: types.CompletionItemKind.Constant,
    What.FILE: types.CompletionItemKind.File,
}

SYMBOLS = {
    Kind.NET: types.SymbolKind.Module,
    Kind.BLOCK: types.SymbolKind.Class,
    Kind.LABEL: types.SymbolKind.Field,
    Kind.INPUT: types.SymbolKind.Property,
    Kind.VARIABLE: types.SymbolKind.Constant,
}


class Writer:
    """Writes places as the editor counts them."""

    def __init__(self, units: Units) -> None:
        self.units = units

    # ---- places ------------------------------------------------------------------------------

    def position(self, reading: Reading, offset: int) -> types.Position:
        """A character's place."""
        return types.Position(*reading.lines.position(offset, self.units))

    def range(self, reading: Reading, stretch: Stretch) -> types.Range:
        """A stretch's place."""
        return types.Range(self.position(reading, stretch.start), self.position(reading, stretch.end))

    def location(self, reading: Reading, stretch: Stretch) -> types.Location:
        """A stretch of a file."""
        return types.Location(reading.uri, self.range(reading, stretch))

    def offset(self, reading: Reading, position: types.Position) -> int:
        """The character at a place."""
        return reading.lines.offset(Position(position.line, position.character), self.units)

    # ---- diagnostics -------------------------------------------------------------------------

    def diagnostics(self, findings: Findings) -> dict[str, list[types.Diagnostic]]:
        """What is wrong, by the file that it stands in; the checked file is always there."""
        found: dict[str, list[types.Diagnostic]] = {findings.reading.uri: []}
        for diagnostic in findings.diagnostics:
            owner = findings.reading if diagnostic.span is None else findings.owner(diagnostic.span.source)
            owner = owner or findings.reading
            found.setdefault(owner.uri, []).append(self.diagnostic(diagnostic, owner, findings))
        return found

    def diagnostic(self, found: Diagnostic, owner: Reading, findings: Findings) -> types.Diagnostic:
        """One thing that is wrong."""
        place = Stretch(0, 0) if found.span is None else owner.stretch(found.span)
        link = page_link("errors.md", found.code)
        error = found.severity == "error"
        return types.Diagnostic(
            range=self.range(owner, place),
            message=message_of(found),
            severity=types.DiagnosticSeverity.Error if error else types.DiagnosticSeverity.Warning,
            code=found.code,
            code_description=None if link is None else types.CodeDescription(link),
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if not error and is_unused(found.code) else None,
            related_information=self._related(found, findings) or None,
        )

    def _related(self, found: Diagnostic, findings: Findings) -> list[types.DiagnosticRelatedInformation]:
        related = []
        for label in found.labels:
            location = self._location(label.span, findings)
            if location is not None:
                related.append(types.DiagnosticRelatedInformation(location, label.text))
        return related

    def _location(self, span: Span, findings: Findings) -> types.Location | None:
        owner = findings.owner(span.source)
        return None if owner is None else self.location(owner, owner.stretch(span))

    # ---- other answers -----------------------------------------------------------------------

    def entry(self, reading: Reading, entry: Entry) -> types.DocumentSymbol:
        """A line of the outline with what is below it."""
        return types.DocumentSymbol(
            name=entry.name or "?",
            kind=SYMBOLS[entry.kind],
            range=self.range(reading, entry.whole),
            selection_range=self.range(reading, entry.at),
            detail=entry.detail,
            children=[self.entry(reading, child) for child in entry.children],
        )

    def tokens(self, reading: Reading, words: list[Colored]) -> list[int]:
        """Coloured words as the protocol packs them: each place relative to the one before."""
        data: list[int] = []
        line = column = 0
        for word in words:
            at = self.position(reading, word.at.start)
            length = self.units.count(reading.text[word.at.start : word.at.end])
            bits = sum(1 << MODIFIERS.index(modifier) for modifier in word.modifiers)
            since = at.character - column if at.line == line else at.character
            data += [at.line - line, since, length, TYPES.index(word.type), bits]
            line, column = at.line, at.character
        return data

    def offer(
        self, reading: Reading, offer: Offer, at: Stretch, number: int, *, snippets: bool
    ) -> types.CompletionItem:
        """One thing to write; what is written in full about it is asked for by its number."""
        insert = offer.insert if offer.insert is not None else offer.label
        filled = "$" in insert
        text = insert if snippets else plain(insert)
        return types.CompletionItem(
            label=offer.label,
            kind=ICONS[offer.what],
            detail=offer.detail or None,
            sort_text=f"{offer.rank}{offer.label}",
            text_edit=types.TextEdit(self.range(reading, at), text),
            insert_text_format=types.InsertTextFormat.Snippet if filled and snippets else None,
            data=number,
        )


_FIELD = re.compile(r"\$\{\d+:([^}]*)\}|\$\d+")


def plain(insert: str) -> str:
    """A text with places to fill in, for an editor that has none: empty brackets, no names."""
    return _FIELD.sub(lambda match: match.group(1) or "", insert)


def message_of(found: Diagnostic) -> str:
    """A diagnostic's text: the sentence, the facts, the help, a line each."""
    lines = [found.message]
    if found.label:
        lines.append(found.label)
    lines += found.notes
    if found.help is not None:
        lines.append(f"help: {found.help}")
    return "\n".join(lines)


@cache
def is_unused(code: str) -> bool:
    """Whether a warning says that something could go, so that editors show it faded."""
    return _UNUSED.search(CODES.get(code, "")) is not None


def markdown(text: str) -> types.MarkupContent:
    """Markdown for the editor."""
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def edits_of(changes: Mapping[str, list[types.TextEdit]]) -> types.WorkspaceEdit:
    """Changes of several files."""
    return types.WorkspaceEdit(changes=changes)
