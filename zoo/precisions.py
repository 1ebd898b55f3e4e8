"""The number format of the forward and backward pass: ``precision=NAME``."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.options import Named, option
from zoo.registry import Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from torch.amp import GradScaler
    from torch.optim import Optimizer


@dataclass(frozen=True)
class Precision:
    """What a forward pass and its loss run in, and how gradients are made; ``dtype`` None is 32 bits."""

    device: str
    dtype: "torch.dtype | None" = None
    scaler: "GradScaler | None" = None
    """Keeps small gradients from vanishing in 16 bits of range."""

    def context(self) -> AbstractContextManager[object]:
        """For the forward pass and the loss."""
        import torch

        return nullcontext() if self.dtype is None else torch.autocast(self.device, dtype=self.dtype)

    def backward(self, loss: "Tensor") -> None:
        """Add the gradients of a loss to those there are."""
        scaled = loss if self.scaler is None else self.scaler.scale(loss)
        scaled.backward()  # type: ignore[no-untyped-call]

    def step(self, optimizer: "Optimizer", clip: Callable[[], object] | None) -> None:
        """Move the weights, by gradients that ``clip`` has scaled down where they are too large."""
        if self.scaler is not None and clip is not None:
            self.scaler.unscale_(optimizer)
        if clip is not None:
            clip()
        if self.scaler is None:
            optimizer.step()
        else:
            self.scaler.step(optimizer)
            self.scaler.update()

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {} if self.scaler is None else self.scaler.state_dict()

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a ``state``; a run that had another precision left none."""
        if self.scaler is not None and state:
            self.scaler.load_state_dict(state)


PRECISIONS: Registry[Precision] = Registry("precision")
"""Builders get their options and the type of device, ``cpu`` or ``cuda``."""


@dataclass(frozen=True)
class PrecisionOptions(Named):
    """A precision's options derive from this."""


@dataclass(frozen=True)
class Fp16Options(PrecisionOptions):
    """Options of ``precision=fp16``."""

    scale: float = option(
        65536.0, "factor on the loss at first; it halves when a gradient overflows", above=0
    )
    growth_steps: int = option(2000, "steps without an overflow after which the factor doubles", low=1)


@PRECISIONS.register("auto", PrecisionOptions)
def auto(_options: PrecisionOptions, _device: str) -> Precision:
    """bf16 where the device multiplies in it and the net is large enough to gain by it, fp32 elsewhere."""
    raise AssertionError("zoo.fast.settled replaces it, which knows the net")


@PRECISIONS.register("fp32", PrecisionOptions)
def fp32(_options: PrecisionOptions, device: str) -> Precision:
    """Everything in 32 bits."""
    return Precision(device)


@PRECISIONS.register("bf16", PrecisionOptions)
def bf16(_options: PrecisionOptions, device: str) -> Precision:
    """Autocast: convolutions and products in bfloat16; weights, norms and the loss in 32 bits."""
    import torch

    return Precision(device, torch.bfloat16)


@PRECISIONS.register("fp16", Fp16Options)
def fp16(options: Fp16Options, device: str) -> Precision:
    """Autocast in float16, with a scaled loss."""
    import torch
    from torch.amp import GradScaler

    scaler = GradScaler(device, init_scale=options.scale, growth_interval=options.growth_steps)
    return Precision(device, torch.float16, scaler)
