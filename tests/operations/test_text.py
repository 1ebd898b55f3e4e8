"""The text operations give: PyTorch code, labels of pictures, messages of errors."""

from __future__ import annotations

from typing import Any

import pytest

from netcompiler.operations import OPERATIONS
from netcompiler.operations.base import ShapeError
from tests.operations.rendering import call_of, text_of

IMAGE = (64, 56, 56)
TOKENS = (196, 768)

CODE: list[tuple[str, tuple[tuple[int, ...], ...], dict[str, Any], str, str]] = [
    ("conv", ((3, 224, 224),),
     {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False},
     "nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)", "7×7 conv, 64, /2"),
    ("conv", (IMAGE,), {"out_channels": 64, "kernel_size": (1, 7), "padding": (0, 3)},
     "nn.Conv2d(64, 64, (1, 7), padding=(0, 3))", "1×7 conv, 64"),
    ("conv", (IMAGE,), {"out_channels": 128, "kernel_size": 3, "padding": "same", "groups": 32},
     "nn.Conv2d(64, 128, 3, padding='same', groups=32)", "3×3 conv, 128, 32 groups"),
    ("conv", (IMAGE,), {"out_channels": 64, "kernel_size": 3, "groups": 64, "stride": (2, 1)},
     "nn.Conv2d(64, 64, 3, stride=(2, 1), groups=64)", "3×3 depthwise conv, 64, /2×1"),
    ("conv", ((8, 100),), {"out_channels": 4, "kernel_size": 5, "dilation": 2, "padding_mode": "circular"},
     "nn.Conv1d(8, 4, 5, dilation=2, padding_mode='circular')", "5 conv, 4"),
    ("conv", ((1, 8, 8, 8),), {"out_channels": 4, "kernel_size": 3}, "nn.Conv3d(1, 4, 3)", "3×3×3 conv, 4"),
    ("conv_transpose", (IMAGE,), {"out_channels": 32, "kernel_size": 2, "stride": 2},
     "nn.ConvTranspose2d(64, 32, 2, stride=2)", "2×2 up-conv, 32, ×2"),
    ("maxpool", (IMAGE,), {"kernel_size": 3, "stride": 2, "padding": 1},
     "nn.MaxPool2d(3, stride=2, padding=1)", "3×3 max pool, /2"),
    ("maxpool", (IMAGE,), {"kernel_size": 2}, "nn.MaxPool2d(2)", "2×2 max pool, /2"),
    ("maxpool", (IMAGE,), {"kernel_size": 3, "stride": 1}, "nn.MaxPool2d(3, stride=1)", "3×3 max pool"),
    ("avgpool", (IMAGE,), {"kernel_size": 3, "stride": 1, "padding": 1, "count_include_pad": False},
     "nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)", "3×3 avg pool"),
    ("adaptive_avgpool", (IMAGE,), {"output_size": 1}, "nn.AdaptiveAvgPool2d(1)", "avg pool"),
    ("adaptive_avgpool", (IMAGE,), {"output_size": (7, None)},
     "nn.AdaptiveAvgPool2d((7, None))", "avg pool to 7×56"),
    ("adaptive_maxpool", ((8, 9),), {"output_size": (None,)}, "nn.AdaptiveMaxPool1d(9)", "max pool to 9"),
    ("mean", (IMAGE,), {"dim": (2, 3)}, "a.mean([2, 3])", "mean"),
    ("mean", (IMAGE,), {"dim": 1, "keepdim": True}, "a.mean(1, keepdim=True)", "mean"),
    ("batchnorm", (IMAGE,), {}, "nn.BatchNorm2d(64)", "batch norm"),
    ("batchnorm", ((10,),), {"eps": 1e-3, "momentum": None}, "nn.BatchNorm1d(10, eps=0.001, momentum=None)",
     "batch norm"),
    ("instancenorm", (IMAGE,), {"affine": True}, "nn.InstanceNorm2d(64, affine=True)", "instance norm"),
    ("groupnorm", (IMAGE,), {"num_groups": 32}, "nn.GroupNorm(32, 64)", "group norm, 32"),
    ("layernorm", (TOKENS,), {"eps": 1e-6}, "nn.LayerNorm(768, eps=1e-06)", "layer norm"),
    ("layernorm", (IMAGE,), {"normalized_shape": (56, 56)}, "nn.LayerNorm((56, 56))", "layer norm"),
    ("layernorm", (IMAGE,), {"channels_first": True, "bias": False}, "ChannelLayerNorm(64, bias=False)",
     "layer norm"),
    ("rmsnorm", (TOKENS,), {}, "nn.RMSNorm(768)", "RMS norm"),
    ("lrn", (IMAGE,), {"size": 5, "alpha": 1e-4, "beta": 0.75, "k": 2},
     "nn.LocalResponseNorm(5, k=2)", "LRN"),
    ("scale", (IMAGE,), {}, "nn.Parameter(torch.ones(64, 1, 1))", "scale"),
    ("relu", (IMAGE,), {}, "nn.ReLU()", "ReLU"),
    ("leaky_relu", (IMAGE,), {"negative_slope": 0.2}, "nn.LeakyReLU(negative_slope=0.2)", "LeakyReLU"),
    ("prelu", (IMAGE,), {"num_parameters": 64, "init": 0.1}, "nn.PReLU(num_parameters=64)", "PReLU"),
    ("softmax", ((10,),), {"dim": 1}, "nn.Softmax(1)", "softmax"),
    ("threshold", ((10,),), {"threshold": 0.1, "value": 0}, "nn.Threshold(0.1, 0)", "threshold"),
    ("dropout", ((10,),), {}, "nn.Dropout()", "dropout 0.5"),
    ("dropout", ((10,),), {"p": 0.2}, "nn.Dropout(p=0.2)", "dropout 0.2"),
    ("channel_dropout", (IMAGE,), {"p": 0.2}, "nn.Dropout2d(p=0.2)", "channel dropout 0.2"),
    ("stochastic_depth", (IMAGE,), {"p": 0.1}, "StochasticDepth(0.1)", "stochastic depth 0.1"),
    ("stochastic_depth", (IMAGE,), {"p": 0.1, "mode": "batch"}, "StochasticDepth(0.1, mode='batch')",
     "stochastic depth 0.1"),
    ("linear", ((2048,),), {"out_features": 1000}, "nn.Linear(2048, 1000)", "fc 1000"),
    ("flatten", (IMAGE,), {}, "torch.flatten(a, 1)", "flatten"),
    ("flatten", (IMAGE,), {"start_dim": 2, "end_dim": 3}, "torch.flatten(a, 2, 3)", "flatten"),
    ("reshape", (IMAGE,), {"shape": (8, 8, -1)}, "a.flatten(1).unflatten(1, (8, 8, -1))", "reshape"),
    ("reshape", (IMAGE,), {"shape": (-1,)}, "torch.flatten(a, 1)", "reshape"),
    ("permute", (IMAGE,), {"dims": (0, 2, 3, 1)}, "a.permute(0, 2, 3, 1)", "permute"),
    ("transpose", (TOKENS,), {"dim0": 1, "dim1": 2}, "a.transpose(1, 2)", "transpose"),
    ("select", (TOKENS,), {"dim": 1, "index": 0}, "a.select(1, 0)", "select"),
    ("narrow", (IMAGE,), {"dim": 1, "start": 32, "length": 32}, "a.narrow(1, 32, 32)", "narrow"),
    ("pad", (IMAGE,), {"padding": (1, 2)}, "nn.functional.pad(a, [1, 2])", "pad"),
    ("pad", (IMAGE,), {"padding": (1, 1, 1, 1), "mode": "reflect"},
     'nn.functional.pad(a, [1, 1, 1, 1], mode="reflect")', "pad"),
    ("pad", (IMAGE,), {"padding": (1, 2), "value": -1.5}, "nn.functional.pad(a, [1, 2], value=-1.5)", "pad"),
    ("pad", ((4,),), {"padding": (-3, 0)}, "nn.functional.pad(a, [-3, 0])", "pad"),
    ("crop", (IMAGE,), {"size": 56}, "a[:, :, 0:56, 0:56]", "crop to 56×56"),
    ("crop", (IMAGE,), {"size": 50, "offset": 6}, "a[:, :, 6:56, 6:56]", "crop to 50×50"),
    ("crop", (IMAGE,), {"size": 50}, "a[:, :, 3:53, 3:53]", "crop to 50×50"),
    ("crop", (IMAGE,), {"size": (50, 40), "offset": (0, 1)}, "a[:, :, 0:50, 1:41]", "crop to 50×40"),
    ("upsample", (IMAGE,), {"scale_factor": 2, "mode": "bilinear", "align_corners": False},
     "nn.Upsample(scale_factor=2, mode='bilinear', align_corners=False)", "upsample ×2"),
    ("upsample", (IMAGE,), {"size": (60, 70)}, "nn.Upsample(size=(60, 70))", "upsample to 60×70"),
    ("upsample", (IMAGE,), {"scale_factor": (1.5, 2)},
     "nn.Upsample(scale_factor=(1.5, 2))", "upsample ×1.5×2"),
    ("channel_shuffle", (IMAGE,), {"groups": 2}, "nn.ChannelShuffle(2)", "channel shuffle, 2"),
    ("pixel_shuffle", (IMAGE,), {"upscale_factor": 2}, "nn.PixelShuffle(2)", "pixel shuffle ×2"),
    ("pixel_unshuffle", (IMAGE,), {"downscale_factor": 2}, "nn.PixelUnshuffle(2)", "pixel unshuffle /2"),
    ("attention", (TOKENS,), {"num_heads": 12, "dropout": 0.1}, "Attention(768, 12, dropout=0.1)",
     "attention, 12 heads"),
    ("cross_attention", (TOKENS, (77, 512)), {"num_heads": 12}, "Attention(768, 12, kdim=512, vdim=512)",
     "cross-attention, 12 heads"),
    ("class_token", (TOKENS,), {}, "nn.Parameter(torch.zeros(1, 1, 768))", "class token"),
    ("position_embedding", (TOKENS,), {},
     "nn.Parameter(torch.empty(1, 196, 768).normal_(std=0.02))", "position embedding"),
    ("add", (IMAGE, IMAGE, IMAGE), {}, "a + b + c", "+"),
    ("subtract", (IMAGE, IMAGE), {}, "a - b", "−"),
    ("multiply", (IMAGE, (64, 1, 1)), {"broadcast": True}, "a * b", "×"),
    ("maximum", (IMAGE, IMAGE, IMAGE), {}, "torch.maximum(torch.maximum(a, b), c)", "max"),
    ("concat", (IMAGE, (3, 56, 56)), {}, "torch.cat([*tensors], 1)", "concat"),
    ("stack", (IMAGE, IMAGE), {"dim": -1}, "torch.stack([*tensors], -1)", "stack"),
    ("matmul", ((2, 3), (3, 4)), {}, "a @ b", "matmul"),
    ("exchange", (IMAGE, IMAGE), {}, "torch.cat([*tensors], 1)", "exchange"),
    ("gather", (IMAGE, IMAGE), {}, "torch.cat([*tensors], 1)", "gather"),
    ("identity", (IMAGE,), {}, "a", "identity"),
    ("input", (), {"shape": IMAGE}, "a", "input"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "inputs", "args", "code", "label"), CODE, ids=[row[3] for row in CODE])
def test_code_and_label(
    name: str, inputs: tuple[tuple[int, ...], ...], args: dict[str, Any], code: str, label: str
) -> None:
    call = call_of(name, inputs, **args)
    OPERATIONS[name].shape(call)
    assert text_of(OPERATIONS[name].code(call)) == code
    assert OPERATIONS[name].label(call) == label


SPATIAL = "expects an input of shape [channels, height, width], or with one or three spatial dimensions"
ERRORS: list[
    tuple[str, tuple[tuple[int, ...], ...], dict[str, Any], str, str, tuple[str, ...], str | None]
] = [
    ("conv", ((512,),), {"out_channels": 8, "kernel_size": 3}, "E210",
     f"{SPATIAL}, got [512]",
     (), "`reshape` gives features a spatial shape"),
    ("conv", ((3, 8, 8),), {"out_channels": 8, "kernel_size": 11, "padding": 1}, "E211",
     "kernel 11×11 is larger than its input", ("input is [3, 8, 8], 10×10 with its padding",), None),
    ("conv", ((3, 8, 8),), {"out_channels": 8, "kernel_size": 5, "dilation": 3}, "E211",
     "kernel 5×5 with dilation 3×3 is larger than its input",
     ("input is [3, 8, 8], 8×8 with its padding",), None),
    ("conv", ((3, 8, 8),), {"out_channels": 8, "kernel_size": 3, "groups": 2}, "E205",
     "`groups` is 2, which does not divide 3 input channels", (), None),
    ("conv", ((4, 8, 8),), {"out_channels": 6, "kernel_size": 3, "groups": 4}, "E205",
     "`groups` is 4, which does not divide 6 output channels", (), None),
    ("conv", ((4, 8, 8),), {"out_channels": 6, "kernel_size": 3, "padding": "same", "stride": 2}, "E205",
     '`padding` is "same", which needs a stride of 1', (), None),
    ("maxpool", ((4, 8, 8),), {"kernel_size": 3, "padding": 2}, "E205",
     "`padding` is 2, more than half of the kernel's 3", (), None),
    ("flatten", ((4, 8, 8),), {"start_dim": 0}, "E205", "`start_dim` is 0, which is the batch dimension",
     ("input is [4, 8, 8]",), "dimensions count as in torch: 0 is the batch, 1 the channels"),
    ("softmax", ((10,),), {"dim": 2}, "E205",
     "`dim` is 2, but with the batch as dimension 0 there are only 2 dimensions", ("input is [10]",), None),
    ("permute", ((4, 8, 8),), {"dims": (1, 0, 2, 3)}, "E205",
     "`dims` moves the batch dimension, 0, which must stay first", (), None),
    ("attention", ((768, 14, 14),), {"num_heads": 12}, "E210",
     "expects an input of shape [tokens, features], got [768, 14, 14]", (),
     "`flatten(2) -> transpose(1, 2)` makes tokens of an image"),
    ("attention", ((196, 100),), {"num_heads": 12}, "E205",
     "`num_heads` is 12, which does not divide 100 features", (), None),
    ("add", ((256, 56, 56), (128, 56, 56)), {}, "E204", "branches have different shapes",
     ("branch 1 gives [256, 56, 56], branch 2 gives [128, 56, 56]",), None),
    ("multiply", ((256, 56, 56), (256, 1, 1)), {}, "E204", "branches have different shapes",
     ("branch 1 gives [256, 56, 56], branch 2 gives [256, 1, 1]",),
     "`multiply(broadcast=true)` lets extents of 1 stand for the others"),
    ("multiply", ((256, 56, 56), (128, 1, 1)), {"broadcast": True}, "E204",
     "branches have different shapes, which cannot broadcast",
     ("branch 1 gives [256, 56, 56], branch 2 gives [128, 1, 1]",), None),
    ("add", ((256,),), {}, "E204", "merges at least 2 values, got 1", ("branch 1 gives [256]",), None),
    ("concat", ((64, 56, 56), (64, 28, 28)), {}, "E204", "branches differ in more than their channels",
     ("branch 1 gives [64, 56, 56], branch 2 gives [64, 28, 28]",), None),
    ("concat", ((64, 56, 56), (32, 56, 56)), {"dim": 3},
     "E204", "branches differ in more than their dimension 3",
     ("branch 1 gives [64, 56, 56], branch 2 gives [32, 56, 56]",), None),
    ("upsample", ((64, 56, 56),), {"scale_factor": 2, "mode": "linear"}, "E205",
     'mode "linear" does not fit an input of shape [64, 56, 56]', (),
     'use mode="bilinear" or mode="nearest"'),
    ("pad", ((4,),), {"padding": (1, -4)}, "E205", "`padding` cuts everything off", ("input is [4]",), None),
    ("pad", ((4,),), {"padding": (-4, 1)}, "E205", "`padding` cuts everything off", ("input is [4]",), None),
    ("pad", ((4, 4),), {"padding": (1, 1), "mode": "circular", "value": 2}, "E205",
     '`value` has no meaning in the mode "circular"', (), None),
    ("crop", ((4, 8, 8),), {"size": 9}, "E205", "window 9×9 is larger than the input",
     ("input is [4, 8, 8]",), None),
    ("crop", ((4, 8, 8),), {"size": 7, "offset": (0, 2)}, "E205",
     "window 7×7 from 0×2 on reaches out of the input", ("input is [4, 8, 8]",), None),
    ("upsample", ((4, 8, 8),), {"scale_factor": 1e308}, "E205",
     "`scale_factor` gives more than any machine can count", (), None),
    ("upsample", ((4, 8, 8),), {"scale_factor": 0.12}, "E205", "`scale_factor` leaves nothing of the input",
     ("input is [4, 8, 8]",), None),
    ("narrow", ((10,),), {"dim": 1, "start": -3, "length": 4}, "E205",
     "4 entries from -3 on, but the dimension has 10", ("input is [10]",), None),
    ("squeeze", ((7, 1),), {"dim": 1}, "E205", "`dim` is 1, whose extent is 7 and not 1",
     ("input is [7, 1]",), None),
    ("cross_attention", ((4, 8), (5, 8), (6, 8)), {"num_heads": 2}, "E204",
     "key and value have different numbers of tokens", ("got [4, 8], [5, 8], [6, 8]",), None),
    ("reshape", ((4, 4),), {"shape": (3, -1)}, "E205", "`shape` is [3, -1], which does not fit 16 elements",
     ("input is [4, 4]",), None),
    ("layernorm", ((7, 7, 96),), {"normalized_shape": 64}, "E205",
     "`normalized_shape` is [64], and the input does not end in it", ("input is [7, 7, 96]",), None),
    ("instancenorm", ((7, 1, 1),), {}, "E210",
     "normalises each channel over its spatial extents, which hold one value alone",
     ("input is [7, 1, 1]",), None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "inputs", "args", "code", "message", "notes", "help"), ERRORS, ids=[row[4] for row in ERRORS]
)
def test_errors(
    name: str,
    inputs: tuple[tuple[int, ...], ...],
    args: dict[str, Any],
    code: str,
    message: str,
    notes: tuple[str, ...],
    help: str | None,
) -> None:
    with pytest.raises(ShapeError) as caught:
        OPERATIONS[name].shape(call_of(name, inputs, **args))
    found = caught.value
    assert (found.code, found.message, found.notes, found.help) == (code, message, notes, help)
