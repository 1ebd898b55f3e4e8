"""Seeing that files have changed, with a clock that does not tick by itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from netcompiler.serve.watch import look, wait_for_change


class Clock:
    """Time passes when someone sleeps, and then things happen to files."""

    def __init__(self, *events: tuple[float, Callable[[], object]]) -> None:
        self.now = 0.0
        self._events = sorted(events, key=lambda event: event[0])

    def sleep(self, seconds: float) -> None:
        assert self.now < 100, "never returned"
        self.now += seconds
        while self._events and self._events[0][0] <= self.now:
            self._events.pop(0)[1]()


def waited(file: Path, *events: tuple[float, Callable[[], object]]) -> float:
    clock = Clock(*events)
    wait_for_change(look([file]), clock.sleep)
    return clock.now


def test_a_change_is_seen_soon(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    assert 5 <= waited(file, (5, lambda: file.write_text("22"))) < 5.5


def test_another_time_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    assert waited(file, (1, lambda: os.utime(file, (1, 1)))) < 1.5


def test_a_file_that_appears(tmp_path: Path) -> None:
    file = tmp_path / "a"
    assert waited(file, (1, lambda: file.write_text("1"))) < 1.5


def test_it_waits_for_a_file_that_is_being_written(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    writes = [(1 + 0.04 * n, lambda n=n: file.write_text("2" * (n + 2))) for n in range(10)]
    assert waited(file, *writes) > 1.36


def test_a_file_that_never_rests_is_read_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    writes = [(1 + 0.02 * n, lambda n=n: file.write_text("2" * (n + 2))) for n in range(1000)]
    assert 2.5 < waited(file, *writes) < 4


def test_a_file_that_is_gone_may_come_back(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    assert 1.5 < waited(file, (1, file.unlink)) < 2.2
    file.write_text("1")
    assert 1.4 < waited(file, (1, file.unlink), (1.4, lambda: file.write_text("1"))) < 1.7


def test_paths_that_cannot_be() -> None:
    assert look([Path("a\0b"), Path("x" * 10_000)]) == {Path("a\0b"): None, Path("x" * 10_000): None}
