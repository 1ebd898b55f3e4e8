"""Multiply-accumulate operations against torch's counter, and for ResNet-50 torchvision's number."""

from __future__ import annotations

import warnings

import pytest
import torch
from hypothesis import given
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from netcompiler.operations import OPERATIONS
from tests.operations.rendering import BATCH, call_of, run_of
from tests.operations.strategies import Example, examples, fitting

COUNTED = [
    "conv",
    "conv_transpose",
    "linear",
    "matmul",
    "attention",
    "cross_attention",
    "scaled_dot_product_attention",
]


@pytest.mark.parametrize("name", COUNTED)
def test_macs_are_those_torch_counts(name: str) -> None:
    @examples(30)
    @given(fitting(name))
    def check(example: Example) -> None:
        call = call_of(name, example[0], **example[1])
        run = run_of(OPERATIONS[name].code(call))
        if isinstance(run, nn.Module):
            run.to("meta")
        tensors = [torch.empty(BATCH, *shape, device="meta") for shape in call.inputs]
        with FlopCounterMode(display=False) as counter, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run(*tensors)
        assert OPERATIONS[name].macs(call) == counter.get_total_flops() / 2 / BATCH

    check()


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - set(COUNTED)))
def test_nothing_else_counts(name: str) -> None:
    @examples(5)
    @given(fitting(name))
    def check(example: Example) -> None:
        assert OPERATIONS[name].macs(call_of(name, example[0], **example[1])) == 0

    check()


def test_resnet50_has_the_macs_that_torchvision_states() -> None:
    macs = 0

    def conv(channels: int, extent: int, out: int, kernel: int, stride: int = 1) -> tuple[int, int]:
        nonlocal macs
        call = call_of(
            "conv",
            ((channels, extent, extent),),
            out_channels=out,
            kernel_size=kernel,
            stride=stride,
            padding=kernel // 2,
            bias=False,
        )
        macs += OPERATIONS["conv"].macs(call)
        shape = OPERATIONS["conv"].shape(call)
        return shape[0], shape[1]

    channels, extent = conv(3, 224, 64, 7, 2)
    extent = OPERATIONS["maxpool"].shape(
        call_of("maxpool", ((channels, extent, extent),), kernel_size=3, stride=2, padding=1)
    )[1]
    for width, depth, first in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for i in range(depth):
            stride = first if i == 0 else 1
            if i == 0:
                conv(channels, extent, 4 * width, 1, stride)
            conv(channels, extent, width, 1)
            _, extent = conv(width, extent, width, 3, stride)
            channels, _ = conv(width, extent, 4 * width, 1)
    macs += OPERATIONS["linear"].macs(call_of("linear", ((channels,),), out_features=1000))
    assert macs == 4_089_184_256
