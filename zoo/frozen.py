"""Layers whose weights stay as they are: ``model.freeze``."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import accumulate

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from zoo.errors import UserError
from zoo.model import Model
from zoo.suggest import hint


def check(model: Model, patterns: Sequence[str]) -> None:
    """That each pattern means a layer of the net with weights, and that others are left to train.

    Raises:
        UserError: one means none, or together they mean all.
    """
    if not patterns:
        return
    names = [name for name, _ in model.module(torch.device("meta")).named_parameters()]
    for pattern in patterns:
        if not any(_means(pattern, name) for name in names):
            layers = dict.fromkeys(part for name in names for part in _above(name.rpartition(".")[0]))
            raise UserError(
                f"model.freeze: no layer with weights is called {pattern}; {hint(pattern, layers)}"
            )
    if all(any(_means(pattern, name) for pattern in patterns) for name in names):
        raise UserError("model.freeze: all weights would stay as they are; nothing is left to train")


def freeze(module: nn.Module, patterns: Sequence[str]) -> tuple[nn.Module, ...]:
    """Take the layers that patterns mean out of training.

    Returns the batch norms among them, which are to be in eval mode in training too: their statistics are
    those that the frozen layers were trained with.
    """
    for name, parameter in module.named_parameters():
        if any(_means(pattern, name) for pattern in patterns):
            parameter.requires_grad_(False)
    return tuple(
        each
        for name, each in module.named_modules()
        if isinstance(each, _BatchNorm) and any(_means(pattern, name) for pattern in patterns)
    )


def _means(pattern: str, name: str) -> bool:
    return any(fnmatchcase(above, pattern) for above in _above(name))


def _above(name: str) -> Iterator[str]:
    """``a``, ``a.b`` and ``a.b.c`` of ``a.b.c``: what is frozen with its layer."""
    return accumulate(name.split("."), "{}.{}".format)
