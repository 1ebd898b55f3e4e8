"""Giving modules numbers to be compared with, in little time."""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.modules.batchnorm import _BatchNorm
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode


class NoRandomNumbers(TorchFunctionMode):
    """Models are made without the random numbers of their initialisation: `fill` gives them others.

    Zeros stand in for them: what is drawn anew until it lies in a range would never end on arbitrary memory.
    """

    SKIPPED = frozenset({torch.Tensor.uniform_, torch.Tensor.normal_, torch.Tensor.erfinv_})

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return args[0].zero_() if func in self.SKIPPED else func(*args, **(kwargs or {}))


def fill(model: nn.Module) -> None:
    """Give learned numbers and running statistics values unlike those that they begin with."""
    pool = torch.rand(1_000_003, generator=torch.Generator().manual_seed(0))
    learned = dict(model.named_parameters())
    for key, tensor in model.state_dict().items():
        name = key.rpartition(".")[2]
        if key not in learned and not name.startswith("running"):
            continue  # constants, and counts of batches, which nothing depends on
        flat = tensor.view(-1)
        for start in range(0, flat.numel(), len(pool)):
            part = flat[start : start + len(pool)]
            part.copy_(pool[: len(part)])
        if name == "running_var" or tensor.ndim == 1:
            tensor.add_(0.5) if name not in ("bias", "running_mean") else tensor.sub_(0.5).mul_(0.1)
        else:
            tensor.sub_(0.5).mul_(5 / sqrt(max(1, prod(tensor.shape[1:]))))


def shapes(model: nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}


def settle(model: nn.Module, data: Tensor) -> int:
    """Give the batch norms the statistics of this data: else nothing of it would reach the end of a deep net.

    The MACs a sample that torch counts meanwhile, auxiliary heads included. Leaves the model in evaluation.
    """
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    # The counter does not know attention's fused kernels.
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model.train()(data)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    model.eval()
    flops: int = counter.get_total_flops()
    return flops // 2 // len(data)


def matters(result: Tensor) -> bool:
    """Whether a result of two samples depends on the sample, and by more than the last digits."""
    spread = (result[0] - result[1]).abs().max()
    return bool(result.isfinite().all() and spread > 1e-3 * result.abs().max())
