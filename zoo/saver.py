"""Checkpoints written while training goes on.

What is written is a copy, made between two steps, so that when it is written does not change what it holds.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any

from torch import Tensor

from zoo import checkpoint
from zoo.checkpoint import Position, SaveError


class Saver:
    """Writes the checkpoints of one run, one after the other.

    A disk that is full does not end a training run: the checkpoint before stays, ``say`` is told, and the
    next checkpoint is tried. ``close`` is where it becomes an error.
    """

    def __init__(self, folder: Path, say: Callable[[str], None], *, background: bool) -> None:
        self.folder = folder
        self.say = say
        self._thread = ThreadPoolExecutor(1, "checkpoint") if background else None
        self._pending: list[tuple[str, Future[None]]] = []
        self._failed: dict[str, SaveError] = {}

    def last(
        self,
        weights: Mapping[str, Tensor],
        state: dict[str, Any],
        position: Position,
        about: Mapping[str, Any],
    ) -> None:
        """Save the state of the run, as ``checkpoint.save_last`` does."""
        self._write("last", checkpoint.save_last, self.folder, weights, state, position, about)

    def best(self, weights: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
        """Save the best weights, as ``checkpoint.save_best`` does."""
        self._write("best", checkpoint.save_best, self.folder, weights, about)

    def wait(self) -> None:
        """Until everything is on the disk; failures are told."""
        for what, future in self._pending:
            try:
                future.result()
            except SaveError as error:
                self._note(what, error)
            else:
                self._failed.pop(what, None)
        self._pending.clear()

    def close(self) -> None:
        """Wait, and end.

        Raises:
            SaveError: the newest checkpoint of a kind could not be written.
        """
        self.wait()
        if self._thread is not None:
            self._thread.shutdown()
        for what, error in self._failed.items():
            raise SaveError(
                f"{self.folder}: the checkpoint `{what}` could not be written: {error}. The one before it is "
                "whole; make room, and resume=true goes on from there."
            )

    def _write(self, what: str, write: Callable[..., None], *arguments: Any) -> None:
        self.wait()  # one at a time: memory for one copy, and errors in their order
        if self._thread is not None:
            self._pending.append((what, self._thread.submit(write, *map(_copied, arguments))))
            return
        try:
            write(*arguments)
        except SaveError as error:
            self._note(what, error)
        else:
            self._failed.pop(what, None)

    def _note(self, what: str, error: SaveError) -> None:
        if what not in self._failed:
            self.say(
                f"{self.folder}: the checkpoint `{what}` could not be written: {error}. Training goes on, "
                "and the next one will be tried; the one before is whole"
            )
        self._failed[what] = error


def _copied(value: Any) -> Any:
    """Tensors on the CPU in memory of their own, and copies of what holds them."""
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, Mapping):
        return {key: _copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copied(inner) for inner in value]
    return deepcopy(value)
