"""What a net said to every image of a split, from which all else is counted."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from zoo import processes

if TYPE_CHECKING:
    import numpy as np

    from zoo.loader import Batch

MOST = 5
"""Guesses that are kept of an image."""


@dataclass(frozen=True)
class Answers:
    """The images of a split in their order. Classes have the net's numbers."""

    labels: "np.ndarray"
    """int64 [images]."""
    guesses: "np.ndarray"
    """int64 [images, k]: the likeliest classes first; k is 5, or the number of classes."""
    confidence: "np.ndarray"
    """float64 [images]: the probability of the first guess."""
    sizes: "np.ndarray"
    """int64 [images, 2]: height and width in pixels."""

    @cached_property
    def right(self) -> "np.ndarray":
        """Whether the first guess is right: bool [images]."""
        found: np.ndarray = self.guesses[:, 0] == self.labels
        return found

    @cached_property
    def among(self) -> "np.ndarray":
        """Whether the class is among the guesses: bool [images]."""
        found: np.ndarray = (self.guesses == self.labels[:, None]).any(1)
        return found


class Collector:
    """Keeps what each of this process's batches was answered; ``evaluate`` calls ``add``."""

    def __init__(self, images: int, classes: int, batch_size: int) -> None:
        self._batch_size = batch_size
        self._counts = torch.zeros(images, min(MOST, classes) + 3, dtype=torch.int64)
        """Labels, heights, widths, guesses; 0 for images of other processes."""
        self._confidence = torch.zeros(images, dtype=torch.float64)

    def add(self, batch: "Batch", logits: Tensor) -> None:
        """One batch with its logits, [batch, classes]."""
        assert batch.number is not None, "a batch of the split"
        start = batch.number * self._batch_size
        rows = slice(start, start + len(batch.labels))
        guesses = logits.topk(self._counts.shape[1] - 3, dim=1).indices
        self._counts[rows] = torch.cat([batch.labels[:, None], batch.images.sizes, guesses.cpu()], 1)
        self._confidence[rows] = logits.softmax(1).amax(1).double().cpu()

    def answers(self) -> Answers:
        """Those of all processes; asked of all together."""
        # Each row is that of a single process and 0 in the others, so that sums are exact.
        counts = processes.total(self._counts).numpy()
        confidence = processes.total(self._confidence).numpy()
        return Answers(counts[:, 0], counts[:, 3:], confidence, counts[:, 1:3])
