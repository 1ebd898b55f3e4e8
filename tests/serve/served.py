"""Running `netc serve` as a user does."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

SPEC = """
block unit(n) { conv(n, 3, padding=1) -> relu -> conv(n, 3, padding=1) }
net a(classes=10) {
  input image [3, 32, 32]
  one: unit(8)
  two: unit(8)
  head: linear(classes)
}
"""

Serve = Callable[..., "Served"]


def start(*arguments: object) -> subprocess.Popen[str]:
    """The process; who starts it ends it."""
    return subprocess.Popen(
        [sys.executable, "-m", "netcompiler.cli", "serve", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


class Served:
    """A running `netc serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.line)
        assert found, self.line or process.communicate()
        self.address, self.port = found[0], int(found[1])

    def ask(self, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        """The answer to a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, headers=headers)
        return connection.getresponse()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and text of an answer."""
        with self.ask(path, **headers) as answer:
            return answer.status, answer.read().decode()

    def net(self, query: str = "") -> dict[str, Any]:
        """What a page is told about a net."""
        found: dict[str, Any] = json.loads(self.get(f"/net{query}")[1])
        return found


class Events:
    """The versions that a page is told of, as they come."""

    def __init__(self, served: Served) -> None:
        self._answer = served.ask("/events")
        assert self._answer.headers["Content-Type"] == "text/event-stream"
        self._found: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._answer:
            if line.startswith(b"data: "):
                self._found.put(line.removeprefix(b"data: ").decode().strip())

    def next(self, timeout: float = 15) -> str:
        return self._found.get(timeout=timeout)

    def is_quiet(self, seconds: float) -> bool:
        try:
            self.next(seconds)
        except Empty:
            return True
        return False


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts `netc serve` at any free port. None of them outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def serve(*arguments: object) -> Served:
        started.append(start(*arguments))
        return Served(started[-1])

    yield serve
    complaints = []
    for process in started:
        process.kill()
        complaints.append(process.communicate()[1])
    assert not any(complaints), complaints


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec to be changed."""
    file = tmp_path / "a.net"
    file.write_text(SPEC, encoding="utf-8")
    return file


def replace(file: Path, text: str) -> None:
    """Save as editors do: another file takes the place of the first."""
    other = file.with_suffix(".new")
    other.write_text(text, encoding="utf-8")
    other.replace(file)
