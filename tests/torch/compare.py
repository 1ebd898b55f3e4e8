"""Holding two modules against one another, to the last bit."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def assert_same_logits_and_gradients(
    ours: nn.Module, theirs: nn.Module, images: Tensor, labels: Tensor
) -> None:
    """Logits in eval mode, and gradients of one training step, of modules with the same weights."""
    with torch.no_grad():
        assert torch.equal(ours.eval()(images), theirs.eval()(images))
    for model in (ours.train(), theirs.train()):
        torch.manual_seed(1)
        nn.functional.cross_entropy(model(images), labels).backward()
    expected = dict(theirs.named_parameters())
    for key, parameter in ours.named_parameters():
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, expected[key].grad), key
