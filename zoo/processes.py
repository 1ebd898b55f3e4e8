"""What the processes that train together say to each other; how the net itself is shared is ``parallel``'s.

Without a group there is one process, of rank 0, and every function below does what that means. The main
process alone writes files and shows progress. Messages travel by gloo, from CPU to CPU, so that none of them
waits for a GPU.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import distributed

import netcompiler
from zoo import ranks
from zoo.errors import UserError, of_the_system

T = TypeVar("T")

CPU = torch.device("cpu")


class LostError(UserError):
    """Another process ended, or cannot be reached."""


def world() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if _together() else 1


def rank() -> int:
    """This process's number among them, from 0."""
    return distributed.get_rank() if _together() else 0


def is_main() -> bool:
    """Whether this is the process that writes and shows."""
    return rank() == 0


@contextmanager
def joined(device: str, minutes: float) -> Iterator[None]:
    """Within, the processes that torchrun started are one group; nothing where there is one, or a group.

    ``device`` is ``trainer.device``; ``minutes`` is how long they wait for one another.

    Raises:
        UserError: not all of them came.
        LostError: one of them ended on the way.
    """
    if ranks.world() == 1 or _together():
        yield
        return
    _join(device, minutes)
    try:
        yield
    except RuntimeError as error:
        if not is_lost(error):
            raise
        raise LostError(_lost(error, minutes)) from error
    # Not after an error that the others do not share: leaving would wait for them.
    distributed.destroy_process_group()


def all_sum(numbers: Sequence[float]) -> list[float]:
    """Each number summed over all processes, in double precision; the same on all of them."""
    if world() == 1:
        return list(numbers)
    sums = torch.tensor(numbers, dtype=torch.float64)
    distributed.all_reduce(sums)
    summed: list[float] = sums.tolist()
    return summed


def total(sums: torch.Tensor) -> torch.Tensor:
    """A tensor summed over all processes, on the CPU."""
    own = sums.to(CPU)
    if world() > 1:
        distributed.all_reduce(own)
    return own


def gathered(value: T) -> list[T]:
    """Every process's value, in the order of their ranks."""
    if world() == 1:
        return [value]
    values: list[Any] = [None] * world()
    distributed.all_gather_object(values, value)
    return values


def from_main(make: Callable[[], T]) -> T:
    """What the main process makes of it; the others wait, and raise what it raises.

    Raises:
        UserError: it could not be made.
    """
    if world() == 1:
        return make()
    value, error = _tried(make) if is_main() else (None, None)
    box: list[Any] = [(value, error)]
    distributed.broadcast_object_list(box, device=CPU)
    value, error = box[0]
    if error is not None:
        raise _heard(error)
    return value  # type: ignore[no-any-return]


def dealt(make: Callable[[], Iterable[T]]) -> T:
    """What the main process makes for each process, in the order of their ranks: this one's.

    Raises:
        UserError: it could not be made.
    """
    values, error = _tried(make) if is_main() else (None, None)
    agree(error)
    if values is None:
        box: list[Any] = [None]
        distributed.recv_object_list(box, 0, device=CPU)
        return box[0]  # type: ignore[no-any-return]
    mine, *others = values
    for number, other in enumerate(others, 1):
        distributed.send_object_list([other], number, device=CPU)
    return mine


def in_turn(make: Callable[[], T]) -> T:
    """What each process makes of it: first one on each machine, which may leave files there for the others.

    Raises:
        UserError: one of them could not make it.
    """
    first = ranks.local() == 0 or world() == 1
    value, error = _tried(make) if first else (None, None)
    agree(error)
    if not first:
        value, error = _tried(make)
    agree(error)
    return value  # type: ignore[return-value]


@contextmanager
def agreeing() -> Iterator[None]:
    """An error of one process within becomes one of all, so that none waits for another that has given up.

    Raises:
        UserError: that of the first process that has one.
    """
    failed: UserError | None = None
    try:
        yield
    except (UserError, OSError) as error:
        if world() == 1:
            raise
        failed = _told(error)
    agree(failed)


def agree(error: UserError | None) -> None:
    """Raise the error of the first process that has one, in all of them.

    Raises:
        UserError: that.
    """
    if all_sum([error is not None])[0]:
        raise_first(error)


def raise_first(error: UserError | None) -> None:
    """``agree`` where all know already that one of them has an error.

    Raises:
        UserError: that of the first.
    """
    raise _heard(next(each for each in gathered(error) if each is not None))


def is_heard(error: BaseException | None) -> bool:
    """Whether all processes have this error, or that from which it comes; the main one says it."""
    while error is not None:
        if getattr(error, "heard", False):
            return True
        error = error.__cause__
    return world() == 1


def tell(value: object) -> None:
    """From the main process to the others, which wait in ``told``."""
    if world() > 1:
        distributed.broadcast_object_list([value], device=CPU)


def told() -> Any:
    """What the main process tells."""
    box: list[Any] = [None]
    distributed.broadcast_object_list(box, device=CPU)
    return box[0]


def _together() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def _join(device: str, minutes: float) -> None:
    missing = [name for name in ("RANK", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]
    if missing:
        raise UserError(
            f"WORLD_SIZE={ranks.world()} is set, and {', '.join(missing)} is not: start the processes with "
            "torchrun --nproc-per-node N -m zoo train …, or one alone without WORLD_SIZE"
        )
    with_gpus = device != "cpu" and torch.cuda.is_available()
    if with_gpus:  # before NCCL asks which; what trainer.device says is checked in zoo.device
        torch.cuda.set_device(ranks.local() % torch.cuda.device_count())
    backend = "cpu:gloo,cuda:nccl" if with_gpus else "gloo"
    from zoo import rendezvous

    patience = timedelta(minutes=minutes)
    try:
        store = rendezvous.own_store(patience)
        known: dict[str, Any] = (
            {} if store is None else {"store": store, "rank": ranks.rank(), "world_size": ranks.world()}
        )
        distributed.init_process_group(backend, timeout=patience, **known)
    except (RuntimeError, ValueError, OSError) as error:
        where = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
        raise UserError(
            f"Process {ranks.rank()} of {ranks.world()} could not join the others at {where} within "
            f"{minutes:g} minutes (trainer.wait): {_first_line(error)}. Are all of them started?"
        ) from error


def _tried(make: Callable[[], T]) -> tuple[T | None, UserError | None]:
    try:
        return make(), None
    except (UserError, OSError) as error:
        return None, _told(error)


def _told(error: UserError | OSError) -> UserError:
    return error if isinstance(error, UserError) else UserError(of_the_system(error))


def _heard(error: UserError) -> UserError:
    error.heard = True
    return error


def is_lost(error: RuntimeError) -> bool:
    """Whether it comes of another process that has ended, or is silent."""
    if isinstance(error, (distributed.DistError, netcompiler.CommunicationError)):
        return True
    return re.search("gloo|NCCL", str(error)) is not None


def _lost(error: RuntimeError, minutes: float) -> str:
    late = "timed out" in str(error).lower() or "timeout" in str(error).lower()
    # Between placement groups it is known who: "group top (rank 0) lost touch with bottom (rank 1): …".
    told = isinstance(error, netcompiler.CommunicationError)
    who = f" ({str(error).partition(': ')[0]})" if told else ""
    what = (
        f"Another process of this run was silent for {minutes:g} minutes (trainer.wait){who}."
        if late
        else f"Another process of this run has ended{who}; what it or torchrun wrote says why."
    )
    return f"{what} The last checkpoint is whole, and resume=true goes on from it."


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(". ")
