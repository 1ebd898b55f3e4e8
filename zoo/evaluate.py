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
) -> Tally | None:
    """Count loss and errors over a whole split, in eval mode; None when ``stopped`` says so on the way.

    The loss is the plain cross entropy, whatever is minimised. ``to_input`` turns a uint8 batch into what the
    net takes. Processes share the images, and each gets the counts of all. The module is left in eval mode.
    """
    module.eval()
    tally = Tally()
    device = next(module.parameters()).device
    interrupted = False
    with torch.inference_mode():
        for batch in loader.epoch(0):
            interrupted = stopped()
            if interrupted:
                break
            with precision.context():
                logits = loss.logits(module(to_input(batch.images)))
            labels = batch.labels.to(logits.device)
            tally.add(logits, labels, cross_entropy(logits, labels))
    if processes.any_of(interrupted, device):
        return None
    return Tally(processes.all_sum(tally.state(), device))
