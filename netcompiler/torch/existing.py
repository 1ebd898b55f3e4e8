"""Devices as users name them, and whether this machine has them."""

from __future__ import annotations

import torch

Device = str | torch.device


def existing(device: Device, use: str) -> torch.device:
    """A device that this machine has; ``use`` says what it is for, in the message.

    Raises:
        ValueError: it is no device, or not there.
    """
    try:
        found = torch.device(device)
    except RuntimeError:
        message = f"{str(device)!r} for {use} is no device: give cpu, cuda, cuda:1 …"
        raise ValueError(message) from None
    if found.type in ("cpu", "meta"):
        return found
    count = _count(found.type)
    if (found.index or 0) >= count:
        kind = found.type.upper()
        have = f"{count} {kind} device{'s' * (count != 1)}" if count else f"no {kind} device"
        raise ValueError(f"there is no {found} for {use}: this machine has {have}, as torch sees it")
    return found


def _count(kind: str) -> int:
    """How many devices of a kind there are."""
    try:
        module = torch.get_device_module(kind)
    except RuntimeError:
        return 0
    available = getattr(module, "is_available", None)
    if available is None or not available():
        return 0
    return int(module.device_count())
