"""The error on validation images, each counted once."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from zoo import processes
from zoo.loader import Batch, Loader
from zoo.losses import Loss
from zoo.metrics import Tally
from zoo.precisions import Precision

Score = Callable[[Any], Tensor | None]
"""A batch's images, as the loader gives them → logits, float32 [batch, classes].

None in a process of a pipeline that does not have the net's end.
"""


def alone(module: nn.Module, loss: Loss, precision: Precision, to_input: Callable[[Tensor], Tensor]) -> Score:
    """What a net says to each image itself; ``to_input`` turns a uint8 batch into what it takes.

    The module is put into eval mode.
    """
    module.eval()

    def score(images: Tensor) -> Tensor | None:
        with precision.context():
            given = module(to_input(images))
            return None if given is None else loss.logits(given)

    return score


def evaluate(
    score: Score,
    loader: Loader,
    *,
    stopped: Callable[[], bool] = lambda: False,
    seen: Callable[[Batch, Tensor], None] = lambda _batch, _logits: None,
) -> Tally:
    """Count loss and errors over a whole split.

    The loss is the plain cross entropy, whatever is minimised. Replicas share the images, and each process
    gets the counts of all: every batch is that of a single process, and what they count is added up in the
    same order, so that not a bit depends on how many there are. ``seen`` is given each of this process's
    batches with its logits.

    Raises:
        StoppedError: ``stopped``, on the way.
        UserError: an image cannot be read.
    """
    counts: dict[int, Tally] = {}
    with torch.inference_mode():
        for batch in loader.epoch(0, stopped=stopped):
            logits = score(batch.images)
            # Without a number, or in a process that does not count, what was wanted was the company.
            if batch.number is None or not loader.replicas.counts or logits is None:
                continue
            labels = batch.labels.to(logits.device)
            seen(batch, logits)
            counts[batch.number] = Tally().add(logits, labels, cross_entropy(logits, labels))
    rows = torch.zeros(len(loader), len(Tally().state()), dtype=torch.float64)
    for number, tally in counts.items():
        rows[number] = torch.tensor(tally.state(), dtype=torch.float64)
    return Tally(processes.total(rows).sum(0).tolist())
