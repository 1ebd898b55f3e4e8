"""What a server knows during an editor's session, and the threads that work for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from netcompiler.diagnostics import SpecError
from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.lsp.checking import Checker, Findings
from netcompiler.lsp.completion import Offer
from netcompiler.lsp.files import path_of
from netcompiler.lsp.hints import Hint, Remembered
from netcompiler.lsp.positions import Units
from netcompiler.lsp.project import Project
from netcompiler.lsp.protocol import Writer
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.renaming import RenameError
from netcompiler.lsp.worker import Worker

logger = logging.getLogger(__name__)

_T = TypeVar("_T")


class SpecServer(LanguageServer):
    """The language server of specs.

    Messages are read in the main thread; questions are answered in one thread, and files are checked in
    another, so that neither a long check nor a hard question keeps the text from being up to date.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(
            "netc", version("netcompiler"), text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self.limits = limits
        self.project = Project(limits)
        self.worker = Worker(Checker(self.project.files, limits), self._found, self._failed)
        self.answers = ThreadPoolExecutor(1, "answer")
        self.remembered = Remembered()
        self.writer = Writer(Units())
        self.offers: tuple[Offer, ...] = ()
        self.hints: list[Hint] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._published: dict[str, dict[str, list[types.Diagnostic]]] = {}

    # ---- the session -------------------------------------------------------------------------

    def begin(self, params: types.InitializeParams) -> None:
        """Get ready for an editor."""
        self._loop = asyncio.get_running_loop()
        encoding = self.workspace.position_encoding
        self.writer = Writer(Units(str(getattr(encoding, "value", encoding) or "utf-16")))
        uris = [folder.uri for folder in params.workspace_folders or ()]
        if not uris and params.root_uri is not None:
            uris = [params.root_uri]
        self.set_folders(uris)
        self.worker.start()

    def set_folders(self, uris: list[str]) -> None:
        """Note the folders that the editor has opened."""
        paths = [path_of(uri) for uri in uris]
        self.project.folders = [path for path in paths if path is not None]

    def changed(self, uri: str, text: str, number: int | None) -> None:
        """Take a text's newest version, and check it and what uses it."""
        self.project.files.put(uri, text, number)
        self.worker.now(uri)
        for user in self.project.users(uri):
            if self.project.files.is_open(user):
                self.worker.later(user)

    def closed(self, uri: str) -> None:
        """Forget a text."""
        self.worker.drop(uri)
        self.project.files.close(uri)
        users = self.project.users(uri)
        self.project.forget(uri)
        self.remembered.forget(uri)
        self.worker.checker.forget(uri)
        self._publish(uri, {})
        for user in users:
            self.worker.later(user)

    def saved_elsewhere(self) -> None:
        """Files were changed on the disk: whatever uses one is checked anew."""
        for findings in self.project.all_findings():
            self.worker.later(findings.reading.uri)

    # ---- what checks find --------------------------------------------------------------------

    def _found(self, findings: Findings) -> None:
        reading = findings.reading
        if not self._is_newest(reading):
            return
        self.project.note(findings)
        found = self.writer.diagnostics(findings)
        self._later(self._tell, findings, found)

    def _failed(self, uri: str, error: SpecError) -> None:
        place = types.Range(types.Position(0, 0), types.Position(0, 0))
        found = [
            types.Diagnostic(place, d.message, severity=types.DiagnosticSeverity.Error, code=d.code)
            for d in error.diagnostics
        ]
        self._later(self._publish, uri, {uri: found})

    def _is_newest(self, reading: Reading) -> bool:
        files = self.project.files
        return files.is_open(reading.uri) and files.version(reading.uri) == reading.version

    def _later(self, function: Callable[..., None], *arguments: object) -> None:
        """Call a function in the main thread, which alone writes to the editor."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    def _tell(self, findings: Findings, found: dict[str, list[types.Diagnostic]]) -> None:
        if self._is_newest(findings.reading):
            self._publish(findings.reading.uri, found)
            if findings.complete and self._can_refresh():
                self.workspace_inlay_hint_refresh(None, callback=lambda _: None)

    def _can_refresh(self) -> bool:
        workspace = self.client_capabilities.workspace
        hint = workspace.inlay_hint if workspace is not None else None
        return bool(hint is not None and hint.refresh_support)

    def _publish(self, origin: str, found: dict[str, list[types.Diagnostic]]) -> None:
        """Tell the editor what the check of ``origin`` has found in each file, beside what others found."""
        for uri in {*self._published.get(origin, {}), *found}:
            others = [kept.get(uri, []) for other, kept in self._published.items() if other != origin]
            mine = found.get(uri, [])
            merged = mine + [d for kept in others for d in kept if d not in mine]
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, merged, self.project.files.version(uri))
            )
        if found:
            self._published[origin] = found
        else:
            self._published.pop(origin, None)

    # ---- answering ---------------------------------------------------------------------------

    async def answer(self, work: Callable[[], _T]) -> _T | None:
        """Do some work in the thread of answers; None when it fails, which is logged."""
        assert self._loop is not None
        return await self._loop.run_in_executor(self.answers, self._safe, work)

    @staticmethod
    def _safe(work: Callable[[], _T]) -> _T | None:
        try:
            return work()
        except RenameError:
            raise
        except Exception:
            # A mistake of ours costs one answer, never the server.
            logger.exception("a question failed")
            return None
