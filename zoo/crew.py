"""Work shared by processes: each unit is done by one of them, and the results come as they are ready."""

import multiprocessing
import os
import signal
import sys
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from typing import TypeVar, overload

from zoo.errors import UserError

Unit = TypeVar("Unit")
Result = TypeVar("Result")


class Units(Sequence[Unit]):
    """Units that are each made when they are asked for, by ``unit``, so that not all are held at once."""

    @abstractmethod
    def unit(self, index: int) -> Unit:
        """One of them."""

    @overload
    def __getitem__(self, index: int) -> Unit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Unit]: ...
    def __getitem__(self, index: int | slice) -> Unit | Sequence[Unit]:
        if isinstance(index, slice):
            return [self.unit(i) for i in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.unit(index)


def cores() -> int:
    """How many processes can work at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def done(
    work: Callable[[Unit], Result], units: Sequence[Unit], workers: int | None = None
) -> Iterator[tuple[int, Result]]:
    """The number of each unit and what ``work`` gives for it, in the order in which they are ready.

    ``work`` is a function of a module, or a ``functools.partial`` of one. One process is none beside this
    one; without ``workers`` it is as many as there are cores. When the iterator is closed, or this process
    ends in whatever way, no other unit is begun, and processes that are at work end.

    Raises:
        UserError: a process was killed, by lack of memory as a rule.
    """
    count = min(workers or cores(), len(units))
    if count <= 1:
        for number, unit in enumerate(units):
            yield number, work(unit)
        return
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
    from concurrent.futures import wait as first_of
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(count, multiprocessing.get_context(_way()), initializer=_watch)
    running: dict[Future[Result], int] = {}
    following = iter(enumerate(units))
    try:
        while True:
            for number, unit in following:
                running[pool.submit(work, unit)] = number
                if len(running) >= 2 * count:  # no more than is needed for all to be busy
                    break
            if not running:
                return
            for future in first_of(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future.result()
    except BrokenProcessPool as error:
        raise UserError(
            "a process that did a part of the work was killed: too little memory? What is done is kept"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _way() -> str:
    """How processes start: as copies of this one, at once, where it has no threads that a copy would lack."""
    threads = threading.active_count() > 1 or "pyarrow" in sys.modules
    return "fork" if sys.platform == "linux" and not threads else "spawn"


def _watch() -> None:
    """In a process of the crew: Ctrl-C is the first process's to answer, and without it there is no work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_it() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_it, daemon=True).start()
