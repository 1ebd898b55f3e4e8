"""Times two things in turn and compares them: a ratio holds where two times on a busy machine do not."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
NETC = str(Path(sys.executable).with_name("netc"))


def compare(
    title: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    rounds: int,
    clock: Callable[[], float] = perf_counter,
) -> tuple[float, float]:
    """Runs both once to warm up, then A B B A A B …, and prints the median of the ratios of the pairs.

    Gives the median times.
    """
    ours()
    theirs()
    pairs = [_pair(ours, theirs, clock, ours_first=i % 2 == 0) for i in range(rounds)]
    ratios = sorted(a / b for a, b in pairs)
    a, b = (median(times) for times in zip(*pairs, strict=True))
    print(
        f"{title}: ratio {median(ratios):.3f} ({ratios[0]:.3f}–{ratios[-1]:.3f}, {rounds} pairs);"
        f" medians {a * 1e3:.1f} ms against {b * 1e3:.1f} ms",
        flush=True,
    )
    return a, b


def process(*command: str, quiet: bool = False) -> Callable[[], object]:
    """A whole process, from the start of the program to its end, as something to time.

    ``quiet`` throws away what it says on standard error.
    """
    # As in an installation, modules are compiled once; a shell may say otherwise.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    errors = subprocess.DEVNULL if quiet else None
    return lambda: subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=errors
    )


def seconds(work: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    """The time of one run."""
    start = clock()
    work()
    return clock() - start


def _pair(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    clock: Callable[[], float],
    *,
    ours_first: bool,
) -> Sequence[float]:
    if ours_first:
        return [seconds(ours, clock), seconds(theirs, clock)]
    return [seconds(theirs, clock), seconds(ours, clock)][::-1]
