"""What every operation must say of itself, and that it says what torch says."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest
from torch import nn

from netcompiler.code import ModuleCode
from netcompiler.operations import OPERATIONS
from netcompiler.operations.base import REQUIRED, Operation, ShapeError, register
from tests.operations.rendering import call_of
from tests.operations.strategies import STRATEGIES

KINDS = {
    "conv", "pool", "norm", "activation", "dropout", "linear", "shape", "merge", "attention", "embedding",
    "transfer", "input",
}  # fmt: skip

# One call of each operation that becomes a module of torch.nn, by which its class is found.
SMALLEST: dict[str, tuple[int, ...]] = {
    "channel_dropout": (4, 4, 4), "channel_shuffle": (4, 4, 4), "instancenorm": (4, 4, 4), "lrn": (4, 4, 4),
    "pixel_shuffle": (4, 4, 4), "pixel_unshuffle": (4, 4, 4), "upsample": (4, 4, 4),
    "conv": (4, 4, 4), "conv_transpose": (4, 4, 4), "maxpool": (4, 4, 4), "avgpool": (4, 4, 4),
    "adaptive_avgpool": (4, 4, 4), "adaptive_maxpool": (4, 4, 4), "attention": (4, 4), "class_token": (4, 4),
}  # fmt: skip
REQUIRED_VALUES = {
    "out_channels": 4, "kernel_size": 2, "output_size": 1, "num_groups": 2, "size": 2, "out_features": 3,
    "groups": 2, "upscale_factor": 2, "downscale_factor": 2, "num_heads": 2, "dim": 1, "threshold": 0.5,
    "value": 0.0, "num_embeddings": 9, "embedding_dim": 4,
}  # fmt: skip

# Arguments of torch's constructors that no operation has, and arguments of operations that torch has not.
FROM_SHAPES = {"in_channels", "in_features", "num_features", "num_channels", "embed_dim", "kdim", "vdim"}
LEFT_TO_THE_BACKEND = {"device", "dtype", "inplace"}
NOT_OFFERED = {
    ("maxpool", "return_indices"),
    ("adaptive_maxpool", "return_indices"),
    ("hardtanh", "min_value"),  # torch's older names
    ("hardtanh", "max_value"),
    ("upsample", "recompute_scale_factor"),
    ("conv_transpose", "padding_mode"),  # torch takes "zeros" alone
    ("batchnorm", "bias"),  # not in the oldest torch that is supported
    ("instancenorm", "bias"),
    ("groupnorm", "bias"),
    ("attention", "add_bias_kv"),
    ("attention", "add_zero_attn"),
    ("attention", "batch_first"),  # always
    ("embedding", "padding_idx"),
    ("embedding", "max_norm"),
    ("embedding", "norm_type"),
    ("embedding", "scale_grad_by_freq"),
    ("embedding", "sparse"),
    ("embedding", "_weight"),
    ("embedding", "_freeze"),
}
OWN = {("layernorm", "channels_first"), ("attention", "causal"), ("linear", "unbiased")}
# torch's softmax guesses a dimension, with a warning, when none is given.
DEFAULT_NOT_KEPT = {("softmax", "dim"), ("log_softmax", "dim"), ("softmin", "dim")}
# torch normalises over a shape that must be given, the language over the last extent.
DEFAULT_ADDED = {("layernorm", "normalized_shape"), ("rmsnorm", "normalized_shape")}


def torch_class(name: str) -> type[nn.Module] | None:
    """The class of torch.nn that an operation becomes or derives from."""
    operation = OPERATIONS[name]
    if operation.merges or operation.bare or name == "input":
        return None
    args = {
        p.name: REQUIRED_VALUES[p.name]
        for p in operation.parameters
        if p.required and p.name in REQUIRED_VALUES
    }
    if any(p.required and p.name not in args for p in operation.parameters):
        return None
    code = operation.code(call_of(name, (SMALLEST.get(name, (4,)),), **args))
    if not isinstance(code, ModuleCode):
        return None
    if name == "attention":
        return nn.MultiheadAttention
    found: type[nn.Module] | None = getattr(nn, code.constructor.removeprefix("nn."), None)
    return found


MODULES = [name for name in OPERATIONS if torch_class(name) is not None]


def test_what_is_no_module_of_torch_is_known() -> None:
    assert OPERATIONS.keys() - set(MODULES) == {
        "input", "identity", "exchange", "gather",
        "add", "subtract", "multiply", "maximum", "concat", "stack", "matmul", "cross_attention",
        "flatten", "reshape", "permute", "transpose", "unsqueeze", "squeeze", "select", "narrow",
        "pad", "crop", "mean", "roll", "index_select", "exp", "clamp", "times", "normalize",
        "parameter", "relative_position_index", "relative_coords_table", "shifted_window_mask",
        "scale", "stochastic_depth", "frozen_batchnorm", "scaled_dot_product_attention", "class_token",
        "position_embedding",
    }  # fmt: skip


def test_every_operation_has_a_strategy() -> None:
    assert STRATEGIES.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_and_argument_is_documented(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.name == name
    assert operation.kind in KINDS
    assert operation.doc.endswith(".")
    assert "\n" not in operation.doc
    assert operation.__doc__
    assert type(operation).__doc__ != Operation.__doc__
    for parameter in operation.parameters:
        assert parameter.doc, parameter.name
        assert not parameter.doc.endswith("."), parameter.name
        assert "\n" not in parameter.doc, parameter.name
        assert operation.parameter(parameter.name) is parameter
    assert operation.parameter("no such argument") is None


def test_what_takes_several_values_is_known() -> None:
    merges = {name for name, operation in OPERATIONS.items() if operation.merges}
    assert merges == {name for name, operation in OPERATIONS.items() if operation.kind == "merge"} | {
        "exchange",
        "gather",
        "cross_attention",
        "scaled_dot_product_attention",
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_required_arguments_come_first_and_defaults_are_accepted(name: str) -> None:
    required = [p.required for p in OPERATIONS[name].parameters]
    assert required == sorted(required, reverse=True)
    for parameter in OPERATIONS[name].parameters:
        if not parameter.required:
            accepted = parameter.type.accept(parameter.default)
            assert accepted == parameter.default
            assert type(accepted) is type(parameter.default)


@pytest.mark.parametrize("name", MODULES)
def test_arguments_defaults_and_order_are_those_of_torch(name: str) -> None:
    found = torch_class(name)
    assert found is not None
    theirs = {
        n: p.default
        for n, p in inspect.signature(found.__init__).parameters.items()
        if n != "self" and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }
    ours = {p.name: p.default for p in OPERATIONS[name].parameters if p.name not in ("init", "bias_init")}
    theirs.pop("init", None)  # PReLU's is a number, which an initialiser can be

    extra = {(name, n) for n in ours.keys() - theirs.keys()}
    missing = {(name, n) for n in theirs.keys() - ours.keys() - FROM_SHAPES - LEFT_TO_THE_BACKEND}
    assert extra <= OWN
    assert missing <= NOT_OFFERED
    common = [n for n in ours if n in theirs]
    assert common == [n for n in theirs if n in ours]
    for n in common:
        default = REQUIRED if theirs[n] is inspect.Parameter.empty else theirs[n]
        if (name, n) in DEFAULT_NOT_KEPT:
            assert ours[n] is REQUIRED
        elif (name, n) in DEFAULT_ADDED:
            assert ours[n] is None
        else:
            assert ours[n] == default, n


@pytest.mark.parametrize("name", MODULES)
def test_inplace_is_declared_where_torch_has_it(name: str) -> None:
    found = torch_class(name)
    assert found is not None
    assert OPERATIONS[name].inplace == ("inplace" in inspect.signature(found.__init__).parameters)


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="relu"):
        register(type(OPERATIONS["relu"]))


def test_torch_is_not_imported() -> None:
    code = "import sys, netcompiler.operations; print('torch' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def test_a_list_of_the_wrong_length_is_an_error() -> None:
    for name in ("conv", "conv_transpose", "maxpool", "avgpool", "crop", "upsample", "adaptive_avgpool"):
        key = {"crop": "size", "upsample": "size", "adaptive_avgpool": "output_size"}.get(name, "kernel_size")
        args = {key: (2, 2, 2)} | ({"out_channels": 4} if "conv" in name else {})
        with pytest.raises(ShapeError, match=f"`{key}` has 3 numbers for an input with 2 spatial dimensions"):
            OPERATIONS[name].shape(call_of(name, ((4, 8, 8),), **args))
