"""The error on validation images, each counted once."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from zoo.loader import Loader
from zoo.loss import Loss
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

    ``to_input`` turns a uint8 batch into what the net takes. The module is left in eval mode.
    """
    module.eval()
    tally = Tally()
    with torch.inference_mode():
        for batch in loader.epoch(0):
            if stopped():
                return None
            with precision():
                logits = loss.logits(module(to_input(batch.images)))
            labels = batch.labels.to(logits.device)
            tally.add(logits, labels, float(cross_entropy(logits, labels)))
    return tally
