"""What a run shows, in a log and in a terminal."""

import io
import sys
from types import SimpleNamespace

import pytest

from zoo.durations import duration
from zoo.history import Row
from zoo.metrics import Tally
from zoo.progress import Bar, Clock, Lines, Notebook, Silent, reporter
from zoo.schedules import Length

ROW = Row(2, 44, 0.05, 0.5, 0.25, 0.0, 0.75, 0.125, 0.01, 1234.4, 1.0, 0.1, 2048.0)


def test_lines_for_a_log() -> None:
    out = io.StringIO()
    shown = reporter("auto", out)
    assert isinstance(shown, Lines)
    shown.begin(Length(30, 10), 10, 10)
    shown.step(2, 11, 0.5, Tally((64, 32.0, 16, 0)), 0.1)
    shown.epoch(ROW, best=True)
    shown.end()
    assert out.getvalue().splitlines() == [
        "    epoch  train loss    error    val loss    error    top-5   images/s  waiting    memory",
        "      2/3      0.5000   25.00%      0.7500   12.50%    1.00%      1,234      10%   2.0 GiB  best",
    ]


def test_a_long_epoch_says_how_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lines, "EVERY", 0.0)
    out = io.StringIO()
    shown = Lines(out)
    shown.begin(Length(30, 10), 0, 10)
    shown.step(1, 1, 0.5, Tally((64, 32.0, 16, 0)), 0.1)
    line = out.getvalue().splitlines()[-1]
    assert line.split()[:3] == ["1/3", "0.5000", "25.00%"]
    assert "images/s" in line
    assert line.endswith(" left")


def test_a_bar_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    shown = reporter("auto", out)
    assert isinstance(shown, Bar)
    shown.say("[not markup]")
    shown.begin(Length(30, 10), 10, 10)
    shown.step(2, 15, 0.5, Tally((64, 32.0, 16, 0)), 0.1)
    shown.progress.refresh()
    shown.epoch(ROW, best=False)
    shown.end()
    text = out.getvalue()
    assert "[not markup]" in text
    shown_parts = ("epoch 2/3", "loss 0.5000", "top-1 error 25.0%", "images/s", "10% waiting", "GiB", "left")
    for part in (*shown_parts, "12.50%"):
        assert part in text
    assert shown.progress.tasks[0].completed == 5


def test_silence() -> None:
    assert isinstance(reporter("none", io.StringIO()), Silent)


def test_time_left_counts_this_session_only(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("zoo.progress.time.monotonic", lambda: now[0])
    clock = Clock(steps=100, done=60)
    now[0] = 110.0
    clock.tick(70, 640)
    assert clock.left(70) == pytest.approx(30)
    assert clock.rate == pytest.approx(64)


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0, 61, 3723)] == ["0:00", "1:01", "1:02:03"]


def test_a_live_line_for_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(Notebook, "EVERY", 0.0)
    out = io.StringIO()
    shown = reporter("auto", out)
    assert isinstance(shown, Notebook)
    shown.begin(Length(30, 10), 0, 10)
    for step in (1, 2):
        shown.step(1, step, 0.5, Tally((64, 32.0, 16, 0)), 0.25)
    shown.epoch(ROW, best=False)
    shown.end()
    # What a notebook shows: of each line, what stands after the last return to its beginning.
    seen = [text.rpartition("\r")[2] for text in out.getvalue().split("\n")]
    assert seen[1].startswith("      2/3      0.5000")
    assert len(seen) == 3, "header, epoch, and an empty line"
    assert out.getvalue().count("25% waiting") == 2
