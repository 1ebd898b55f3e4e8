"""Operations without a module of torch.nn against the peers they must equal, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netcompiler.operations import OPERATIONS
from tests.operations.rendering import call_of, run_of
from tests.peers import import_torchvision


def module_of(name: str, *inputs: tuple[int, ...], **args: Any) -> nn.Module:
    run = run_of(OPERATIONS[name].code(call_of(name, inputs, **args)))
    assert isinstance(run, nn.Module)
    return run


@pytest.mark.parametrize("mode", ["row", "batch"])
@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("training", [True, False])
def test_stochastic_depth_draws_as_torchvision(mode: str, p: float, training: bool) -> None:
    ours = module_of("stochastic_depth", (3, 2, 2), p=p, mode=mode).train(training)
    theirs = import_torchvision().ops.StochasticDepth(p, mode).train(training)
    x = torch.randn(16, 3, 2, 2)
    results: list[list[Tensor]] = []
    for module in (ours, theirs):
        torch.manual_seed(0)
        results.append([module(x), module(x), torch.rand(3)])
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


def test_layer_norm_of_channels_is_torchvisions() -> None:
    ours = module_of("layernorm", (6, 5, 4), eps=1e-6, channels_first=True)
    theirs = import_torchvision().models.convnext.LayerNorm2d(6, eps=1e-6)
    for parameter in theirs.parameters():
        nn.init.normal_(parameter)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 6, 5, 4)
    assert torch.equal(ours(x), theirs(x))


def attention_pair(**args: Any) -> tuple[nn.Module, nn.MultiheadAttention]:
    ours = module_of("attention", (7, 12), **args)
    theirs = nn.MultiheadAttention(
        12, args["num_heads"], dropout=args.get("dropout", 0.0), bias=args.get("bias", True), batch_first=True
    )
    for parameter in theirs.parameters():
        nn.init.normal_(parameter)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    return ours, theirs


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("heads", [1, 4])
@pytest.mark.parametrize("training", [True, False])
def test_attention_is_torchs(heads: int, bias: bool, training: bool) -> None:
    ours, theirs = attention_pair(num_heads=heads, bias=bias, dropout=0.3)
    ours.train(training)
    theirs.train(training)
    x = torch.randn(3, 7, 12, requires_grad=True)
    results = []
    for module, inputs in ((ours, (x,)), (theirs, (x, x, x))):
        torch.manual_seed(0)
        output = module(*inputs) if module is ours else theirs(*inputs, need_weights=False)[0]
        gradients = torch.autograd.grad(output.square().sum(), [x, *module.parameters()])
        results.append([output, *gradients])
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


def test_attention_takes_torchs_fast_path_in_evaluation() -> None:
    ours, theirs = attention_pair(num_heads=4)
    x = torch.randn(3, 7, 12)
    with torch.inference_mode():
        assert torch.equal(ours.eval()(x), theirs.eval()(x, x, x, need_weights=False)[0])


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("heads", [3, 4])
def test_causal_attention_sees_no_later_token(heads: int, training: bool) -> None:
    ours = module_of("attention", (7, 12), num_heads=heads, causal=True).train(training)
    x = torch.randn(2, 7, 12)
    changed = x.clone()
    changed[:, 4:] += 1
    for grad in (True, False):
        with torch.set_grad_enabled(grad):
            before, after = ours(x), ours(changed)
        assert torch.equal(before[:, :4], after[:, :4])
        assert not torch.isclose(before[:, 4:], after[:, 4:]).all()


def test_cross_attention_takes_key_and_value() -> None:
    ours = module_of("cross_attention", (5, 8), (7, 6), (7, 4), num_heads=2)
    theirs = nn.MultiheadAttention(8, 2, kdim=6, vdim=4, batch_first=True)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    query, key, value = torch.randn(2, 5, 8), torch.randn(2, 7, 6), torch.randn(2, 7, 4)
    assert torch.equal(ours(query, key, value), theirs(query, key, value, need_weights=False)[0])


def test_cross_attention_without_value_reads_the_key() -> None:
    ours = module_of("cross_attention", (5, 8), (7, 8), num_heads=2)
    theirs = nn.MultiheadAttention(8, 2, batch_first=True)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    query, key = torch.randn(2, 5, 8), torch.randn(2, 7, 8)
    assert torch.equal(ours(query, key), theirs(query, key, key, need_weights=False)[0])


def test_class_token_comes_first_and_starts_at_zero() -> None:
    ours = module_of("class_token", (4, 3))
    x = torch.randn(2, 4, 3)
    assert torch.equal(ours(x), torch.cat([torch.zeros(2, 1, 3), x], 1))


def test_position_embedding_is_drawn_as_torchvisions_and_added() -> None:
    torch.manual_seed(0)
    ours = module_of("position_embedding", (500, 40))
    torch.manual_seed(0)
    expected = torch.empty(1, 500, 40).normal_(std=0.02)
    x = torch.randn(2, 500, 40)
    assert torch.equal(ours(x), x + expected)


def test_scale_multiplies_each_channel() -> None:
    ours = module_of("scale", (3, 2, 2))
    x = torch.randn(2, 3, 2, 2)
    assert torch.equal(ours(x), x)
    with torch.no_grad():
        ours.get_parameter("weight").copy_(torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1))
    assert torch.equal(ours(x), x * torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1))


def test_crop_is_torchvisions_centre_crop() -> None:
    center_crop = import_torchvision().transforms.functional.center_crop
    for extent in range(3, 12):
        for size in range(1, extent + 1):
            x = torch.randn(2, 3, extent, extent + 1)
            call = call_of("crop", ((3, extent, extent + 1),), size=(size, size))
            assert torch.equal(run_of(OPERATIONS["crop"].code(call))(x), center_crop(x, [size, size]))
