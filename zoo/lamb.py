"""LAMB (You et al. 2020): Adam, each tensor's step scaled by the size of the tensor."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


class Lamb(Optimizer):
    """Algorithm 2 of the paper, with Adam's bias correction and the identity as its function φ.

    With m and v the corrected moving averages of gradient and squared gradient, a tensor w moves by
    -lr · |w| / |u| · u, where u = m / (√v + eps) + weight_decay · w. Where weight decay is 0 (biases and
    norms, as a rule) or a norm is 0, it moves by -lr · u.
    """

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Move every parameter that has a gradient."""
        assert closure is None
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, group)

    def _move(self, weight: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if not state:
            state["step"] = 0
            state["mean"] = torch.zeros_like(weight)
            state["square"] = torch.zeros_like(weight)
        state["step"] += 1
        one, two = group["betas"]
        state["mean"].lerp_(weight.grad, 1 - one)
        state["square"].mul_(two).addcmul_(weight.grad, weight.grad, value=1 - two)
        mean = state["mean"] / (1 - one ** state["step"])
        root = (state["square"] / (1 - two ** state["step"])).sqrt_()
        update = mean.div_(root.add_(group["eps"]))
        decay = group["weight_decay"]
        if decay:
            update.add_(weight, alpha=decay)
            size, length = weight.norm(), update.norm()
            # Without a branch, which would make the processor wait for the GPU.
            update.mul_(torch.where((size > 0) & (length > 0), size / length, 1.0))
        weight.add_(update, alpha=-group["lr"])
