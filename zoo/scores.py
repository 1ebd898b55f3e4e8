"""Views of pictures → one answer a picture: nets in evaluation, and means over places, views and nets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import log_softmax

from zoo.protocols.base import PROBABILITIES, Shows

if TYPE_CHECKING:
    from zoo.shown import Alike, Shown
    from zoo.trained import Classifier


def mean(scores: Tensor, how: str) -> Tensor:
    """Logits [n, k, classes] → [n, classes]: their mean over k, or logits of the mean of probabilities.

    Logits of probabilities are their logarithms.
    """
    if scores.shape[1] == 1:
        return scores[:, 0]
    if how != PROBABILITIES:
        return scores.mean(1)
    return log_softmax(scores, dim=2).logsumexp(1) - log(scores.shape[1])


@dataclass(frozen=True)
class Judge:
    """A net, and how it is shown pictures."""

    classifier: "Classifier"
    shows: Shows
    way: int
    """Which of the ways of ``Shown`` is its own."""
    order: Sequence[int] | None
    """The place of each class of the answer among the net's own; None where that is the same order."""
    pixels: int
    """Most that are computed at a time: views are many, and whole images are large."""

    def logits(self, shown: "Shown") -> Tensor:
        """A batch's answers: float32 [batch, classes], on the net's device."""
        groups = shown.ways[self.way]
        batch, turns = len(shown.sizes), 1 + self.shows.flips
        views = sum(len(group.owners) for group in groups) // batch
        scores: Tensor | None = None
        for images, owners, numbers in self._parts(groups):
            for turn, own in enumerate(self._scores(images, turns)):
                if scores is None:
                    scores = own.new_empty(batch, views * turns, own.shape[1])
                scores[owners.to(own.device), numbers.to(own.device) * turns + turn] = own
        assert scores is not None, "a batch has views"
        found = mean(scores, self.shows.average)
        return found if self.order is None else found[:, list(self.order)]

    def _parts(self, groups: "Sequence[Alike]") -> Iterator[tuple[Tensor, ...]]:
        for group in groups:
            height, width = group.images.shape[-2:]
            most = max(1, self.pixels // (height * width))
            for start in range(0, len(group.owners), most):
                yield tuple(tensor[start : start + most] for tensor in group)

    def _scores(self, images: Tensor, turns: int) -> Iterator[Tensor]:
        """Of images as they are, and mirrored: [views, classes] each."""
        net = self.classifier
        given = net.to_input(images)
        for turn in range(turns):
            with net.precision.context():
                scores = net.loss.logits(net.module(given.flip(3) if turn else given))
            if self.shows.dense:
                scores = mean(scores.flatten(2).transpose(1, 2), self.shows.positions)
            yield scores


@dataclass(frozen=True)
class Panel:
    """One net, or several whose probabilities are averaged."""

    judges: Sequence[Judge]

    def __call__(self, shown: "Shown") -> Tensor:
        """A batch's answers as logits: float32 [batch, classes]."""
        each = [judge.logits(shown) for judge in self.judges]
        return mean(torch.stack([own.to(each[0].device) for own in each], 1), PROBABILITIES)
