"""Which classes are taken for which."""

from collections.abc import Sequence

import torch
from torch import Tensor


class ByClass:
    """Counts what ``evaluate`` has seen: guesses by class and by the class that was guessed."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = classes
        self.guessed = torch.zeros(len(classes), len(classes), dtype=torch.int64)
        """[class, first guess] → images."""
        self.missed = torch.zeros(len(classes), dtype=torch.int64)
        """Images of each class that is not among the first five guesses."""

    def add(self, logits: Tensor, labels: Tensor) -> None:
        """One batch: [batch, classes] and int64 [batch]."""
        guesses = logits.topk(min(5, logits.shape[1]), dim=1).indices.cpu()
        own = labels.cpu()
        self.guessed.index_put_((own, guesses[:, 0]), torch.ones_like(own), accumulate=True)
        self.missed += torch.bincount(own[(guesses != own[:, None]).all(1)], minlength=len(self.classes))
