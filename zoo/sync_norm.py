"""Batch norms whose statistics are those of all processes' images: ``trainer.sync_batchnorm``."""

from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.modules.batchnorm import _BatchNorm


def convert(module: nn.Module, device: torch.device, group: distributed.ProcessGroup | None) -> nn.Module:
    """The module with every batch norm in it replaced; names and tensors stay.

    ``group`` are the processes that have the same module; None for all.
    """
    if device.type == "cuda":
        made: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(module, group)  # type: ignore[no-untyped-call]
        return made
    for name, child in module.named_children():
        module.add_module(name, convert(child, device, group))
    return _SyncNorm(module, group) if isinstance(module, _BatchNorm) else module


class _SyncNorm(_BatchNorm):
    """What torch's SyncBatchNorm, which has no code for CPUs, does: Ioffe & Szegedy 2015 over all images."""

    def __init__(self, norm: _BatchNorm, group: distributed.ProcessGroup | None) -> None:
        super().__init__(norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats)
        self._group = _Group(group)
        self.weight, self.bias = norm.weight, norm.bias
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            setattr(self, name, getattr(norm, name))
        self.train(norm.training)

    def forward(self, images: Tensor) -> Tensor:
        """``images`` is [batch, channels, …]; the others' batches may be of another size."""
        if not self.training:
            return super().forward(images)
        values = images.float()
        over = [dim for dim in range(values.ndim) if dim != 1]
        shape = [-1 if dim == 1 else 1 for dim in range(values.ndim)]
        count = torch.tensor(float(values.numel() // values.shape[1]), device=values.device)
        group = self._group.processes
        distributed.all_reduce(count, group=group)
        mean = _summed(values.sum(over), group) / count
        centred = values - mean.view(shape)
        variance = _summed(centred.square().sum(over), group) / count
        self._note(mean.detach(), variance.detach() * count / (count - 1))
        result = centred * (variance + self.eps).rsqrt().view(shape)
        if self.affine:
            result = result * self.weight.view(shape) + self.bias.view(shape)
        return result.to(images.dtype)

    def _note(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics; ``variance`` is the unbiased one, as torch keeps it."""
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked.add_(1)
        share = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean, share)
        self.running_var.lerp_(variance, share)

    def _check_input_dim(self, images: Any) -> None:
        """Any number of dimensions: that was the replaced norm's to say."""


class _Group:
    """Some processes; a copy of the norm, as the moving average has one, is of the same ones."""

    def __init__(self, processes: distributed.ProcessGroup | None) -> None:
        self.processes = processes

    def __deepcopy__(self, _memo: object) -> "_Group":
        return self


class _Sum(torch.autograd.Function):
    """Over some processes; gradients are summed over them too."""

    @staticmethod
    def forward(context: Any, own: Tensor, group: distributed.ProcessGroup | None) -> Tensor:
        context.group = group
        summed = own.clone()
        distributed.all_reduce(summed, group=group)
        return summed

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        summed = gradient.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(summed, group=context.group)
        return summed, None


def _summed(own: Tensor, group: distributed.ProcessGroup | None) -> Tensor:
    summed: Tensor = _Sum.apply(own, group)  # type: ignore[no-untyped-call]
    return summed
