"""``trainer.processes``: a signal that comes while the processes are still starting."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.zoo.group import Group, started

TRAIN = [sys.executable, "-m", "zoo", "train", "trainer.processes=2", "data=fake", "model=lenet", "name=a"]


def members(group: Group) -> list[int]:
    """The processes that train, not yet or already."""
    found = []
    for pid in group.all():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        found += [pid] if b"zoo.member" in words else []
    return found


def gone(pids: list[int]) -> bool:
    """Whether none of them is there; one that nobody has waited for is."""
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            return False
    return True


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_signal_while_they_start_leaves_one_line_and_no_processes(sent: signal.Signals) -> None:
    with started(TRAIN) as group:
        group.wait_for(lambda: len(members(group)) == 2)
        there = members(group)
        os.kill(group.processes[0].pid, sent)
        (code, out, err) = group.ended()[0]
        end = time.monotonic() + 60
        while not gone(there):
            assert time.monotonic() < end, "they outlive their launcher"
            time.sleep(0.05)
    assert out == ""
    if sent == signal.SIGKILL:
        assert (code, err) == (-9, "")
    else:
        assert code == 128 + sent
        assert err == "zoo: Stopped while the processes were starting; there was nothing to save yet.\n"
