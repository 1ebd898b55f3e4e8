"""What is fastest on a device: chosen where the configuration leaves it open, before anything is built."""

import dataclasses
from typing import TYPE_CHECKING

import torch

import netcompiler
from zoo import allocator
from zoo.precisions import PrecisionOptions

if TYPE_CHECKING:
    from zoo.schema import Config

ENOUGH = 10**7
"""Multiply-accumulates an image from which products in 16 bits save more time than conversions take."""
BF16 = ("avx512_bf16", "amx_bf16")
"""What processors that multiply in bfloat16 say of themselves. ARM's are left out until they are measured."""


def settle(config: "Config", net: netcompiler.Net, device: torch.device) -> tuple["Config", str | None]:
    """The config with what ``precision=auto`` and ``trainer.channels_last=null`` stand for here.

    It depends on the machine and on the net alone, so that the same command gives the same result on one
    machine. With it comes a line that says what was chosen; None where nothing was.
    """
    precision, trainer = config.precision, config.trainer
    found = []
    if precision.name == "auto":
        precision = PrecisionOptions(name="bf16" if gains_by_bf16(net, device) else "fp32")
        found.append(f"precision={precision.name}")
    if trainer.channels_last is None:
        layout = channels_last(net, device, precision.name)
        trainer = dataclasses.replace(trainer, channels_last=layout)
        found.append(f"trainer.channels_last={str(layout).lower()}")
    if device.type == "cpu" and allocator.keep_pages():
        found.append("freed memory is kept")
    line = f"chosen for speed on this machine: {', '.join(found)}" if found else None
    return dataclasses.replace(config, precision=precision, trainer=trainer), line


def gains_by_bf16(net: netcompiler.Net, device: torch.device) -> bool:
    """Whether the net is large enough, and the device multiplies in bfloat16."""
    return net.macs >= ENOUGH and computes_in_bf16(device)


def computes_in_bf16(device: torch.device) -> bool:
    """Whether a device multiplies in bfloat16, and does not only convert to it."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if not hasattr(torch.cpu, "get_capabilities"):  # torch before 2.11
        return False
    found = torch.cpu.get_capabilities()
    with_onednn: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return with_onednn and any(found.get(name) for name in BF16)


def channels_last(net: netcompiler.Net, device: torch.device, precision: str) -> bool:
    """Whether pixels' channels should lie side by side: for convolutions in two dimensions.

    On a GPU that pays in 16 bits alone.
    """
    convolves = any(len(shape) == 4 for layer in net.layers for shape in layer.weights.values())
    return convolves and (device.type == "cpu" or precision != "fp32")
