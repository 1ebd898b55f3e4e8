"""Runs of `netc` with a clock and limits, without starting Python for each."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What a run gave and took.

    Attributes:
        code: its exit code; negative for the signal that ended it.
        seconds: processor time.
        bytes: the most memory that it had.
    """

    code: int
    seconds: float
    bytes: int
    out: str
    err: str


class Runner:
    """A process that runs `netc` again and again, each time in a fork of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def run(self, folder: Path, *arguments: str, seconds: float = 30) -> Run:
        """Run `netc` in a folder; ended after so many seconds on the clock."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"arguments": arguments, "folder": str(folder), "seconds": seconds}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return Run(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)
