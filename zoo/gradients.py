"""The gradients of one step of training, by the processes that share its images."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from zoo.losses import Loss
from zoo.metrics import Tally
from zoo.precisions import Precision
from zoo.replicas import Replicas

if TYPE_CHECKING:
    from netcompiler import Pipeline
    from zoo.ema import Ema


class Step(NamedTuple):
    """This process's part of the loss that was minimised, and its counts."""

    loss: float
    counts: Tally


Gradients = Callable[[Tensor, Tensor, Tensor], Step]
"""Makes the gradients of a step, of images float [batch, channels, height, width], their labels int64
[batch], and their targets: the labels, or a share of every class, float [batch, classes]."""


@dataclass(frozen=True)
class Whole:
    """By a forward and a backward pass here, in ``accumulate`` parts.

    ``batch_size`` counts the images of all replicas. ``hold`` is a context in which gradients are not yet
    those of other processes: for the parts of a step before its last.
    """

    forward: Callable[[Tensor], Any]
    loss: Loss
    precision: Precision
    replicas: Replicas
    batch_size: int
    accumulate: int = 1
    hold: Callable[[], AbstractContextManager[object]] = nullcontext

    def __call__(self, images: Tensor, labels: Tensor, targets: Tensor) -> Step:
        """Of a batch of n images, k of them here, this process's mean loss has the share k / n."""
        # As many parts as the others have, who may have an image less.
        least = self.batch_size // self.replicas.count
        shares = torch.arange(len(images)).tensor_split(min(self.accumulate, least))
        loss, counts = 0.0, Tally()
        for number, share in enumerate(shares, 1):
            part = slice(int(share[0]), int(share[-1]) + 1)
            weight = len(share) / self.batch_size
            with nullcontext() if number == len(shares) else self.hold():
                with self.precision.context():
                    result = self.forward(images[part])
                    total, own = self.loss(result, targets[part])
                # Gradients become means over the replicas, which takes their number out again.
                self.precision.backward(total * (weight * self.replicas.count))
            counts.add(self.loss.logits(result), labels[part], own)
            loss += float(total.detach()) * weight
        return Step(loss, counts) if self.replicas.counts else Step(0.0, Tally())


@dataclass
class Piped:
    """By a pipeline: its last process has the loss and counts, and each has the gradients of its part."""

    loss: Loss
    precision: Precision
    replicas: Replicas
    microbatches: int
    pipeline: "Pipeline" = field(init=False)
    _labels: Iterator[Tensor] = field(init=False)
    _counts: Tally = field(init=False)

    def microbatch(self, result: Any, targets: Tensor) -> Tensor:
        """The loss of a micro-batch, for the pipeline: they come in the order of the batch."""
        total, own = self.loss(result, targets)
        self._counts.add(self.loss.logits(result), next(self._labels), own)
        return total

    def __call__(self, images: Tensor, labels: Tensor, targets: Tensor) -> Step:
        """Replicas have equally many images each, so that gradients are means over them."""
        self._labels, self._counts = iter(labels.chunk(self.microbatches)), Tally()
        with self.precision.context():
            loss = self.pipeline.step(images, target=targets)
        return Step(0.0 if loss is None else float(loss) / self.replicas.count, self._counts)


class Judged(nn.Module):
    """What evaluation calls: it gives what the net gives on the pipeline's last process, elsewhere None."""

    def __init__(self, pipeline: "Pipeline") -> None:
        super().__init__()
        self._pipeline = pipeline

    def forward(self, images: Tensor) -> Any:
        """``images`` is [batch, channels, height, width]."""
        # Its buffers stay, and must be ordinary tensors.
        with torch.inference_mode(False), torch.no_grad():
            return self._pipeline.evaluate(images.clone())


@contextmanager
def judged(pipeline: "Pipeline", ema: "Ema | None") -> Iterator[nn.Module]:
    """Within, the pipeline evaluates with the moving average's weights, where there is one."""
    if ema is not None:
        _swap(pipeline.module, ema.module)
    try:
        yield Judged(pipeline)
    finally:
        if ema is not None:
            _swap(pipeline.module, ema.module)


@torch.no_grad()
def _swap(one: nn.Module, other: nn.Module) -> None:
    """The weights and statistics of each become those of the other, a tensor at a time."""
    theirs = other.state_dict()
    for name, tensor in one.state_dict().items():
        before = tensor.clone()
        tensor.copy_(theirs[name])
        theirs[name].copy_(before)
