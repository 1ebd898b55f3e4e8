"""The thread of checks: the newest text wins, and nothing stops it."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Iterator

import pytest

from netcompiler.diagnostics import SpecError
from netcompiler.elaborate.expressions import SHAPE_NAMES
from netcompiler.elaborate.words import WORDS
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.lsp.checking import Checker, Findings
from netcompiler.lsp.files import Files
from netcompiler.lsp.words import KEYWORDS, SHAPES, STEPS
from netcompiler.lsp.worker import Worker
from netcompiler.parse.kinds import KEYWORDS as WORDS_OF_THE_GRAMMAR

SLOW = "block a { relu * 100 }\nblock b { a * 100 }\nnet n {\n  input x [3]\n  b * 2 -> linear(3)\n}\n"
QUICK = "net n {\n  input x [3]\n  linear(3)\n}\n"


class Desk:
    """A worker, and what it has said."""

    def __init__(self) -> None:
        self.files = Files(DEFAULT_LIMITS)
        self.found: queue.Queue[Findings | SpecError] = queue.Queue()
        checker = Checker(self.files, DEFAULT_LIMITS)
        self.worker = Worker(checker, self.found.put, lambda _uri, error: self.found.put(error))
        self.worker.start()

    def write(self, uri: str, text: str, version: int) -> None:
        self.files.put(uri, text, version)
        self.worker.now(uri)

    def next(self) -> Findings:
        """The next complete findings."""
        while True:
            found = self.found.get(timeout=30)
            assert isinstance(found, Findings)
            if found.complete:
                return found


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.worker.stop()


def test_the_newest_text_wins(desk: Desk) -> None:
    for version in range(5):
        desk.write("untitled:a", SLOW + "#" * version, version)
        time.sleep(0.02)
    begun = time.perf_counter()
    desk.write("untitled:a", QUICK, 9)
    assert desk.next().reading.version == 9
    slow = time.perf_counter()
    desk.write("untitled:a", SLOW, 10)
    assert desk.next().reading.version == 10
    # It did not wait for what nobody asks about any more.
    assert slow - begun < time.perf_counter() - slow


def test_what_was_put_off_is_checked_after(desk: Desk) -> None:
    desk.write("untitled:slow", SLOW, 1)
    time.sleep(0.02)
    desk.write("untitled:quick", QUICK, 1)
    assert [desk.next().reading.uri for _ in range(2)] == ["untitled:quick", "untitled:slow"]


def test_a_closed_file_is_not_checked(desk: Desk) -> None:
    desk.write("untitled:slow", SLOW, 1)
    desk.worker.later("untitled:never")
    desk.worker.drop("untitled:never")
    desk.worker.drop("untitled:slow")
    desk.write("untitled:quick", QUICK, 1)
    assert desk.next().reading.uri == "untitled:quick"


def test_a_mistake_of_ours_is_logged_and_the_next_check_runs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = Checker.check

    def check(self: Checker, uri: str, tell: object = None) -> Findings:
        if uri == "untitled:bad":
            raise ZeroDivisionError("a mistake")
        return real(self, uri, tell)  # type: ignore[arg-type]

    monkeypatch.setattr(Checker, "check", check)
    with caplog.at_level(logging.ERROR):
        desk.worker.now("untitled:bad")
        until = time.monotonic() + 30
        while "a mistake" not in caplog.text:
            assert time.monotonic() < until
            time.sleep(0.01)
        desk.write("untitled:good", QUICK, 1)
        assert desk.next().reading.uri == "untitled:good"


def test_a_file_that_cannot_be_read_is_told(desk: Desk) -> None:
    desk.write("untitled:large", "#" * (DEFAULT_LIMITS.source_bytes + 1), 1)
    found = desk.found.get(timeout=30)
    assert isinstance(found, SpecError)
    assert found.diagnostics[0].code == "E103"


def test_every_word_of_the_language_has_a_line() -> None:
    assert KEYWORDS.keys() == set(WORDS_OF_THE_GRAMMAR)
    assert STEPS.keys() == WORDS.keys()
    assert SHAPES.keys() == set(SHAPE_NAMES)
