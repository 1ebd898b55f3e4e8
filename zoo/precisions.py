"""The number format of the forward and backward pass: ``precision=NAME``."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from zoo.options import Named
from zoo.registry import Registry

Precision = Callable[[], AbstractContextManager[object]]
"""Makes the context that a forward pass and its loss run in."""

PRECISIONS: Registry[Precision] = Registry("precision")


@dataclass(frozen=True)
class PrecisionOptions(Named):
    """A precision has no options yet."""


@PRECISIONS.register("fp32", PrecisionOptions)
def fp32(_options: PrecisionOptions, _device: str) -> Precision:
    """Everything in 32 bits."""
    return nullcontext


@PRECISIONS.register("bf16", PrecisionOptions)
def bf16(_options: PrecisionOptions, device: str) -> Precision:
    """Autocast: convolutions and products in bfloat16; weights, norms and the loss in 32 bits."""
    import torch

    return lambda: torch.autocast(device, dtype=torch.bfloat16)
