"""A moving average of the weights, which often errs less than the weights themselves."""

import copy

import torch
from torch import Tensor, nn


class Ema:
    """``module`` holds the average: each update moves it by ``1 - decay`` of the difference.

    Buffers (the statistics of batch norms) are averaged like weights; counters are copied.
    """

    def __init__(self, source: nn.Module, decay: float, every: int = 1) -> None:
        """Start from the weights of ``source``; ``update`` counts every ``every`` steps."""
        self.module = copy.deepcopy(source).requires_grad_(False)
        self.decay = decay
        self.every = every

    @torch.no_grad()
    def update(self, source: nn.Module, step: int) -> None:
        """Move towards the weights of ``source`` after step number ``step``, from 1."""
        if step % self.every:
            return
        own, new = self.module.state_dict(), source.state_dict()
        floats = [name for name, tensor in own.items() if tensor.is_floating_point()]
        torch._foreach_lerp_(_of(own, floats), _of(new, floats), 1 - self.decay)
        for name in own.keys() - set(floats):
            own[name].copy_(new[name])


def _of(state: dict[str, Tensor], names: list[str]) -> list[Tensor]:
    return [state[name] for name in names]
