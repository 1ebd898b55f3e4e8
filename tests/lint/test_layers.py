"""Warnings of what a net's layers do."""

from __future__ import annotations

from time import process_time

import pytest

from tests.lint.warned import steps, warned


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("conv(8, 3, bias=false) -> batchnorm -> layernorm", ["W104 layernorm"]),
        ("conv(8, 3) -> groupnorm(2) -> lrn(5)", ["W104 lrn(5)"]),
        ("conv(8, 3) -> layernorm -> relu -> layernorm", []),
        ("conv(8, 3) -> layernorm -> scale", []),
        ("conv(8, 3) -> layernorm -> normalize", []),
        # Swin: the norm of the patches is also what the first residual adds.
        ("conv(8, 3) -> layernorm -> residual { layernorm -> conv(8, 1) }", []),
        ("conv(8, 3) -> a: layernorm -> layernorm\noutput a", ["E"]),
    ],
)
def test_norm_after_norm(text: str, said: list[str]) -> None:
    if said == ["E"]:
        text, said = text.replace("output a", "last: relu\noutput a\noutput last"), []
    assert steps(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("conv(8, 3) -> batchnorm", ["W106 conv(8, 3)"]),
        ("conv(8, 3) -> instancenorm", ["W106 conv(8, 3)"]),
        ("conv_transpose(8, 3) -> batchnorm", ["W106 conv_transpose(8, 3)"]),
        ("flatten -> linear(8) -> batchnorm", ["W106 linear(8)"]),
        ("conv(8, 3, bias=false) -> batchnorm", []),
        ("conv(8, 3) -> relu -> batchnorm", []),
        ("conv(8, 3) -> groupnorm(2)", []),
        ("conv(8, 3) -> frozen_batchnorm", []),
        # Tokens of features: the norm is over each token's features, the bias differs among them.
        ("flatten(2) -> linear(8) -> batchnorm", []),
        ("c: conv(8, 3, padding=1) -> batchnorm -> add(c)", []),
        ("c: conv(8, 3) -> last: batchnorm\noutput c\noutput last", []),
        ("c: conv(8, 3) -> batchnorm -> reuse(c)", []),
    ],
)
def test_bias_before_norm(text: str, said: list[str]) -> None:
    assert steps(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("conv(8, 1, stride=2)", ["W107 conv(8, 1, stride=2)"]),
        ("conv(8, 3, stride=4)", ["W107 conv(8, 3, stride=4)"]),
        ("maxpool(2, stride=3)", ["W107 maxpool(2, stride=3)"]),
        ("conv(8, [3, 1], stride=2)", ["W107 conv(8, [3, 1], stride=2)"]),
        # Elements 2 apart, windows 2 apart: odd rows are never read.
        ("conv(8, 3, stride=2, dilation=2)", ["W107 conv(8, 3, stride=2, dilation=2)"]),
        ("conv(8, 3, stride=2, dilation=3)", []),
        ("maxpool(2, dilation=2)", ["W107 maxpool(2, dilation=2)"]),
        ("conv(8, 3, stride=2)", []),
        ("conv(8, 7, stride=2, padding=3)", []),
        ("conv(8, 4, stride=4)", []),
        ("maxpool(2) -> maxpool(3, stride=2)", []),
        # A pool of one pixel can only be meant to leave the others out.
        ("maxpool(1, stride=2)", []),
        # A projection beside a body that reads all pixels.
        ("residual { conv(8, 3, stride=2, padding=1) } skip conv(8, 1, stride=2)", []),
        ("a: batchnorm -> relu -> b: conv(8, 1, stride=2)\nfrom a -> c: conv(8, 3)\noutput b\noutput c", []),
        ("conv(8, 1, stride=2)\nlast: relu\nfrom image -> whole: relu\noutput last\noutput whole", []),
        # The first residual network's: neither reads three of four pixels.
        (
            "residual { conv(8, 1, stride=2) -> relu } skip conv(8, 1, stride=2)",
            ["W107 conv(8, 1, stride=2)", "W107 conv(8, 1, stride=2)"],
        ),
    ],
)
def test_dropped_pixels(text: str, said: list[str]) -> None:
    assert steps(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("conv(8, 1, padding=1)", ["W114 conv(8, 1, padding=1)"]),
        ("conv(8, 3, padding=3)", ["W114 conv(8, 3, padding=3)"]),
        ("conv(8, 3, padding=2)", []),
        ("conv(8, 3, padding=4, dilation=2)", []),
        ('conv(8, 3, padding="same")', []),
        ('conv(8, 1, padding=1, padding_mode="reflect")', []),
    ],
)
def test_wide_padding(text: str, said: list[str]) -> None:
    assert steps(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("conv(8, 6, 5)", ["W115 conv(8, 6, 5)"]),
        ("conv(8, 25, 7)", ["W115 conv(8, 25, 7)"]),
        ("conv(8, 7, 3)", []),
        ("conv(8, 4, 4)", []),
        ("conv(6, 6, 5)", []),
        ("conv(8, 3)", []),
    ],
)
def test_torch_order(text: str, said: list[str]) -> None:
    assert steps(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("relu -> relu", ["W111 relu"]),
        ("gelu -> gelu", ["W111 gelu"]),
        ("relu -> maxpool(2) -> dropout -> relu", ["W111 relu"]),
        ("sigmoid -> leaky_relu", ["W111 leaky_relu"]),
        ("flatten -> relu -> softmax(-1) -> linear(4)", ["W111 softmax(-1)"]),
        ("flatten -> sigmoid -> log_softmax(-1)", ["W111 log_softmax(-1)"]),
        ("relu -> conv(8, 1) -> relu", []),
        ("relu -> alpha_dropout -> relu", []),
        ("sigmoid -> relu6", []),
        ("tanh -> relu", []),
        ("times(2) -> times(3)", []),
        ("glu(1) -> glu(1)", []),
        ("residual { relu } -> relu", []),
    ],
)
def test_activation_after_activation(text: str, said: list[str]) -> None:
    assert steps(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("flatten -> linear(4) -> softmax(-1)", ["W112 softmax(-1)"]),
        ("flatten -> linear(4) -> log_softmax(-1)", []),
        ("flatten(2) -> linear(4) -> softmax(-1)", []),
        ("flatten -> linear(4) -> softmax(-1) -> linear(2)", []),
    ],
)
def test_softmax_at_the_end(text: str, said: list[str]) -> None:
    assert steps(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("c: conv(8, 3) -> add(c)", ["W113 add(c)"]),
        ("residual { identity }", ["W113 residual { identity }"]),
        ("c: conv(8, 3) -> relu -> maximum(c, c)", ["W113 maximum(c, c)"]),
        ("c: conv(8, 3) -> multiply(c)", []),
        ("concat { identity\nidentity }", []),
        ("residual { relu }", []),
    ],
)
def test_merged_with_itself(text: str, said: list[str]) -> None:
    assert steps(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dropout(1)", ["W105 dropout(1)"]),
        ("times(0)", ["W105 times(0)"]),
        ("concat { conv(4, 1)\nconv(4, 3, padding=1) } -> narrow(1, 0, 4)", ["W105 conv(4, 3, padding=1)"]),
        ("concat { conv(4, 1)\nconv(2, 1) } -> narrow(1, -2, 2)", ["W105 conv(4, 1)"]),
        ("concat { conv(4, 1)\nconv(4, 1) } -> narrow(1, 2, 4)", []),
        ("concat { conv(4, 1)\nconv(4, 1) } -> narrow(2, 0, 4)", []),
        ("c: concat { conv(4, 1)\nconv(4, 1) } -> narrow(1, 0, 4) -> concat(c)", []),
    ],
)
def test_lost_values(text: str, said: list[str]) -> None:
    assert steps(text) == said


def test_a_step_of_a_block_is_told_of_once() -> None:
    text = """
        block unit { conv(8, 3, padding=1) -> batchnorm -> relu }
        net n { input image [8, 8, 8]
          unit * 3 }
        net m { input image [8, 16, 16]
          unit * 2 }
    """
    assert warned(text) == ["W106 conv(8, 3, padding=1)"]


def test_no_warnings_beside_errors_of_the_same_net() -> None:
    text = "net n(width=4) { input image [8, 8, 8]\n conv(8, 3) -> batchnorm -> cnov(4) }\n"
    with pytest.raises(AssertionError, match="E201"):
        warned(text)


def test_long_chains_and_many_readers_are_not_gone_through_again_and_again() -> None:
    chain = "relu -> gelu\n" + "dropout -> gelu\n" * 1500
    readers = "from last -> conv(8, 1, stride=2) -> relu\n" * 1500
    begun = process_time()
    assert not steps(f"{chain}last: dropout\nadd {{\n{readers}}}", "[8, 4, 4]")
    assert process_time() - begun < 4
