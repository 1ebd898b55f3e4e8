"""Every family trains in bf16, compiles as one graph and is exported."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.torch.families import SMALL
from tests.torch.one_of_each import ONE_OF_EACH, Small

FAMILIES = [pytest.param(small, id=name) for name, small in ONE_OF_EACH.items()]


def values(given: Any) -> list[Tensor]:
    """The outputs of a module."""
    return [given] if isinstance(given, Tensor) else list(given)


def made(small: Small) -> nn.Module:
    torch.manual_seed(0)
    return small.net().module()


def loss_of(outputs: list[Tensor]) -> Tensor:
    """How far all outputs lie from targets that are the same at each call, in single precision."""
    generator = torch.Generator().manual_seed(5)
    targets = [torch.randn(output.shape, generator=generator) for output in outputs]
    return torch.stack([(o.float() - t).square().mean() for o, t in zip(outputs, targets, strict=True)]).sum()


def step(model: nn.Module, rate: float) -> None:
    """One step along the normalised gradient of all parameters."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    length = torch.stack([gradient.norm() for gradient in gradients]).norm()
    with torch.no_grad():
        for parameter in model.parameters():
            assert parameter.grad is not None
            parameter.sub_(rate * parameter.grad / length)


def test_all_families_are_there() -> None:
    assert {Path(path).stem for path in Path("specs").glob("*.net")} == ONE_OF_EACH.keys()


TRAINED_ELSEWHERE = {peer.spec for peer in SMALL}
"""Families that `test_families` trains in single precision, next to torchvision's."""

STEPS = [
    pytest.param(small, kind, id=f"{name}-{label}")
    for label, kind in (("fp32", torch.float32), ("bf16", torch.bfloat16))
    for name, small in ONE_OF_EACH.items()
    if label == "bf16" or name not in TRAINED_ELSEWHERE
]


@pytest.mark.parametrize(("small", "kind"), STEPS)
def test_one_step_of_training(small: Small, kind: torch.dtype) -> None:
    """Gradients reach every parameter, and a step lowers the loss."""
    model, data = made(small), small.data()

    def loss(seed: int) -> Tensor:
        torch.manual_seed(seed)
        with torch.autocast("cpu", torch.bfloat16, enabled=kind is torch.bfloat16):
            return loss_of(values(model(data)))

    first = loss(1)
    first.backward()
    reached = given_gradients(model)
    step(model, 0.002)
    with torch.no_grad():
        assert loss(1) < first
    # Stochastic depth may drop a block for all samples, and a head that is 0 lets nothing through at first.
    for seed in (2, 3, 4):
        if reached == dict(model.named_parameters()).keys():
            break
        model.zero_grad()
        loss(seed).backward()
        reached |= given_gradients(model)
    assert dict(model.named_parameters()).keys() - reached == set()


def given_gradients(model: nn.Module) -> set[str]:
    """The parameters that a backward pass has reached."""
    return {key for key, p in model.named_parameters() if p.grad is not None and p.grad.any()}


@pytest.mark.parametrize("small", FAMILIES)
def test_it_is_one_graph_to_the_compiler(small: Small) -> None:
    """Dynamo sees no break in it, in training, and what it saw gives the same."""
    model, data = made(small), small.data()
    torch._dynamo.reset()
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    results = []
    for run in (model, compiled):
        torch.manual_seed(1)
        with torch.no_grad():
            results.append(values(run(data)))
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


@pytest.mark.parametrize("small", FAMILIES)
def test_it_is_exported(small: Small) -> None:
    """torch.export takes it for any number of samples, and the program gives the same."""
    model, data = made(small).eval(), small.data()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.export.export(model, (data,), dynamic_shapes=({0: torch.export.Dim("batch")},))
    more = torch.cat([data, data, data[:1]])
    with torch.no_grad():
        found, expected = values(program.module()(more)), values(model(more))
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.long
@pytest.mark.parametrize("name", ["lenet", "gpt"])
def test_inductor_compiles_a_step(name: str) -> None:
    """Forward and backward of the default backend give what eager gives, but for the order of sums."""
    model, data = made(ONE_OF_EACH[name]), ONE_OF_EACH[name].data()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0  # fused code draws other random numbers
        if hasattr(module, "dropout_p"):
            module.dropout_p = 0.0
        if type(module).__name__ == "StochasticDepth":
            module.p = 0.0
    torch._dynamo.reset()
    gradients = []
    for run in (model, torch.compile(model, fullgraph=True)):
        model.zero_grad()
        loss_of(values(run(data))).backward()
        gradients.append([p.grad.clone() for p in model.parameters() if p.grad is not None])
    assert len(gradients[0]) == len(list(model.parameters()))
    scale = max(g.abs().max() for g in gradients[0])
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4 * float(scale))
