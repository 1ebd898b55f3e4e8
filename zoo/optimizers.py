"""The optimizers: ``optimizer=NAME``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.options import Named, option
from zoo.registry import Registry

if TYPE_CHECKING:
    from torch.nn import Module
    from torch.optim import Optimizer

Groups = list[dict[str, Any]]
"""Parameters in groups, as torch's optimizers take them: ``params`` and their ``weight_decay``."""

OPTIMIZERS: "Registry[Optimizer]" = Registry("optimizer")
"""Builders get their options and the parameters as ``Groups``."""

LR = "learning rate at its highest; the schedule scales it"
BETA1, BETA2 = "memory of the gradient", "memory of the squared gradient"
EPS = "added to the denominator"


@dataclass(frozen=True)
class OptimizerOptions(Named):
    """What every optimizer has."""

    lr: float = option(0.05, LR, above=0)
    weight_decay: float = option(5e-4, "pull of every parameter towards zero", low=0)
    lr_batch: int | None = option(
        None, "the batch size that lr is for: for another, the rate is in proportion; null is any", low=1
    )
    decay_all: bool = option(
        True, "weight decay for everything; false leaves out biases and the parameters of norms"
    )

    def rate(self, batch_size: int) -> float:
        """The learning rate at its highest: ``lr``, or by the linear rule (Goyal et al. 2017) from it."""
        return self.lr if self.lr_batch is None else self.lr * batch_size / self.lr_batch


@dataclass(frozen=True)
class SgdOptions(OptimizerOptions):
    """Options of ``optimizer=sgd``."""

    momentum: float = option(0.9, "share of the last step that the next one keeps", low=0, high=1)
    nesterov: bool = option(False, "look ahead along the momentum")


@dataclass(frozen=True)
class AdamOptions(OptimizerOptions):
    """Options of ``optimizer=adam``, and of its kin."""

    lr: float = option(1e-3, LR, above=0)
    weight_decay: float = option(
        0.0, "pull of every parameter towards zero, as a part of the gradient", low=0
    )
    beta1: float = option(0.9, BETA1, low=0, high=1)
    beta2: float = option(0.999, BETA2, low=0, high=1)
    eps: float = option(1e-8, EPS, above=0)


@dataclass(frozen=True)
class DecoupledOptions(AdamOptions):
    """Options of the optimizers of Adam's family whose weight decay stands apart from the gradient."""

    weight_decay: float = option(0.05, "decoupled weight decay", low=0)


@dataclass(frozen=True)
class LambOptions(AdamOptions):
    """Options of ``optimizer=lamb``."""

    lr: float = option(5e-3, LR, above=0)
    weight_decay: float = option(0.02, "decoupled weight decay", low=0)
    eps: float = option(1e-6, EPS, above=0)


@dataclass(frozen=True)
class RmspropOptions(OptimizerOptions):
    """Options of ``optimizer=rmsprop``."""

    lr: float = option(0.01, LR, above=0)
    memory: float = option(0.9, BETA2, low=0, high=1)
    momentum: float = option(0.9, "share of the last step that the next one keeps", low=0, high=1)
    eps: float = option(1e-8, EPS, above=0)


@OPTIMIZERS.register("sgd", SgdOptions)
def sgd(options: SgdOptions, groups: Groups) -> "Optimizer":
    """Stochastic gradient descent with momentum."""
    from torch.optim import SGD

    nesterov = options.nesterov and options.momentum > 0
    return SGD(groups, options.lr, options.momentum, nesterov=nesterov)


@OPTIMIZERS.register("adam", AdamOptions)
def adam(options: AdamOptions, groups: Groups) -> "Optimizer":
    """Adam (Kingma & Ba 2015)."""
    from torch.optim import Adam

    return Adam(groups, options.lr, (options.beta1, options.beta2), options.eps)


@OPTIMIZERS.register("adamw", DecoupledOptions)
def adamw(options: DecoupledOptions, groups: Groups) -> "Optimizer":
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019)."""
    from torch.optim import AdamW

    return AdamW(groups, options.lr, (options.beta1, options.beta2), options.eps)


@OPTIMIZERS.register("nadam", DecoupledOptions)
def nadam(options: DecoupledOptions, groups: Groups) -> "Optimizer":
    """Adam with Nesterov momentum and decoupled weight decay (Dozat 2016)."""
    from torch.optim import NAdam

    betas = (options.beta1, options.beta2)
    return NAdam(groups, options.lr, betas, options.eps, decoupled_weight_decay=True)


@OPTIMIZERS.register("radam", DecoupledOptions)
def radam(options: DecoupledOptions, groups: Groups) -> "Optimizer":
    """Rectified Adam with decoupled weight decay (Liu et al. 2020)."""
    from torch.optim import RAdam

    betas = (options.beta1, options.beta2)
    return RAdam(groups, options.lr, betas, options.eps, decoupled_weight_decay=True)


@OPTIMIZERS.register("rmsprop", RmspropOptions)
def rmsprop(options: RmspropOptions, groups: Groups) -> "Optimizer":
    """RMSprop with momentum (Hinton 2012)."""
    from torch.optim import RMSprop

    return RMSprop(groups, options.lr, options.memory, options.eps, momentum=options.momentum)


@OPTIMIZERS.register("lamb", LambOptions)
def lamb(options: LambOptions, groups: Groups) -> "Optimizer":
    """Adam scaled by the size of each tensor, for large batches (You et al. 2020)."""
    from zoo.lamb import Lamb

    return Lamb(groups, options.lr, (options.beta1, options.beta2), options.eps)


def parameter_groups(module: "Module", options: OptimizerOptions) -> Groups:
    """The parameters that are trained; with ``decay_all`` off, biases and those of norms have no decay."""
    decayed = {id(parameter) for parameter in _weights(module)}
    groups: Groups = [
        {"params": [], "weight_decay": options.weight_decay},
        {"params": [], "weight_decay": 0.0},
    ]
    for parameter in filter(_is_trained, module.parameters()):
        groups[not (options.decay_all or id(parameter) in decayed)]["params"].append(parameter)
    # A part of a net may have no weights; an optimizer wants a group at least.
    return [group for group in groups if group["params"]] or groups[:1]


def _is_trained(parameter: "Any") -> bool:
    return bool(parameter.requires_grad)


def _weights(module: "Module") -> "Iterator[Any]":
    """The parameters that multiply: not biases, and not those of norms, which have one dimension."""
    for name, parameter in module.named_parameters():
        if parameter.ndim > 1 and not name.endswith("bias"):
            yield parameter
