"""What travels between stages, before anything does: shapes, memory layouts and types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call

from netcompiler.torch.pipelining.stage import StageModule


@dataclass(frozen=True, slots=True)
class Format:
    """All of a tensor but its numbers.

    Attributes:
        channels_last: True when it travels with its channels as the last dimension, and they belong second.
    """

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype
    requires_grad: bool
    channels_last: bool = False

    @classmethod
    def of(cls, tensor: Tensor, channels_last: bool = False) -> Format:
        """The format of a tensor."""
        return cls(tuple(tensor.shape), tensor.stride(), tensor.dtype, tensor.requires_grad, channels_last)

    def empty(self, device: torch.device | str = "meta") -> Tensor:
        """A tensor of this format, its numbers left open."""
        return torch.empty_strided(
            self.shape, self.stride, dtype=self.dtype, device=device, requires_grad=self.requires_grad
        )


Formats = tuple[Format, ...]


def trace(
    modules: Mapping[int, StageModule],
    count: int,
    inputs: Formats,
    group: dist.ProcessGroup,
    device: torch.device,
) -> list[Formats]:
    """What each stage takes, and what the last one gives: ``count + 1`` lists, the same on every process.

    The stages are run in order without computing anything, on tensors without numbers, each by its own
    process and as it is now: in its mode, under its autocast. Buffers and random numbers stay as they are;
    were the first micro-batch run for this, as torch does it, batch norms would see it twice.

    Args:
        modules: this process's stages by number.
        count: how many stages there are.
        inputs: one micro-batch of the net's inputs; used where stage 0 is.
        group: the processes of the pipeline; stage i is on process i modulo their number.
        device: where this process's stages are.

    Raises:
        RuntimeError: a stage cannot take what arrives; raised on every process.
    """
    formats = [inputs]
    for number in range(count):
        found: list[object] = [None]
        if number in modules:
            found = [_run(modules[number], formats[-1], device)]
        owner = dist.get_global_rank(group, number % dist.get_world_size(group))
        dist.broadcast_object_list(found, src=owner, group=group, device=device)
        if not isinstance(found[0], tuple):
            raise RuntimeError(f"stage {number} of the pipeline cannot take its values: {found[0]}")
        formats.append(found[0])
    return formats


def _run(module: StageModule, inputs: Formats, device: torch.device) -> Formats | str:
    module.expect([format.channels_last for format in inputs])
    try:
        with FakeTensorMode(allow_non_fake_inputs=True), _uncached_autocast(device.type):
            buffers = {name: torch.empty_like(buffer) for name, buffer in module.named_buffers()}
            outputs = functional_call(module, buffers, tuple(format.empty(device) for format in inputs))
    except Exception as error:  # noqa: BLE001  the other processes wait: they are told, and all of them raise
        return f"{type(error).__name__}: {error}"
    return tuple(map(Format.of, outputs, module.leaves or (False,) * len(outputs)))


def _uncached_autocast(device: str) -> torch.autocast:
    """Autocast as it is, without keeping weights that have been cast: real layers would find them again."""
    enabled, dtype = torch.is_autocast_enabled(device), torch.get_autocast_dtype(device)
    return torch.autocast(device, dtype, enabled=enabled, cache_enabled=False)
