"""The server: which function is called for which message."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.lsp.answers import QUESTIONS, place_to_rename, rename_everywhere
from netcompiler.lsp.outline import search
from netcompiler.lsp.protocol import SYMBOLS, markdown
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.renaming import RenameError
from netcompiler.lsp.session import SpecServer

_T = TypeVar("_T")


def _asked(
    function: Callable[[SpecServer, Reading, Any], _T],
) -> Callable[[SpecServer, Any], Awaitable[_T | None]]:
    """A handler of questions about a document, answered with its newest text; None when it is not known."""

    async def handler(ls: SpecServer, params: Any) -> _T | None:
        def work() -> _T | None:
            reading = ls.project.reading(params.text_document.uri)
            return None if reading is None else function(ls, reading, params)

        return await ls.answer(work)

    return handler


def make_server(limits: Limits = DEFAULT_LIMITS) -> SpecServer:
    """A server that knows all its messages."""
    server = SpecServer(limits)
    for message, (function, options) in QUESTIONS.items():
        server.feature(message, options)(_asked(function))
    _about_names(server)
    _about_details(server)
    _about_texts(server)
    return server


def _about_names(server: SpecServer) -> None:
    """Questions that are refused with a reason, or are not about one document."""

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def on_rename(ls: SpecServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
        return await _or_refused(_asked(rename_everywhere)(ls, params))

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def on_prepare(ls: SpecServer, params: types.PrepareRenameParams) -> types.Range | None:
        return await _or_refused(_asked(place_to_rename)(ls, params))

    @server.feature(types.WORKSPACE_SYMBOL)
    async def on_search(
        ls: SpecServer, params: types.WorkspaceSymbolParams
    ) -> list[types.WorkspaceSymbol] | None:
        def work() -> list[types.WorkspaceSymbol]:
            return [
                types.WorkspaceSymbol(
                    location=ls.writer.location(reading, symbol.at),
                    name=symbol.name,
                    kind=SYMBOLS[symbol.kind],
                    container_name=symbol.inside or ls.project.files.shown(reading.uri),
                )
                for reading, symbol in search(ls.project, params.query)
            ]

        return await ls.answer(work)


def _about_details(server: SpecServer) -> None:
    """What an editor asks about one of the things that it was told last, when somebody looks at it."""

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    async def on_resolve(ls: SpecServer, item: types.CompletionItem) -> types.CompletionItem:
        def work() -> types.CompletionItem:
            number = item.data if isinstance(item.data, int) else -1
            if 0 <= number < len(ls.offers) and ls.offers[number].label == item.label:
                doc = ls.offers[number].doc
                text = doc() if callable(doc) else doc
                item.documentation = markdown(text) if text else None
            return item

        return await ls.answer(work) or item

    @server.feature(types.INLAY_HINT_RESOLVE)
    async def on_resolve_hint(ls: SpecServer, hint: types.InlayHint) -> types.InlayHint:
        def work() -> types.InlayHint:
            number = hint.data if isinstance(hint.data, int) else -1
            if 0 <= number < len(ls.hints) and ls.hints[number].text == hint.label:
                hint.tooltip = markdown(ls.hints[number].more())
            return hint

        return await ls.answer(work) or hint


async def _or_refused(answer: Awaitable[_T]) -> _T:
    """An answer, or the error that tells the editor why there is none."""
    try:
        return await answer
    except RenameError as error:
        raise Refused(str(error)) from None


class Refused(JsonRpcInvalidParams):
    """What the user asked for is not done, for a reason that the editor shows."""


def is_fault(record: logging.LogRecord) -> bool:
    """Whether a line of the log is of a fault: pygls takes a refusal for one."""
    return not (record.exc_info and isinstance(record.exc_info[1], Refused))


def _about_texts(server: SpecServer) -> None:
    """What the editor tells about its texts and folders."""

    @server.feature(types.INITIALIZE)
    def on_begin(ls: SpecServer, params: types.InitializeParams) -> None:
        ls.begin(params)

    @server.feature(types.INITIALIZED)
    async def on_begun(ls: SpecServer, _params: types.InitializedParams) -> None:
        await _watch(ls)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def on_open(ls: SpecServer, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        ls.changed(document.uri, document.text, document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def on_change(ls: SpecServer, params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        ls.changed(uri, ls.workspace.get_text_document(uri).source, params.text_document.version)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def on_close(ls: SpecServer, params: types.DidCloseTextDocumentParams) -> None:
        ls.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def on_saved(ls: SpecServer, _params: types.DidChangeWatchedFilesParams) -> None:
        ls.saved_elsewhere()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def on_save(ls: SpecServer, _params: types.DidSaveTextDocumentParams) -> None:
        ls.saved_elsewhere()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def on_folders(ls: SpecServer, _params: types.DidChangeWorkspaceFoldersParams) -> None:
        ls.set_folders(list(ls.workspace.folders))

    @server.feature(types.SHUTDOWN)
    def on_end(ls: SpecServer, _params: None) -> None:
        ls.worker.stop()
        ls.answers.shutdown(wait=False, cancel_futures=True)


async def _watch(ls: SpecServer) -> None:
    """Ask the editor to tell when a spec is changed on the disk, where it can."""
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    if watching is None or not watching.dynamic_registration:
        return
    specs = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*.net")])
    asked = types.Registration("specs", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, specs)
    await ls.client_register_capability_async(types.RegistrationParams([asked]))


def run(limits: Limits = DEFAULT_LIMITS, log: Path | None = None) -> None:
    """Serve an editor over standard input and output until it says goodbye."""
    written = logging.StreamHandler(sys.stderr) if log is None else logging.FileHandler(log, encoding="utf-8")
    written.addFilter(is_fault)
    logging.basicConfig(handlers=[written], level=logging.WARNING, force=True)
    # The thread of checks looks for garbage when there is time; what is there now is none.
    gc.disable()
    gc.freeze()
    # While a check runs, a question waits for no more than this for its turn.
    sys.setswitchinterval(0.001)
    make_server(limits).start_io()
