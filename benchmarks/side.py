"""Two pieces of work in processes of their own, run in turn: what sets up a process cannot share one."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import process_time
from typing import Any

Pause = Callable[[], None]
"""Called by the work after each piece: waits until the next one is asked for."""


class Side:
    """Calling it runs one piece; ``cpu`` is the processor time in seconds that the process has used so far.

    ``work(pause, …)`` is a function of a module: it is found by its name in the other process. ``parent``
    says that it starts processes of its own.
    """

    def __init__(self, work: Callable[..., None], *arguments: Any, parent: bool = False) -> None:
        context = get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, work, *arguments), daemon=not parent)
        self._process.start()
        there.close()
        self.cpu: float = self._here.recv()

    def __call__(self) -> None:
        self.begin()
        self.finish()

    def begin(self) -> None:
        """Ask for a piece; several sides can work on theirs at the same time."""
        self._here.send(None)

    def finish(self) -> None:
        """Wait for the piece."""
        self.cpu = self._here.recv()

    def end(self) -> None:
        """End the process, wherever its work is."""
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, work: Callable[..., None], *arguments: Any) -> None:
    def pause() -> None:
        pipe.send(process_time())
        pipe.recv()

    work(pause, *arguments)
