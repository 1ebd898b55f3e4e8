"""Ctrl-C and SIGTERM end a run between two steps, when its state is whole."""

import signal
import threading
from types import FrameType
from typing import Self


class Stop:
    """In ``with Stop() as stop``, the first signal only sets ``stop.signal``; a second one ends at once.

    Where several processes train together, their launcher passes on what the terminal has sent them already:
    with ``twice`` a second signal means no more than the first.
    """

    def __init__(self, *, twice: bool = False) -> None:
        self.twice = twice
        self.signal: int | None = None
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in self._taken():
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _taken(self) -> tuple[int, ...]:
        """With what a cluster sends ahead of the end of a job, where something here waits for it."""
        ahead = callable(signal.getsignal(signal.SIGUSR2))
        return (signal.SIGINT, signal.SIGTERM, *((signal.SIGUSR2,) if ahead else ()))

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is not None and not self.twice:
            raise KeyboardInterrupt
        self.signal = number
