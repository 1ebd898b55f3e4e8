"""All 80 builders of torchvision's classification models against the specs.

``pytest -s`` prints the table of results; FAMILIES_TABLE=path writes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import netcompiler
from tests.peers import import_torchvision
from tests.torch.families import PEERS, SMALL, Peer
from tests.torch.filling import NoRandomNumbers, fill, matters, settle, shapes

LONG = ("vgg16", "vgg19", "vit_l", "convnext_large")
CASES = [
    pytest.param(peer, id=peer.name, marks=[pytest.mark.long] if peer.name.startswith(LONG) else [])
    for peer in PEERS
]
ids = [peer.name for peer in PEERS]


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    """Lines of results, printed and written when all are there."""
    rows: list[str] = []
    yield rows
    text = "\n".join([f"{'net':20} {'size':>4} {'parameters':>12}  keys  logits", *rows, ""])
    print("\n" + text)
    if path := os.environ.get("FAMILIES_TABLE"):
        Path(path).write_text(text, encoding="utf-8")


def test_all_builders_are_there() -> None:
    tv = import_torchvision().models
    assert sorted(ids) == sorted(tv.list_models(module=tv))


@pytest.mark.parametrize("peer", CASES)
def test_checkpoints_load_and_logits_are_equal(peer: Peer, table: list[str]) -> None:
    net = netcompiler.load(f"specs/{peer.spec}.net", peer.net, inputs=[3, peer.size, peer.size])
    # What touches no memory is quick.
    with NoRandomNumbers():
        with torch.device("cpu" if peer.has_constants else "meta"):
            ours = net.module().eval()
        with torch.device("cpu" if peer.has_constants else "meta"):
            theirs = peer.build()
    assert shapes(ours) == shapes(theirs)
    assert net.parameters == sum(p.numel() for p in theirs.parameters())
    row = f"{peer.name:20} {peer.size:4} {net.parameters:12,}  same"
    if not peer.runs:
        with torch.device("meta"):
            assert settle(theirs.to("meta"), torch.empty(2, 3, peer.size, peer.size)) == net.macs
        table.append(f"{row}  not compared: too large")
        return
    constants = {key: tensor.clone() for key, tensor in ours.named_buffers() if "relative" in key}
    if next(theirs.parameters()).is_meta:
        theirs.to_empty(device="cpu")
    fill(theirs)
    images = torch.randn(2, 3, peer.size, peer.size, generator=torch.Generator().manual_seed(1))
    # What does not depend on the images, as the position biases of Swin V2, is computed once for a batch.
    assert settle(theirs, images[:1] if peer.spec == "swin" else images) == net.macs
    ours.load_state_dict(theirs.state_dict(), strict=True, assign=not peer.has_constants)
    for key, constant in constants.items():
        assert torch.equal(constant, theirs.state_dict()[key]), key
    with torch.no_grad():
        found, expected = ours(images), theirs(images)
    assert matters(expected)
    table.append(f"{row}  {'equal' if torch.equal(found, expected) else (found - expected).abs().max()}")
    assert torch.equal(found, expected)


@pytest.mark.parametrize("peer", PEERS, ids=ids)
def test_parameters_are_as_many_as_published(peer: Peer) -> None:
    published = {w.meta["num_params"] for w in import_torchvision().models.get_model_weights(peer.name)}
    if peer.name == "googlenet":
        published = {13_004_888}  # with the auxiliary heads, which torchvision's number leaves out
    assert netcompiler.load(f"specs/{peer.spec}.net", peer.net).parameters in published


def outputs(given: Any) -> list[Tensor]:
    """The logits, and those of auxiliary heads, which torchvision gives in another order."""
    if isinstance(given, Tensor):
        return [given]
    values = [value for value in given if value is not None]
    return [values[0], *sorted(values[1:], key=lambda value: float(value.detach().sum()))]


@pytest.mark.parametrize(
    "peer",
    [pytest.param(peer, id=peer.name, marks=[pytest.mark.long] if peer.size > 200 else []) for peer in SMALL],
)
def test_one_step_of_training(peer: Peer) -> None:
    """In training the same random numbers give the same outputs: dropout and stochastic depth stand alike.

    A step lowers the loss, and gradients reach every parameter.
    """
    net = netcompiler.load(f"specs/{peer.spec}.net", peer.net, inputs=[3, peer.size, peer.size])
    torch.manual_seed(0)
    ours = net.module()
    with NoRandomNumbers():
        theirs = peer.build().train()
    own = ours.state_dict()
    for key, tensor in theirs.state_dict().items():
        tensor.copy_(own[key])  # MNASNet's load_state_dict would take it for a checkpoint of an old version
    count = 2 if peer.size > 200 else 4
    images, labels = torch.randn(count, 3, peer.size, peer.size), torch.arange(1, count + 1)

    def given(model: nn.Module, seed: int = 1) -> list[Tensor]:
        torch.manual_seed(seed)
        return outputs(model(images))

    def loss(seed: int) -> Tensor:
        heads = [nn.functional.cross_entropy(logits, labels) for logits in given(ours, seed)]
        return torch.stack(heads).sum()

    with torch.no_grad():
        expected = given(theirs)
    found = given(ours)
    assert len(found) == len(expected) == {"googlenet": 3, "inception_v3": 2}.get(peer.name, 1)
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))
    first = loss(1)
    first.backward()
    gradients = {key: p.grad for key, p in ours.named_parameters() if p.grad is not None}
    assert gradients.keys() == dict(ours.named_parameters()).keys()
    reached = {key for key, gradient in gradients.items() if gradient.any()}
    length = torch.stack([gradient.norm() for gradient in gradients.values()]).norm()
    with torch.no_grad():
        for key, parameter in ours.named_parameters():
            parameter.sub_(0.002 * gradients[key] / length)
        assert loss(1) < first
    # Stochastic depth may drop a block for all samples of a step, and a head that is 0 lets nothing through.
    for seed in (2, 3, 4, 5, 6):
        if reached == gradients.keys():
            break
        ours.zero_grad()
        loss(seed).backward()
        reached |= {key for key, p in ours.named_parameters() if p.grad is not None and p.grad.any()}
    assert gradients.keys() - reached == set()
