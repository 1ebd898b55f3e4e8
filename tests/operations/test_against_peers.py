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


WINDOWS = [
    ((7, 7), (14, 21), (3, 3)),
    ((2, 3), (8, 9), (1, 1)),
    ((4, 4), (8, 8), (2, 0)),
    ((4, 2), (4, 6), (0, 1)),
]


@pytest.mark.parametrize(("window", "size", "shift"), WINDOWS)
def test_windows_positions_and_masks_are_those_of_swin(
    window: tuple[int, int], size: tuple[int, int], shift: tuple[int, int]
) -> None:
    """One attention of torchvision's, with weights that are large enough for the mask to matter."""
    swin = import_torchvision().models.swin_transformer
    theirs = swin.ShiftedWindowAttention(4, [*window], [*shift], 1)
    index = module_of("relative_position_index", window_size=window)
    assert torch.equal(index()[0], theirs.relative_position_index)
    tokens = window[0] * window[1]
    groups = size[0] * size[1] // tokens
    args = {"size": size, "window_size": window, "shift_size": shift}
    mask = module_of("shifted_window_mask", (groups, 1, tokens, tokens), **args)
    x = torch.randn(1, *size, 4)
    for parameter in theirs.parameters():
        nn.init.normal_(parameter, std=3)
    table = theirs.relative_position_bias_table
    rolled = torch.roll(x, (-shift[0], -shift[1]), (1, 2))
    blocks = rolled.unflatten(2, (-1, window[1])).unflatten(1, (-1, window[0]))
    blocks = blocks.permute(0, 1, 3, 2, 4, 5).reshape(1, groups, tokens, 4)
    q, k, v = theirs.qkv(blocks).chunk(3, -1)
    bias = table[index()[0]].view(1, 1, 1, tokens, tokens)
    scores = mask((q * 0.5 @ k.transpose(-2, -1))[:, :, None] + bias)[:, :, 0]
    out = theirs.proj(scores.softmax(-1) @ v)
    out = out.view(1, size[0] // window[0], size[1] // window[1], *window, 4).permute(0, 1, 3, 2, 4, 5)
    out = torch.roll(out.reshape(1, *size, 4), shift, (1, 2))
    torch.testing.assert_close(out, theirs(x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("window", [(7, 7), (2, 3), (8, 4)])
def test_relative_positions_are_those_of_swin_v2_and_maxvit(window: tuple[int, int]) -> None:
    models = import_torchvision().models
    theirs = models.swin_transformer.ShiftedWindowAttentionV2(4, [*window], [0, 0], 1)
    assert torch.equal(module_of("relative_coords_table", window_size=window)(), theirs.relative_coords_table)
    square = module_of("relative_position_index", window_size=window, flat=False)()[0]
    assert torch.equal(square, models.maxvit._get_relative_position_index(*window))


def test_a_part_of_a_linear_layer_has_no_bias() -> None:
    ours = module_of("linear", (4,), out_features=6, unbiased=(2, 5))
    plain = nn.Linear(4, 6)
    ours.load_state_dict(plain.state_dict(), strict=True)
    x = torch.randn(3, 4)
    with_bias, without = plain(x), nn.functional.linear(x, plain.weight)
    expected = torch.cat([with_bias[:, :2], without[:, 2:5], with_bias[:, 5:]], 1)
    torch.testing.assert_close(ours(x), expected)
    ours(x).sum().backward()
    assert isinstance(ours.bias, nn.Parameter)
    assert ours.bias.grad is not None
    assert [bool(g) for g in ours.bias.grad] == [True, True, False, False, False, True]


@pytest.mark.parametrize("dim", [1, 2, -1])
def test_index_select_takes_entries_of_each_sample(dim: int) -> None:
    run = run_of(OPERATIONS["index_select"].code(call_of("index_select", ((5, 6), (4,)), dim=dim)))
    x, numbers = torch.randn(2, 5, 6), torch.randint(0, 5, (2, 4))
    for i, sample in enumerate(run(x, numbers)):
        assert torch.equal(sample, x[i].index_select(dim - 1 if dim > 0 else dim, numbers[i]))
    shared = run(x[:1], numbers[:1])
    assert torch.equal(shared, run(x, numbers)[:1])
