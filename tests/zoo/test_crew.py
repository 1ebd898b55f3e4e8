"""Work shared by processes, and how far it is."""

import io
import math
import os
import sys

import pytest

from zoo import crew, work_bar
from zoo.errors import UserError
from zoo.work_bar import WorkBar, gigabytes


@pytest.mark.parametrize("workers", [1, 2])
def test_every_unit_is_done_once(workers: int) -> None:
    units = [float(i * i) for i in range(50)]
    assert dict(crew.done(math.sqrt, units, workers)) == {i: float(i) for i in range(50)}


def test_no_units_at_all() -> None:
    assert list(crew.done(math.sqrt, [], 2)) == []


def test_what_a_unit_raises_comes_out_and_the_rest_is_left() -> None:
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        list(crew.done(math.sqrt, [1.0, -1.0, *map(float, range(100))], 2))


def test_a_process_that_is_killed() -> None:
    with pytest.raises(UserError, match="was killed: too little memory"):
        list(crew.done(os._exit, [9, 9, 9], 2))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(work_bar.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(sys, "stderr", Terminal())
    with WorkBar("shards:", 4000, "images", done=1000) as bar:
        clock[0] = 110.0
        bar.add(1000)
        shown = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert (
        shown == "\rshards: [██████████          ]  50% 2,000 of 4,000 images, 100 a second, 0:20 left\033[K"
    )
    assert sys.stderr.getvalue().endswith("\r\033[K")  # type: ignore[attr-defined]


def test_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(work_bar.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with WorkBar("checking x:", 3 * 10**9, "", show=gigabytes) as bar:
        for seconds in (10.0, 31.0, 40.0):
            clock[0] = seconds
            bar.add(5 * 10**8)
    assert sys.stderr.getvalue() == "checking x:  33% 1.0 GB of 3.0 GB , 32.3 MB a second, 1:02 left\n"  # type: ignore[attr-defined]


def test_units_say_what_one_is() -> None:
    with pytest.raises(TypeError, match="abstract"):
        crew.Units()  # type: ignore[abstract]
