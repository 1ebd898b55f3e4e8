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
from queue import Queue
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
        self._connections: list[http.client.HTTPConnection] = []
        self._readers: list[threading.Thread] = []

    def ask(self, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        """The answer to a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self._connections.append(connection)
        connection.request(method, path, headers=headers)
        return connection.getresponse()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and text of an answer."""
        answer = self.ask(path, **headers)
        return answer.status, answer.read().decode()

    def net(self, query: str = "") -> dict[str, Any]:
        """What a page is told about a net."""
        found: dict[str, Any] = json.loads(self.get(f"/net{query}")[1])
        return found

    def events(self) -> Events:
        """What a page is told of from now on."""
        answer = self.ask("/events")
        assert answer.headers["Content-Type"] == "text/event-stream"
        events = Events(answer)
        self._readers.append(events.reader)
        return events

    def end(self) -> str:
        """End it, and all that listens to it; gives what it complained about."""
        self.process.kill()
        complaint = self.process.communicate()[1]
        for reader in self._readers:
            reader.join()
        for connection in self._connections:
            connection.close()
        return complaint


class Events:
    """The versions that a page is told of, as they come."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer
        self._found: Queue[str] = Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        with self._answer:
            for line in self._answer:
                if line.startswith(b"data: "):
                    self._found.put(line.removeprefix(b"data: ").decode().strip())

    def next(self, timeout: float = 15) -> str:
        return self._found.get(timeout=timeout)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts `netc serve` at any free port. None of them outlives the test."""
    processes: list[subprocess.Popen[str]] = []
    running: list[Served] = []

    def serve(*arguments: object) -> Served:
        processes.append(start(*arguments))
        running.append(Served(processes[-1]))
        return running[-1]

    yield serve
    complaints = [served.end() for served in running]
    for process in processes:
        process.kill()
        process.wait()
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
