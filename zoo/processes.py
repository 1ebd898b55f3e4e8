"""The processes that train together. All that the zoo knows of process groups is here.

Without a group (``torch.distributed`` not initialised) there is one process, of rank 0, and every function
below does what that means. The main process alone writes files and shows progress.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import distributed, nn


def world() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if _together() else 1


def rank() -> int:
    """This process's number among them, from 0."""
    return distributed.get_rank() if _together() else 0


def is_main() -> bool:
    """Whether this is the process that writes and shows."""
    return rank() == 0


def barrier() -> None:
    """Wait until every process is here."""
    if world() > 1:
        distributed.barrier()


def all_sum(numbers: Sequence[float], device: torch.device) -> list[float]:
    """Each number summed over all processes, in double precision; the same on all of them."""
    if world() == 1:
        return list(numbers)
    sums = torch.tensor(numbers, dtype=torch.float64, device=device)
    distributed.all_reduce(sums)
    return [float(number) for number in sums]


def any_of(flag: bool, device: torch.device) -> bool:
    """Whether it is true in any process: how all agree to stop after the same step."""
    return all_sum([float(flag)], device)[0] > 0


def own_share(items: Sequence[Any]) -> Sequence[Any]:
    """This process's part of what all share; every item is in exactly one part."""
    return items[rank() :: world()]


def together(module: nn.Module, device: torch.device) -> nn.Module:
    """The module as it is run in training: its gradients are those of all processes' images."""
    if world() == 1:
        return module
    places = [device.index or 0] if device.type == "cuda" else None
    return nn.parallel.DistributedDataParallel(module, device_ids=places)


def holding(forward: Callable[..., Any], last: bool) -> AbstractContextManager[object]:
    """For each part of a step that is computed in parts: gradients travel with the last one only."""
    if last or not isinstance(forward, nn.parallel.DistributedDataParallel):
        return nullcontext()
    return forward.no_sync()


def _together() -> bool:
    return distributed.is_available() and distributed.is_initialized()
