"""Errors class by class."""

import csv
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from zoo.files import written

COLUMNS = ("class", "images", "top1_wrong", "top1_error", "top5_wrong", "top5_error", "taken_for", "times")


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

    def write(self, path: Path) -> None:
        """A row for each class that has images, as CSV; errors are shares, 0 to 1.

        ``taken_for`` is the class that is most often guessed in its place, ``times`` how often.
        """
        with written(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(COLUMNS)
            rows.writerows(row for label in range(len(self.classes)) if (row := self._row(label)))

    def _row(self, label: int) -> tuple[object, ...] | None:
        guesses = self.guessed[label].clone()
        images, right = int(guesses.sum()), int(guesses[label])
        if not images:
            return None
        guesses[label] = 0
        times, other = (int(value) for value in guesses.max(0))
        wrong, missed = images - right, int(self.missed[label])
        name = self.classes[other] if times else ""
        return self.classes[label], images, wrong, wrong / images, missed, missed / images, name, times
