"""What is minimised: ``loss=NAME``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoo.options import Named, option
from zoo.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor

Criterion = Callable[["Tensor", "Tensor"], "Tensor"]
"""Logits, float32 [batch, classes], and targets → the mean loss. Targets are classes, int64 [batch], or a
share of every class, float32 [batch, classes]."""

LOSSES: "Registry[Criterion]" = Registry("loss")


@dataclass(frozen=True)
class LossOptions(Named):
    """What every loss has."""

    smoothing: float = option(
        0.0, "label smoothing: share of each target that is spread over all classes", low=0, high=1
    )
    aux_weight: float = option(0.3, "weight of each output that the net gives in training only", low=0)


@dataclass(frozen=True)
class BinaryOptions(LossOptions):
    """Options of ``loss=binary``."""

    threshold: float | None = option(
        0.2,
        "share from which a class counts as present in a mixed image; null takes shares as they are",
        low=0,
        high=1,
    )


@LOSSES.register("cross_entropy", LossOptions)
def cross_entropy(options: LossOptions) -> Criterion:
    """Cross entropy over the classes."""
    from torch.nn import functional

    return lambda logits, targets: functional.cross_entropy(
        logits, targets, label_smoothing=options.smoothing
    )


@LOSSES.register("binary", BinaryOptions)
def binary(options: BinaryOptions) -> Criterion:
    """Binary cross entropy of each class on its own (Wightman, Touvron & Jégou 2021)."""
    from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

    def criterion(logits: "Tensor", targets: "Tensor") -> "Tensor":
        classes = logits.shape[1]
        shares = targets if targets.is_floating_point() else one_hot(targets, classes).float()
        if options.smoothing:
            shares = shares * (1 - options.smoothing) + options.smoothing / classes
        if options.threshold is not None:
            shares = shares.gt(options.threshold).float()
        return binary_cross_entropy_with_logits(logits, shares)

    return criterion


@dataclass(frozen=True)
class Loss:
    """A criterion for a net with one output or several: that of ``main``, and a part of the others'."""

    criterion: Criterion
    main: str
    auxiliary: Sequence[str] = ()
    aux_weight: float = 0.0

    def logits(self, result: Any) -> "Tensor":
        """The classifying output, float32 [batch, classes]: the result itself, or its field ``main``."""
        return self._output(result, self.main)

    def __call__(self, result: Any, targets: "Tensor") -> "tuple[Tensor, Tensor]":
        """What to minimise, and the main output's part of it; each a mean over the batch."""
        own = self.criterion(self.logits(result), targets)
        total = own
        for name in self.auxiliary:
            total = total + self.aux_weight * self.criterion(self._output(result, name), targets)
        return total, own

    @staticmethod
    def _output(result: Any, name: str) -> "Tensor":
        logits: Tensor = getattr(result, name) if hasattr(result, "_fields") else result
        return logits.float()
