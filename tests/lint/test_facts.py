"""What the rules take for granted, held against torch and against counting."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netcompiler import loads
from netcompiler.lint.rules import activations, normalisation, nothing
from tests.lint.warned import steps

VALUES = torch.linspace(-4, 4, 2 * 8 * 4 * 4).reshape(2, 8, 4, 4)
ARGUMENTS = {"softmax": "(1)", "softmin": "(1)", "pixel_shuffle": "(1)", "pixel_unshuffle": "(1)"}


def _run(step: str, values: torch.Tensor) -> torch.Tensor:
    """What a step makes of values, in training."""
    torch.manual_seed(0)
    net = loads(f"net n {{ input image [8, 4, 4]\n {step} }}")
    result: torch.Tensor = net.module()(values)
    return result


@pytest.mark.parametrize("name", sorted(activations._NEVER_NEGATIVE))
def test_never_negative(name: str) -> None:
    assert _run(name + ARGUMENTS.get(name, ""), VALUES).min() >= 0


@pytest.mark.parametrize("name", sorted(activations._KEEP_POSITIVE))
def test_positive_numbers_are_kept(name: str) -> None:
    assert torch.equal(_run(name, VALUES.abs()), VALUES.abs())


@pytest.mark.parametrize("name", sorted(activations._KEEP_SIGN | {"maxpool", "avgpool", "dropout"}))
def test_what_lies_between_keeps_numbers_from_0_on(name: str) -> None:
    arguments = {
        "reshape": "([4, -1])",
        "permute": "([0, 2, 3, 1])",
        "transpose": "(1, 2)",
        "maxpool": "(3, padding=1)",
        "avgpool": "(3, padding=1)",
        "unsqueeze": "(1)",
    }
    step = f"here: {name}{arguments.get(name, '')}"  # an identity without a name is no layer
    if name == "squeeze":
        step = "narrow(1, 0, 1) -> squeeze(1)"
    assert _run(step, VALUES.abs()).min() >= 0


@pytest.mark.parametrize("name", sorted(nothing._IDLE))
def test_idle_steps_pass_their_input_on(name: str) -> None:
    argument, value = nothing._IDLE[name]
    assert torch.equal(_run(f"{name}({argument}={value})", VALUES), VALUES)


@pytest.mark.parametrize("norm", sorted(normalisation._TAKE_MEAN_AWAY))
@pytest.mark.parametrize("layer", ["conv(8, 3, %s)", "conv_transpose(8, 3, %s)"])
def test_a_bias_before_the_norm_has_no_effect(layer: str, norm: str) -> None:
    plain = _run(f"{layer % 'bias=false, init=0.1'} -> {norm}", VALUES)
    biased = _run(f"{layer % 'init=0.1, bias_init=normal(std=3)'} -> {norm}", VALUES)
    assert torch.allclose(plain, biased, atol=1e-4)


@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 5))
def test_pixels_are_dropped_where_counting_says_so(kernel: int, stride: int, dilation: int) -> None:
    """Of a row that is long enough, the pixels in its middle."""
    reach = dilation * (kernel - 1) + 1
    extent = 8 * (reach + stride)
    windows = range(0, extent - reach + 1, stride)
    read = {start + dilation * n for start in windows for n in range(kernel)}
    dropped = any(pixel not in read for pixel in range(reach + stride, extent - 2 * (reach + stride)))
    step = f"conv(4, {kernel}, stride={stride}, dilation={dilation})"
    # With a stride of 1 every pixel begins a window.
    assert bool(steps(step, f"[2, {extent}]")) is dropped
