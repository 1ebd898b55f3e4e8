"""Exact counts of loss and errors."""

from collections.abc import Sequence

import torch
from torch import Tensor

TOP = 5
"""Guesses among which a class is looked for beside the first; with no more classes it always is there."""


class Tally:
    """Sums over the images seen so far, kept where the logits are, so that counting waits for no device.

    ``top1`` and ``top5`` count images whose class was not the first, and not among the first five guesses.
    """

    def __init__(self, sums: Sequence[float] = (0.0, 0.0, 0.0, 0.0)) -> None:
        """Go on from ``sums``: images, sum of losses, top-1 and top-5 errors."""
        self._sums = torch.tensor(sums, dtype=torch.float64)

    def add(self, logits: Tensor, labels: Tensor, mean_loss: Tensor) -> "Tally":
        """Count one batch, and give itself: ``logits`` is [batch, classes], ``labels`` int64 [batch]."""
        guesses = logits.detach().topk(min(TOP, logits.shape[1]), dim=1).indices
        hits = guesses == labels.unsqueeze(1)
        count = len(labels)
        new = torch.stack(
            [
                torch.full_like(mean_loss, count, dtype=torch.float64),
                mean_loss.detach().double() * count,
                count - hits[:, 0].sum(),
                count - hits.sum(),
            ]
        )
        self._sums = self._sums.to(new.device) + new
        return self

    def plus(self, sums: Sequence[float]) -> "Tally":
        """With what another counted: its ``state``."""
        return Tally([own + other for own, other in zip(self.state(), sums, strict=True)])

    @property
    def images(self) -> int:
        """Images counted."""
        return int(self._sums[0])

    @property
    def loss(self) -> float:
        """Mean loss an image."""
        return self._mean(1)

    @property
    def top1_error(self) -> float:
        """Share of images whose class was not the first guess, 0 to 1."""
        return self._mean(2)

    @property
    def top5_error(self) -> float:
        """Share of images whose class was not among the first five guesses, 0 to 1."""
        return self._mean(3)

    def state(self) -> list[float]:
        """For a checkpoint, or another process; ``Tally(state)`` is the way back."""
        state: list[float] = self._sums.tolist()
        return state

    def _mean(self, which: int) -> float:
        sums = self.state()
        return sums[which] / max(1.0, sums[0])
