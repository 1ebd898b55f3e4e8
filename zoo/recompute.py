"""Activation checkpointing (Chen et al. 2016): a block's insides are computed again in the backward pass."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint

from zoo.errors import UserError


def by_block(module: nn.Module) -> int:
    """Keep only what goes into each block of the spec; the number of blocks.

    Copies of the module must be made before: its blocks' ``forward`` is replaced.

    Raises:
        UserError: the net has no blocks.
    """
    blocks = list(_blocks(module))
    if not blocks:
        raise UserError("trainer.recompute=true: the net has no blocks whose insides could be computed again")
    for block in blocks:
        block.forward = _Again(block, block.forward)
    return len(blocks)


def _blocks(module: nn.Module) -> Iterator[nn.Module]:
    """The outermost modules of classes that the spec, and not torch, defines."""
    for child in module.children():
        own = not type(child).__module__.startswith("torch.")
        if own and type(child).forward is not nn.Module.forward:
            yield child
        else:
            yield from _blocks(child)


class _Again:
    """A block's ``forward`` that keeps nothing of its insides."""

    def __init__(self, block: nn.Module, forward: Callable[..., Any]) -> None:
        self.block = block
        self.forward = forward

    def __call__(self, *inputs: Tensor) -> Any:
        if not (self.block.training and torch.is_grad_enabled()):
            return self.forward(*inputs)
        return checkpoint(self.forward, *inputs, use_reentrant=False, context_fn=self._contexts)

    def _contexts(self) -> tuple[AbstractContextManager[object], AbstractContextManager[object]]:
        return nullcontext(), _statistics_kept(self.block)


@contextmanager
def _statistics_kept(block: nn.Module) -> Iterator[None]:
    """The second time, batch norms must not count the batch again."""
    norms = [module for module in block.modules() if isinstance(module, _BatchNorm)]
    before = [(norm.momentum, norm.num_batches_tracked) for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
        if norm.num_batches_tracked is not None:
            norm.num_batches_tracked = norm.num_batches_tracked.clone()
    try:
        yield
    finally:
        for norm, (momentum, count) in zip(norms, before, strict=True):
            norm.momentum, norm.num_batches_tracked = momentum, count
