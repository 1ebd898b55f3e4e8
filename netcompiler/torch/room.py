"""Whether this machine has room for a net's weights."""

from __future__ import annotations

import os

import torch

from netcompiler.cost import memory
from netcompiler.graph import Graph

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB", "EB")


def check_room(graph: Graph) -> None:
    """Refuse a net whose weights are larger than the memory of the device that they are made on.

    What would fail after minutes of swapping, or end the process, fails at once so. Where the memory is not
    known nothing is refused.

    Raises MemoryError, with both sizes and a way out.
    """
    device = torch.get_default_device()
    there = _bytes_of(device)
    needed = memory(graph.layers()).parameters
    if there is not None and needed > there:
        raise MemoryError(
            f"the weights of {graph.name} take {_text(needed)} and {device} has {_text(there)}; "
            "module('meta') makes it without weights"
        )


def _bytes_of(device: torch.device) -> int | None:
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    if device.type != "cpu":
        return None
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _text(size: float) -> str:
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.0f} {_UNITS[-1]}"
