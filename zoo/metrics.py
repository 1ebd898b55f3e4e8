"""Exact counts of loss and errors."""

from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor


@dataclass
class Tally:
    """Sums over the images seen so far.

    ``top1`` and ``top5`` count images whose class was not the first, and not among the first five guesses.
    """

    images: int = 0
    loss_sum: float = 0.0
    top1: int = 0
    top5: int = 0

    def add(self, logits: Tensor, labels: Tensor, mean_loss: float) -> None:
        """Count one batch: ``logits`` is [batch, classes], ``labels`` int64 [batch]."""
        guesses = logits.detach().topk(min(5, logits.shape[1]), dim=1).indices
        hits = guesses == labels.unsqueeze(1)
        count = len(labels)
        self.images += count
        self.loss_sum += mean_loss * count
        self.top1 += count - int(hits[:, 0].sum())
        self.top5 += count - int(hits.sum())

    @property
    def loss(self) -> float:
        """Mean loss an image."""
        return self.loss_sum / max(1, self.images)

    @property
    def top1_error(self) -> float:
        """Share of images whose class was not the first guess, 0 to 1."""
        return self.top1 / max(1, self.images)

    @property
    def top5_error(self) -> float:
        """Share of images whose class was not among the first five guesses, 0 to 1."""
        return self.top5 / max(1, self.images)

    def state(self) -> dict[str, Any]:
        """For a checkpoint; ``Tally(**state)`` is the way back."""
        return asdict(self)
