"""What help says of names that stand for nothing: it names what there is, and guesses only slips."""

from __future__ import annotations

import inspect
import re

import pytest
from torch import nn

from netcompiler import pipeline
from netcompiler.diagnostics import Diagnostic, SpecError, suggest
from netcompiler.elaborate.hints import alike, operation_hint
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.operations.base import OPERATIONS
from netcompiler.source import Source

SIZE = "take it out: the input's size is left out here"
MODULES = sorted(
    name for name, value in vars(nn).items() if isinstance(value, type) and issubclass(value, nn.Module)
)


def found(line: str, shape: str = "[8, 6, 6]") -> list[Diagnostic]:
    """The errors of a net with one line."""
    source = Source("a.net", f"net n {{\n  input image {shape}\n  {line}\n}}\n")
    try:
        return [d for d in pipeline.check(source, DEFAULT_LIMITS, {}) if d.severity == "error"]
    except SpecError as error:
        return list(error.diagnostics)


def named(hint: str) -> list[str]:
    """The operations that a hint names."""
    return [re.match(r"\w*", text)[0] for text in re.findall(r"`([^`]*)`", hint)]  # type: ignore[index]


@pytest.mark.parametrize("module", MODULES)
def test_a_hint_names_an_operation_that_there_is(module: str) -> None:
    for name in (module, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", module).lower()):
        hint = operation_hint(name) or alike(name, OPERATIONS)
        if name not in OPERATIONS and hint is not None and "`{" not in hint:
            assert set(named(hint)) <= OPERATIONS.keys()
            for call in re.findall(r"here it is `(.*)`", hint):
                dims = call.count("1, 1") if call.startswith("pad") else 2
                shape = str([4, 8, 8, 8][: dims + 1]) if "reshape" not in call else "[1024]"
                assert found(call, shape) == []


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("BatchNorm2d", "batchnorm"),
        ("Dropout2d", "channel_dropout"),
        ("max_pool2d", "maxpool"),
        ("LazyConv2d", "conv"),
        ("LayerNorm2d", "layernorm"),
        ("ReflectionPad2d", "pad"),
        ("GlobalAvgPool2d", "adaptive_avgpool"),
        ("ConvTranspose3d", "conv_transpose"),
        ("leakyrelu", "leaky_relu"),
    ],
)
def test_operations_by_their_names_elsewhere(name: str, operation: str) -> None:
    assert named(operation_hint(name) or "")[:1] == [operation]


@pytest.mark.parametrize(
    "name", ["LPPool2d", "MaxUnpool2d", "FractionalMaxPool2d", "Bilinear", "GRU", "EmbeddingBag", "NLLLoss2d"]
)
def test_nothing_is_named_for_what_there_is_not(name: str) -> None:
    assert (operation_hint(name) or alike(name, OPERATIONS)) is None


@pytest.mark.parametrize(
    ("word", "known", "wanted"),
    [
        ("widht", "width", True),
        ("rellu", "relu", True),
        ("nod", "node", True),
        ("sdg", "sgd", True),
        ("RELU", "relu", True),
        ("kernal_size", "kernel_size", True),
        ("outchannel", "out_channels", True),
        ("classification_head", "rectification_tail", False),
        ("range", "image", False),
        ("same", "shape", False),
        ("activation", "dilation", False),
        ("int", "input", False),
        ("left", "select", False),
        ("image", "times", False),
        ("sin", "min", False),
        ("k", "w", False),
    ],
)
def test_a_guess_is_a_slip(word: str, known: str, wanted: bool) -> None:
    assert (suggest(word, [known]) is not None) == wanted


def test_nothing_is_guessed_where_several_are_as_close() -> None:
    assert suggest("stage5", ["stage1", "stage2"]) is None
    assert suggest("stge1", ["stage1", "stage2"]) == "did you mean `stage1`?"


@pytest.mark.parametrize("operation", [o for o in OPERATIONS.values() if o.sizes], ids=lambda o: o.name)
def test_sizes_stand_where_torch_has_them(operation: object) -> None:
    name = operation.name  # type: ignore[attr-defined]
    torch_name = {"attention": "multiheadattention", "cross_attention": "multiheadattention"}.get(name, name)
    flat = torch_name.replace("_", "").removeprefix("frozen")
    module = next(m for m in MODULES if m.lower() in (flat, f"{flat}2d"))
    arguments = list(inspect.signature(getattr(nn, module)).parameters)
    for size, place in operation.sizes.items():  # type: ignore[attr-defined]
        assert arguments[place] == size


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ("batchnorm(8)", "the input's size is left out here: `batchnorm`"),
        ("groupnorm(4, 8)", "the input's size is left out here: `groupnorm(4)`"),
        ("instancenorm(8, affine=true)", "the input's size is left out here: `instancenorm(affine=true)`"),
        ("flatten -> linear(288, 10)", "the input's size is left out here: `linear(10)`"),
        ("flatten(2) -> attention(36, 4)", "the input's size is left out here: `attention(4)`"),
        (
            "conv(in_channels=8, out_channels=8, kernel_size=3)",
            "take it out: the input's size is left out here",
        ),
        ("conv(8, kernel=3)", "did you mean `kernel_size`?"),
        ("conv(8, ksize=3)", "did you mean `kernel_size`?"),
        ("conv(filters=8, kernel_size=3)", "did you mean `out_channels`?"),
        ("conv(8, 3, pad=1)", "did you mean `padding`?"),
        ("conv(8, 3, use_bias=false)", "did you mean `bias`?"),
        ('conv(8, 3, activation="relu")', "an activation is a step of its own: `-> relu`"),
        ("conv(8, 3, padding=same)", 'with quotes: `"same"`'),
        ("relu(inplace=true)", "take it out: it has none"),
        ("for i in range(3) { relu }", "a range is `0..3`: 0, 1 and 2"),
    ],
)
def test_one_mistake_gets_one_error(line: str, help: str) -> None:
    assert [d.help for d in found(line)] == [help]
