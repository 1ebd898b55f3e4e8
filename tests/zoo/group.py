"""Real processes for tests, on this machine alone; none outlives its test."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

MEMBER = Path(__file__).with_name("members.py")
LONGEST = 120.0
"""Seconds after which a test gives up on its processes."""


def free_port() -> int:
    """One that nothing listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Group:
    """Processes and what they wrote; torchrun's are in sessions of their own, so they are looked up."""

    def __init__(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        self.processes = processes
        self._ever: set[int] = set()

    def wait_for(self, what: Callable[[], object]) -> None:
        """Until it is so, or one has ended."""
        end = time.monotonic() + LONGEST
        while not what() and all(process.poll() is None for process in self.processes):
            assert time.monotonic() < end, "it takes too long"
            self.all()
            time.sleep(0.005)

    def ended(self) -> list[tuple[int, str, str]]:
        """The exit code, output and errors of each, when all have ended."""
        said = [process.communicate(timeout=LONGEST) for process in self.processes]
        return [(process.returncode, *text) for process, text in zip(self.processes, said, strict=True)]

    def all(self) -> set[int]:
        """The processes and everything that they started."""
        found = {process.pid for process in self.processes}
        parents = dict(_parents())
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        self._ever |= found
        return found

    def kill(self) -> None:
        """All of them at once."""
        for pid in self.all() | {pid for pid in self._ever if self._alive(pid)}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.processes:
            process.communicate()

    def _alive(self, pid: int) -> bool:
        """Of those started here: a number that the system has given to another program is not."""
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return b"members.py" in words or b"zoo" in words


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:
            continue
        yield int(path.parent.name), int(text.rpartition(")")[2].split()[1])


@contextmanager
def started(*commands: Sequence[str], env: dict[str, str] | None = None) -> Iterator[Group]:
    """The commands' processes, killed with all that they started when the test is done."""
    everything = {**os.environ, "OMP_NUM_THREADS": "1", **(env or {})}
    group = Group(
        [
            subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**everything, **({} if number is None else {"RANK": str(number)})},
            )
            for number, command in _numbered(commands, env)
        ]
    )
    try:
        yield group
    finally:
        group.kill()


def _numbered(
    commands: Sequence[Sequence[str]], env: dict[str, str] | None
) -> Iterator[tuple[int | None, Sequence[str]]]:
    ranked = env is not None and "WORLD_SIZE" in env
    return ((number if ranked else None, command) for number, command in enumerate(commands))


Run = tuple[Sequence[str], int | None]
"""Overrides, and the step after which a signal stops the run."""


def member(log: Path, *runs: Run) -> list[str]:
    """The command that makes the runs, as one of several processes."""
    return [sys.executable, str(MEMBER), str(log), *(json.dumps([list(run), stop]) for run, stop in runs)]


@contextmanager
def together(command: Sequence[str], count: int = 2) -> Iterator[Group]:
    """A command in processes that find one another as torchrun's do."""
    env = {"WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    with started(*[command] * count, env=env) as group:
        yield group


@contextmanager
def torchrun(*words: str, count: int = 2) -> Iterator[Group]:
    """``torchrun --nproc-per-node COUNT WORDS``."""
    head = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
    with started([*head, *words]) as group:
        yield group


def noted(log: Path) -> dict[str, dict[int | str, float | str]]:
    """What members wrote, by the run's name and the step (or the word error)."""
    found: dict[str, dict[int | str, float | str]] = {}
    for line in log.read_text().splitlines() if log.exists() else ():
        name, step, loss = json.loads(line)
        found.setdefault(name, {})[step] = loss
    return found
