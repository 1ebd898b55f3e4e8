"""A client of the language server that tests and benchmarks talk through: a real session over stdio."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

WAIT = 30.0
"""Seconds after which an answer that does not come is a failure."""


class Session:
    """A server in a process of its own, and a client that waits for its answers.

    Attributes:
        answer: what the server said of itself at the beginning.
        published: every message of diagnostics, in order.
        messages: what the server has shown to the user.
        registered: what the server has asked to be told.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.published: list[types.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self.registered: list[str] = []
        self._news = threading.Condition()
        self._complete = self._seen = 0
        self._versions: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.client = LanguageClient("tests", "1")
        self._listen()
        self._run(self.client.start_io(sys.executable, "-m", "netcompiler.cli", "lsp", "--stdio"))
        self.answer: types.InitializeResult = self.ask(
            types.INITIALIZE, types.InitializeParams(capabilities=_capabilities(), root_uri=folder.as_uri())
        )
        self.tell(types.INITIALIZED, types.InitializedParams())

    def _listen(self) -> None:
        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def on_published(params: types.PublishDiagnosticsParams) -> None:
            with self._news:
                self.published.append(params)
                self._news.notify_all()

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)
        def on_message(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def on_register(params: types.RegistrationParams) -> None:
            with self._news:
                self.registered += [registration.method for registration in params.registrations]
                self._news.notify_all()

        @self.client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
        def on_refresh(_params: None) -> None:
            with self._news:
                self._complete += 1
                self._news.notify_all()

    # ---- messages

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT)

    def ask(self, method: str, params: Any) -> Any:
        """The answer to a request. Raises what the server refuses it with."""

        async def send() -> Any:
            return await self.client.protocol.send_request_async(method, params)

        return self._run(send())

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        done: Future[None] = Future()

        def send() -> None:
            self.client.protocol.notify(method, params)
            done.set_result(None)

        self._loop.call_soon_threadsafe(send)
        done.result(WAIT)

    # ---- texts

    def uri(self, name: str) -> str:
        """What the editor calls a file of the folder."""
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> str:
        """Open a file of the folder, with its saved text or another one; gives its URI."""
        uri = self.uri(name)
        content = (self.folder / name).read_text(encoding="utf-8") if text is None else text
        self._versions[uri] = 1
        self._seen = self._complete
        item = types.TextDocumentItem(uri, "net", 1, content)
        self.tell(types.TEXT_DOCUMENT_DID_OPEN, types.DidOpenTextDocumentParams(item))
        return uri

    def write(self, uri: str, text: str) -> int:
        """Replace an open file's text; gives the new version."""
        number = self._versions[uri] = self._versions[uri] + 1
        self.tell(
            types.TEXT_DOCUMENT_DID_CHANGE,
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(number, uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            ),
        )
        return number

    def close(self, uri: str) -> None:
        """Close a file."""
        identifier = types.TextDocumentIdentifier(uri)
        self.tell(types.TEXT_DOCUMENT_DID_CLOSE, types.DidCloseTextDocumentParams(identifier))

    def wait_for(
        self, uri: str, right: Callable[[list[types.Diagnostic]], bool], version: int | None = None
    ) -> list[types.Diagnostic]:
        """The diagnostics of a file once they are as expected, of its version if one is given."""

        def find() -> list[types.Diagnostic] | None:
            last = next((p for p in reversed(self.published) if p.uri == uri), None)
            if last is None or (version is not None and last.version != version):
                return None
            return list(last.diagnostics) if right(list(last.diagnostics)) else None

        with self._news:
            came = self._news.wait_for(lambda: find() is not None, WAIT)
            last = [p for p in self.published if p.uri == uri][-3:]
            assert came, f"no such diagnostics of {uri}: {last}"
            found = find()
            assert found is not None
            return found

    def checked(self, uri: str, right: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        """The diagnostics of the file opened last, once its check is complete and they are as expected."""
        with self._news:
            came = self._news.wait_for(lambda: self._complete > self._seen, WAIT)
            self._seen = self._complete
            assert came, f"{uri} was not checked"
        return self.wait_for(uri, right)

    def timed(self, uri: str, text: str) -> tuple[float, float]:
        """Replace an open file's text; when its first diagnostics came, and when they were complete."""
        self._seen = self._complete
        number = self.write(uri, text)

        def told() -> bool:
            return any(p.uri == uri and p.version == number for p in reversed(self.published[-4:]))

        with self._news:
            assert self._news.wait_for(told, WAIT)
            first = time.perf_counter()
            assert self._news.wait_for(lambda: self._complete > self._seen, WAIT)
            return first, time.perf_counter()

    # ---- questions about a place

    def place(self, uri: str, position: types.Position) -> dict[str, Any]:
        """The parameters of a question about a place."""
        return {"text_document": types.TextDocumentIdentifier(uri), "position": position}

    def end(self) -> int:
        """Say goodbye; gives the server's exit code."""
        self.ask(types.SHUTDOWN, None)
        self.tell(types.EXIT, None)
        process = self.client._server
        assert process is not None
        code: int = self._run(asyncio.wait_for(process.wait(), WAIT))
        self._run(self.client.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT)
        self._loop.close()
        return code


def at(text: str, mark: str, after: int = 0) -> types.Position:
    """The place ``after`` characters behind the beginning of ``mark``, which the text has once."""
    assert text.count(mark) == 1, f"{mark!r} is there {text.count(mark)} times"
    before = text[: text.index(mark) + after]
    line = before.count("\n")
    column = before.rpartition("\n")[2]
    return types.Position(line, len(column.encode("utf-16-le")) // 2)


def applied(text: str, edits: list[types.TextEdit]) -> str:
    """A text with an editor's changes made, counted in UTF-16 as the protocol says."""
    lines = text.split("\n")

    def offset(position: types.Position) -> int:
        line = lines[position.line]
        units = line.encode("utf-16-le")[: 2 * position.character]
        start = sum(len(earlier) + 1 for earlier in lines[: position.line])
        return start + len(units.decode("utf-16-le"))

    for edit in sorted(edits, key=lambda e: offset(e.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text


def _capabilities() -> types.ClientCapabilities:
    item = types.ClientCompletionItemOptions(snippet_support=True)
    return types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(
            completion=types.CompletionClientCapabilities(completion_item=item),
            document_symbol=types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True),
        ),
        workspace=types.WorkspaceClientCapabilities(
            inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        ),
    )
