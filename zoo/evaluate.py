"""The error on validation images, each counted once."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from zoo import processes
from zoo.loader import Loader
from zoo.losses import Loss
from zoo.metrics import Tally
from zoo.precisions import Precision


def evaluate(
    module: nn.Module,
    loader: Loader,
    loss: Loss,
    precision: Precision,
    to_input: Callable[[Tensor], Tensor],
    *,
    stopped: Callable[[], bool] = lambda: False,
    seen: Callable[[Tensor, Tensor], None] = lambda _logits, _labels: None,
) -> Tally:
    """Count loss and errors over a whole split, in eval mode.

    The loss is the plain cross entropy, whatever is minimised. ``to_input`` turns a uint8 batch into what the
    net takes. Replicas share the images, and each process gets the counts of all: every batch is that of a
    single process, and what they count is added up in the same order, so that not a bit depends on how many
    there are. The module is left in eval mode. ``seen`` is given the logits and labels of each of this
    process's batches.

    Raises:
        StoppedError: ``stopped``, on the way.
        UserError: an image cannot be read.
    """
    module.eval()
    counts: dict[int, Tally] = {}
    with torch.inference_mode():
        for batch in loader.epoch(0, stopped=stopped):
            with precision.context():
                result = module(to_input(batch.images))
            if batch.number is None or not loader.replicas.counts:  # what was wanted was the company
                continue
            logits = loss.logits(result)
            labels = batch.labels.to(logits.device)
            seen(logits, labels)
            counts[batch.number] = Tally().add(logits, labels, cross_entropy(logits, labels))
    rows = torch.zeros(len(loader), len(Tally().state()), dtype=torch.float64)
    for number, tally in counts.items():
        rows[number] = torch.tensor(tally.state(), dtype=torch.float64)
    return Tally(processes.total(rows).sum(0).tolist())
