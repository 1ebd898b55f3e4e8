"""The optimizers: built with their options, and LAMB against the formulas of its paper."""

import pytest
import torch
from torch import nn

from zoo.lamb import Lamb
from zoo.optimizers import OPTIMIZERS, SgdOptions, parameter_groups


@pytest.mark.parametrize("name", OPTIMIZERS.entries)
def test_every_optimizer_finds_a_minimum(name: str) -> None:
    torch.manual_seed(0)
    module = nn.Linear(3, 1)
    options = OPTIMIZERS.entries[name].options(name=name, lr=0.05, weight_decay=0.0)  # type: ignore[call-arg]
    optimizer = OPTIMIZERS.build(options, parameter_groups(module, options))
    inputs = torch.randn(64, 3)
    wanted = inputs @ torch.tensor([[1.0], [-2.0], [0.5]]) + 0.3
    losses = []
    for _ in range(200):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(module(inputs), wanted)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.05 * losses[0]


def test_lamb_is_the_algorithm_of_its_paper() -> None:
    torch.manual_seed(0)
    weight = nn.Parameter(torch.randn(4, 3, dtype=torch.float64))
    value, mean, square = weight.detach().clone(), torch.zeros(4, 3), torch.zeros(4, 3)
    optimizer = Lamb([weight], 0.1, (0.9, 0.99), 1e-6, 0.02)
    for step in range(1, 6):
        gradient = torch.randn(4, 3, dtype=torch.float64)
        weight.grad = gradient.clone()
        optimizer.step()
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        update = (mean / (1 - 0.9**step)) / ((square / (1 - 0.99**step)).sqrt() + 1e-6) + 0.02 * value
        value = value - 0.1 * value.norm() / update.norm() * update
        assert torch.allclose(weight.detach(), value, rtol=1e-12)


def test_decay_can_leave_out_biases_and_norms() -> None:
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(2, 2))
    (everything,) = parameter_groups(module, SgdOptions(weight_decay=0.1))
    assert len(everything["params"]) == 6
    weights, rest = parameter_groups(module, SgdOptions(weight_decay=0.1, decay_all=False))
    assert [parameter.ndim for parameter in weights["params"]] == [4, 2]
    assert (weights["weight_decay"], rest["weight_decay"], len(rest["params"])) == (0.1, 0.0, 4)
