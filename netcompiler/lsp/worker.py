"""The thread that checks files while they are written: the newest text wins."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from threading import Condition, Thread

from netcompiler.diagnostics import SpecError
from netcompiler.lsp.checking import CancelledError, Checker, Findings

logger = logging.getLogger(__name__)

_IDLE = 2.0
"""Seconds without work after which there is time to look for garbage."""

_MOST = 500
"""Checks after which all of it is looked for even where there is no time."""

Found = Callable[[Findings], None]
Failed = Callable[[str, SpecError], None]


class Worker:
    """Checks files in a thread of its own.

    ``found`` is called in that thread with what is known about a file, more than once where a check takes
    long; ``failed`` for a file that cannot be read.
    """

    def __init__(self, checker: Checker, found: Found, failed: Failed) -> None:
        self.checker = checker
        self._found = found
        self._failed = failed
        self._waiting: list[str] = []
        self._running: str | None = None
        self._ended = False
        self._checks = 0
        self._changed = Condition()
        self._thread = Thread(target=self._run, name="check", daemon=True)

    def start(self) -> None:
        """Begin to check."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what it does is left undone."""
        with self._changed:
            self._ended = True
            self._waiting.clear()
            self.checker.cancel()
            self._changed.notify_all()

    def now(self, uri: str) -> None:
        """Check a file before all others: it was changed. What is being checked waits or begins anew."""
        with self._changed:
            if self._running is not None:
                self.checker.cancel()
                self._wait(self._running)
            if uri in self._waiting:
                self._waiting.remove(uri)
            self._waiting.insert(0, uri)
            self._changed.notify_all()

    def later(self, uri: str) -> None:
        """Check a file when there is time: one that it uses was changed."""
        with self._changed:
            if uri == self._running:
                self.checker.cancel()
            self._wait(uri)
            self._changed.notify_all()

    def drop(self, uri: str) -> None:
        """Do not check a file that was closed."""
        with self._changed:
            if uri in self._waiting:
                self._waiting.remove(uri)
            if uri == self._running:
                self.checker.cancel()

    def _wait(self, uri: str) -> None:
        if uri not in self._waiting:
            self._waiting.append(uri)

    def _run(self) -> None:
        while True:
            self._tidy(self._pause())
            with self._changed:
                self._running = None
                while not self._waiting and not self._ended:
                    self._changed.wait()
                if self._ended:
                    return
                self._running = self._waiting.pop(0)
                self.checker.ready()
                uri = self._running
            self._check(uri)
            # Among what is new; that takes no time to speak of.
            gc.collect(1)

    def _pause(self) -> bool:
        """Wait for a moment if there is no work; whether there still is none."""
        with self._changed:
            self._running = None
            if self._waiting or self._ended or not self._checks:
                return False
            return not self._changed.wait(_IDLE)

    def _tidy(self, idle: bool) -> None:
        """Look for all cycles of garbage, an unpleasant stop while somebody types."""
        if self._checks > _MOST or (idle and self._checks):
            gc.collect()
            self._checks = 0

    def _check(self, uri: str) -> None:
        self._checks += 1
        try:
            self._found(self.checker.check(uri, self._found))
        except CancelledError:
            pass
        except SpecError as error:
            self._failed(uri, error)
        except Exception:
            # A mistake of ours costs one answer, never the server.
            logger.exception("check of %s failed", uri)
