"""The answer to each question about a document, in the protocol's types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lsprotocol import types

from netcompiler.diagnostics import SpecError
from netcompiler.lsp.coloring import MODIFIERS, TYPES, color
from netcompiler.lsp.completion import complete
from netcompiler.lsp.hints import Hint, hints
from netcompiler.lsp.hover import hover
from netcompiler.lsp.mending import mends
from netcompiler.lsp.navigation import definitions, highlights, references
from netcompiler.lsp.outline import folds, outline
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.protocol import edits_of, markdown
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.renaming import rename, renamed_at
from netcompiler.lsp.session import SpecServer
from netcompiler.lsp.signatures import signature_at


def _hover(ls: SpecServer, reading: Reading, params: types.HoverParams) -> types.Hover | None:
    found = hover(ls.project, reading, ls.writer.offset(reading, params.position))
    return None if found is None else types.Hover(markdown(found.text), ls.writer.range(reading, found.at))


def _completion(ls: SpecServer, reading: Reading, params: types.CompletionParams) -> types.CompletionList:
    found = complete(ls.project, reading, ls.writer.offset(reading, params.position))
    ls.offers = found.offers
    document = ls.client_capabilities.text_document
    item = document.completion.completion_item if document and document.completion else None
    snippets = bool(item is not None and item.snippet_support)
    items = [
        ls.writer.offer(reading, offer, found.at, number, snippets=snippets)
        for number, offer in enumerate(found.offers)
    ]
    return types.CompletionList(is_incomplete=False, items=items)


def _signature(
    ls: SpecServer, reading: Reading, params: types.SignatureHelpParams
) -> types.SignatureHelp | None:
    found = signature_at(ls.project, reading, ls.writer.offset(reading, params.position))
    if found is None:
        return None
    signature, number = found
    arguments = [
        types.ParameterInformation(a.text, markdown(f"{a.takes}; {a.doc}".strip("; ")))
        for a in signature.arguments
    ]
    # A number beyond the last argument marks none of them.
    active = len(arguments) if number is None else number
    shown = types.SignatureInformation(signature.text, markdown(signature.doc), arguments)
    return types.SignatureHelp([shown], 0, active)


def _definition(ls: SpecServer, reading: Reading, params: types.DefinitionParams) -> list[types.Location]:
    places = definitions(ls.project, reading, ls.writer.offset(reading, params.position))
    return [ls.writer.location(*place) for place in places]


def _references(ls: SpecServer, reading: Reading, params: types.ReferenceParams) -> list[types.Location]:
    offset = ls.writer.offset(reading, params.position)
    declared = params.context.include_declaration
    return [ls.writer.location(*p) for p in references(ls.project, reading, offset, declared=declared)]


def _highlight(
    ls: SpecServer, reading: Reading, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight]:
    found = highlights(ls.project, reading, ls.writer.offset(reading, params.position))
    kinds = {True: types.DocumentHighlightKind.Write, False: types.DocumentHighlightKind.Read}
    return [types.DocumentHighlight(ls.writer.range(reading, o.at), kinds[o.defines]) for o in found]


def place_to_rename(ls: SpecServer, reading: Reading, params: types.PrepareRenameParams) -> types.Range:
    """The name at a place. Raises `RenameError` where there is none that can be changed."""
    found = renamed_at(ls.project, reading, ls.writer.offset(reading, params.position))
    return ls.writer.range(reading, found.at)


def rename_everywhere(ls: SpecServer, reading: Reading, params: types.RenameParams) -> types.WorkspaceEdit:
    """The changes that give a name another one. Raises `RenameError` for one that cannot be given."""
    found = rename(ls.project, reading, ls.writer.offset(reading, params.position), params.new_name)
    return edits_of(
        {
            uri: [types.TextEdit(ls.writer.range(other, place), params.new_name) for place in places]
            for uri, (other, places) in found.items()
        }
    )


def _outline(
    ls: SpecServer, reading: Reading, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol]:
    del params
    return [ls.writer.entry(reading, entry) for entry in outline(reading, ls.project.index(reading))]


def _folding(ls: SpecServer, reading: Reading, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    del ls, params
    kinds = {True: types.FoldingRangeKind.Comment, False: types.FoldingRangeKind.Region}
    return [types.FoldingRange(first, last, kind=kinds[comment]) for first, last, comment in folds(reading)]


def _tokens(ls: SpecServer, reading: Reading, params: types.SemanticTokensParams) -> types.SemanticTokens:
    del params
    words = list(color(reading, ls.project.index(reading)))
    return types.SemanticTokens(ls.writer.tokens(reading, words))


def _formatting(
    ls: SpecServer, reading: Reading, params: types.DocumentFormattingParams
) -> list[types.TextEdit]:
    del params
    from netcompiler.format import format_source

    try:
        text = format_source(reading.source, ls.limits)
    except SpecError:
        # The mistakes are shown already, and what is not understood is left as it is.
        return []
    if text == reading.text:
        return []
    return [types.TextEdit(ls.writer.range(reading, Stretch(0, len(reading.text))), text)]


def _inlay_hints(ls: SpecServer, reading: Reading, params: types.InlayHintParams) -> list[types.InlayHint]:
    first, last = params.range.start.line, params.range.end.line
    findings = ls.project.findings(reading.uri)
    known: dict[int, Hint] = {}
    if findings is not None:
        index = ls.project.index(reading)
        known = {hint.line: hint for hint in hints(reading, index, findings, first, last)}
    lines = range(max(first, 0), min(last + 1, len(reading.lines)))
    stale = set(lines) if findings is None or not findings.complete or reading.wrong else set()
    if findings is not None and findings.reading is not reading:
        stale = set(lines)
    if not stale:
        ls.remembered.note(reading, list(known.values()))
    ls.hints = ls.remembered.fill(reading, known, stale)
    return [
        types.InlayHint(
            ls.writer.position(reading, reading.lines.stretch(hint.line).end),
            hint.text,
            padding_left=True,
            data=number,
        )
        for number, hint in enumerate(ls.hints)
    ]


def _actions(
    ls: SpecServer, reading: Reading, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    findings = ls.project.findings(reading.uri)
    if findings is None or findings.reading is not reading:
        return None
    start = ls.writer.offset(reading, params.range.start)
    end = ls.writer.offset(reading, params.range.end)
    return [
        types.CodeAction(
            mend.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[ls.writer.diagnostic(mend.found, reading, findings)],
            is_preferred=mend.sure,
            edit=edits_of({reading.uri: [types.TextEdit(ls.writer.range(reading, mend.at), mend.text)]}),
        )
        for mend in mends(reading, findings, Stretch(start, end))
    ]


QUESTIONS: dict[str, tuple[Callable[[SpecServer, Reading, Any], object], Any]] = {
    types.TEXT_DOCUMENT_HOVER: (_hover, None),
    types.TEXT_DOCUMENT_COMPLETION: (
        _completion,
        types.CompletionOptions(trigger_characters=[".", "(", "=", '"', ">"], resolve_provider=True),
    ),
    types.TEXT_DOCUMENT_SIGNATURE_HELP: (
        _signature,
        types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=["="]),
    ),
    types.TEXT_DOCUMENT_DEFINITION: (_definition, None),
    types.TEXT_DOCUMENT_REFERENCES: (_references, None),
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: (_highlight, None),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (_outline, None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (_folding, None),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: (
        _tokens,
        types.SemanticTokensLegend(list(TYPES), list(MODIFIERS)),
    ),
    types.TEXT_DOCUMENT_FORMATTING: (_formatting, None),
    types.TEXT_DOCUMENT_INLAY_HINT: (_inlay_hints, types.InlayHintOptions(resolve_provider=True)),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        _actions,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    ),
}
"""What answers each question about a document, and what an editor is told about it at the beginning."""
