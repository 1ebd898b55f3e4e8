"""Batch norms whose statistics are those of all processes' images: ``trainer.sync_batchnorm``."""

from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.modules.batchnorm import _BatchNorm

from zoo import processes


def convert(module: nn.Module, device: torch.device) -> nn.Module:
    """The module with every batch norm in it replaced; names and tensors stay."""
    if device.type == "cuda":
        made: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(module)  # type: ignore[no-untyped-call]
        return made
    for name, child in module.named_children():
        module.add_module(name, convert(child, device))
    return _SyncNorm(module) if isinstance(module, _BatchNorm) else module


class _SyncNorm(_BatchNorm):
    """What torch's SyncBatchNorm, which has no code for CPUs, does: Ioffe & Szegedy 2015 over all images."""

    def __init__(self, norm: _BatchNorm) -> None:
        super().__init__(norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats)
        self.weight, self.bias = norm.weight, norm.bias
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            setattr(self, name, getattr(norm, name))
        self.train(norm.training)

    def forward(self, images: Tensor) -> Tensor:
        """``images`` is [batch, channels, …]; the others' batches may be of another size."""
        if not self.training or processes.world() == 1:
            return super().forward(images)
        values = images.float()
        over = [dim for dim in range(values.ndim) if dim != 1]
        shape = [-1 if dim == 1 else 1 for dim in range(values.ndim)]
        count = torch.tensor(float(values.numel() // values.shape[1]), device=values.device)
        distributed.all_reduce(count)
        mean = _summed(values.sum(over)) / count
        centred = values - mean.view(shape)
        variance = _summed(centred.square().sum(over)) / count
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


class _Sum(torch.autograd.Function):
    """Over all processes; gradients are summed over them too."""

    @staticmethod
    def forward(_context: Any, own: Tensor) -> Tensor:
        summed = own.clone()
        distributed.all_reduce(summed)
        return summed

    @staticmethod
    def backward(_context: Any, gradient: Tensor) -> Tensor:
        summed = gradient.clone(memory_format=torch.contiguous_format)
        distributed.all_reduce(summed)
        return summed


def _summed(own: Tensor) -> Tensor:
    summed: Tensor = _Sum.apply(own)  # type: ignore[no-untyped-call]
    return summed
