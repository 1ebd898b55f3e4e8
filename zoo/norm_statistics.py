"""Mean and variance of what every batch norm sees, over a whole data set.

While a net trains, its running statistics follow the weights with some delay. He et al. (2016) computed them
again for their release, over the training images. Here, as in the "precise" statistics of Wu & Johnson
(Rethinking "Batch" in BatchNorm, 2021): each layer normalises by its batch, as in training, and the moments
of all batches are put together to the mean and variance over all values, exactly, in double precision.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from zoo import processes, seeds
from zoo.data.base import Split
from zoo.errors import UserError
from zoo.loader import Loader
from zoo.transform import Centre

if TYPE_CHECKING:
    from zoo.images.picture import Picture
    from zoo.trained import Classifier


@dataclass(frozen=True)
class Part:
    """Some pictures of a split, in an order of their own."""

    split: Split
    indices: Sequence[int]

    @property
    def labels(self) -> Sequence[int]:
        """The class of every picture."""
        return [self.split.labels[index] for index in self.indices]

    def picture(self, index: int) -> "Picture":
        return self.split.picture(self.indices[index])


class Moments:
    """Sums over all values of each channel: how many, of them, and of their squares."""

    def __init__(self, channels: int) -> None:
        self.sums = torch.zeros(3, channels, dtype=torch.float64)

    def add(self, values: Tensor) -> None:
        """One batch, [batch, channels, *spatial]."""
        dims = [dim for dim in range(values.ndim) if dim != 1]
        variance, mean = torch.var_mean(values.float(), dims, correction=0)
        own, count = mean.double(), values.numel() // values.shape[1]
        new = torch.stack([torch.full_like(own, count), count * own, count * (variance.double() + own * own)])
        self.sums = self.sums.to(new.device) + new

    def result(self) -> tuple[Tensor, Tensor]:
        """Mean and variance over the values of all processes; asked of all together."""
        count, total, squares = processes.total(self.sums)
        mean = total / count
        return mean, (squares / count - mean * mean).clamp(min=0)


def recompute(
    classifier: "Classifier", split: Split, images: int | None, seed: int, batch_size: int, workers: int
) -> int:
    """Put statistics over a split, or over ``images`` of it, into a net's batch norms; how many these are.

    Images are prepared as in validation. The order is random, by the seed, so that batches hold all classes.

    Raises:
        UserError: the net has none, an image cannot be read, or a batch is too small.
    """
    layers = {
        name: layer
        for name, layer in classifier.module.named_modules()
        if isinstance(layer, _BatchNorm) and layer.running_mean is not None
    }
    if not layers:
        raise UserError(f"{classifier.trained.path}: the net has no batch norm with running statistics")
    order = seeds.for_order(seed, 0).permutation(len(split.labels)).tolist()
    part = Part(split, order[:images])
    size = min(batch_size, len(part.indices))
    if len(part.indices) % size == 1 and size > 2:
        size -= 1  # one image left over may have no variance
    centre = Centre(classifier.trained.side, classifier.trained.about.centre)
    loader = Loader(part, centre, size, seed, training=False, workers=workers)
    moments = {name: Moments(layer.num_features) for name, layer in layers.items()}
    with _watched(layers, moments):
        _run(classifier, loader)
    for name, layer in layers.items():
        mean, variance = moments[name].result()
        assert layer.running_mean is not None
        assert layer.running_var is not None
        layer.running_mean.copy_(mean)
        layer.running_var.copy_(variance)
        if layer.num_batches_tracked is not None:
            layer.num_batches_tracked.fill_(len(loader))
    return len(layers)


def _run(classifier: "Classifier", loader: Loader) -> None:
    with torch.inference_mode():
        for batch in loader.epoch(0):
            if batch.number is None:  # what was wanted was the company
                continue
            try:
                with classifier.precision.context():
                    classifier.module(classifier.to_input(batch.images))
            except ValueError as error:
                if "more than 1 value per channel" not in str(error):
                    raise
                raise UserError("batch_size=1: a batch norm needs more than one image a batch") from error


@contextmanager
def _watched(layers: dict[str, _BatchNorm], moments: dict[str, Moments]) -> Iterator[None]:
    """Within, layers normalise by the batch, leave their running statistics alone, and tell what they get."""
    before = {name: layer.momentum for name, layer in layers.items()}
    hooks = [layer.register_forward_pre_hook(_telling(moments[name])) for name, layer in layers.items()]
    for layer in layers.values():
        layer.train()
        layer.momentum = 0.0
    try:
        yield
    finally:
        for name, layer in layers.items():
            layer.eval()
            layer.momentum = before[name]
        for hook in hooks:
            hook.remove()


def _telling(moments: Moments) -> Callable[[nn.Module, Any], None]:
    def tell(_layer: nn.Module, given: Any) -> None:
        moments.add(given[0])

    return tell
