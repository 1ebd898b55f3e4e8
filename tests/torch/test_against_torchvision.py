"""The reference specs against torchvision's models: the same checkpoints, the same numbers bit for bit."""

from __future__ import annotations

import pytest
import torch

import netcompiler
from tests.peers import import_torchvision
from tests.torch.compare import assert_same_logits_and_gradients

long = pytest.mark.long
CASES = [
    pytest.param("resnet.net", "resnet18", "resnet18", 11_689_512, 64),
    pytest.param("resnet.net", "resnet34", "resnet34", 21_797_672, 64, marks=long),
    pytest.param("resnet.net", "resnet50", "resnet50", 25_557_032, 64),
    pytest.param("resnet.net", "resnet101", "resnet101", 44_549_160, 64, marks=long),
    pytest.param("resnet.net", "resnet152", "resnet152", 60_192_808, 64, marks=long),
    pytest.param("alexnet_one.net", "alexnet_one", "alexnet", 61_100_840, 224),
    pytest.param("vgg.net", "vgg11", "vgg11", 132_863_336, 32, marks=long),
    pytest.param("vgg.net", "vgg19_bn", "vgg19_bn", 143_678_248, 32, marks=long),
]


@pytest.mark.parametrize(("spec", "name", "peer", "parameters", "size"), CASES)
def test_same_numbers(spec: str, name: str, peer: str, parameters: int, size: int) -> None:
    inputs = [3, size, size]
    ours = netcompiler.load(f"specs/{spec}", name, inputs=inputs).module()
    torch.manual_seed(0)
    theirs = getattr(import_torchvision().models, peer)()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    assert [*ours.state_dict()] == [*theirs.state_dict()]
    assert sum(p.numel() for p in ours.parameters()) == parameters
    images, labels = torch.randn(2, *inputs), torch.tensor([3, 7])
    assert_same_logits_and_gradients(ours, theirs, images, labels)
    statistics = dict(theirs.named_buffers())
    for key, buffer in ours.named_buffers():
        assert torch.equal(buffer, statistics[key]), key


def test_same_weights_from_the_same_seed() -> None:
    """torchvision initialises by the same rules; only the order in which random numbers are drawn differs."""
    torch.manual_seed(0)
    ours = netcompiler.load("specs/resnet.net", "resnet18").module()
    theirs = dict(import_torchvision().models.resnet18().named_parameters())
    for key, parameter in ours.named_parameters():
        if parameter.ndim == 4:
            assert parameter.std().item() == pytest.approx(theirs[key].std().item(), rel=0.05), key
        elif not key.startswith("fc"):
            assert torch.equal(parameter, theirs[key]), key
