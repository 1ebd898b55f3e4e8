"""The optimizers: ``optimizer=NAME``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.options import Named, option
from zoo.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer

OPTIMIZERS: "Registry[Optimizer]" = Registry("optimizer")


@dataclass(frozen=True)
class OptimizerOptions(Named):
    """What every optimizer has."""

    lr: float = option(0.05, "learning rate at its highest; the schedule scales it", above=0)
    weight_decay: float = option(5e-4, "pull of every parameter towards zero", low=0)


@dataclass(frozen=True)
class SgdOptions(OptimizerOptions):
    """Options of ``optimizer=sgd``."""

    momentum: float = option(0.9, "share of the last step that the next one keeps", low=0, high=1)
    nesterov: bool = option(False, "look ahead along the momentum")


@dataclass(frozen=True)
class AdamWOptions(OptimizerOptions):
    """Options of ``optimizer=adamw``."""

    lr: float = option(1e-3, "learning rate at its highest; the schedule scales it", above=0)
    weight_decay: float = option(0.05, "decoupled weight decay", low=0)
    beta1: float = option(0.9, "memory of the gradient", low=0, high=1)
    beta2: float = option(0.999, "memory of the squared gradient", low=0, high=1)
    eps: float = option(1e-8, "added to the denominator", above=0)


@OPTIMIZERS.register("sgd", SgdOptions)
def sgd(options: SgdOptions, parameters: "Iterable[Tensor]") -> "Optimizer":
    """Stochastic gradient descent with momentum."""
    from torch.optim import SGD

    nesterov = options.nesterov and options.momentum > 0
    return SGD(parameters, options.lr, options.momentum, 0, options.weight_decay, nesterov)


@OPTIMIZERS.register("adamw", AdamWOptions)
def adamw(options: AdamWOptions, parameters: "Iterable[Tensor]") -> "Optimizer":
    """Adam with decoupled weight decay."""
    from torch.optim import AdamW

    betas = (options.beta1, options.beta2)
    return AdamW(parameters, options.lr, betas, options.eps, options.weight_decay)
