"""Seeing that files have changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_PERIOD = 0.2
"""Seconds between two looks."""

_SETTLED = 0.05
"""Files that stay as they are for so many seconds have been written whole."""

_PATIENCE = 0.6
"""How long a file may be gone, in seconds, before it is taken for deleted: editors take it away first."""

_LONGEST = 2.0
"""How long files may go on changing, in seconds, before they are read all the same."""

State = tuple[int, int, int] | None
"""What changes when a file is written: when it was, its size, and which file it is. None for no file."""


def look(files: Iterable[Path]) -> dict[Path, State]:
    """The states of some files."""
    return {file: _state(file) for file in files}


def _state(file: Path) -> State:
    try:
        found = os.stat(file)  # noqa: PTH116  (a path with a NUL in it is a ValueError here and there)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def wait_for_change(seen: dict[Path, State], sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until files are not in these states, and what has been written is written whole."""
    while look(seen) == seen:
        sleep(_PERIOD)
    waited = 0.0
    last = look(seen)
    while True:
        sleep(_SETTLED)
        waited += _SETTLED
        now = look(seen)
        gone = any(now[file] is None and state is not None for file, state in seen.items())
        if (now == last and (not gone or waited >= _PATIENCE)) or waited >= _LONGEST:
            return
        last = now
