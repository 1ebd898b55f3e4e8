"""Initialisers against torch.nn.init."""

from __future__ import annotations

import inspect
import re
import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from netcompiler.operations import OPERATIONS
from netcompiler.operations.arguments import Initializer
from netcompiler.operations.base import REQUIRED, ShapeError
from netcompiler.operations.initializers import INITIALIZERS
from tests.operations.rendering import call_of


def test_initializers_are_those_of_torch() -> None:
    theirs = {n[:-1] for n in dir(nn.init) if n.endswith("_") and not n.startswith("_")}
    assert theirs - INITIALIZERS.keys() == {"eye", "sparse"}
    assert INITIALIZERS.keys() <= theirs


@pytest.mark.parametrize("name", INITIALIZERS)
def test_arguments_and_defaults_are_those_of_torch(name: str) -> None:
    signature = inspect.signature(getattr(nn.init, f"{name}_"))
    theirs = {n: p.default for n, p in signature.parameters.items() if n not in ("tensor", "generator")}
    ours = {p.name: p.default for p in INITIALIZERS[name]}
    assert list(ours) == list(theirs)
    for n, default in theirs.items():
        assert ours[n] == (REQUIRED if default is inspect.Parameter.empty else default), n
    assert all(p.doc for p in INITIALIZERS[name])


NUMBERS = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 2.0])
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "mode": st.sampled_from(["fan_in", "fan_out"]),
    "nonlinearity": st.sampled_from(["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]),
    "groups": st.integers(1, 3),
    "std": st.sampled_from([0.0, 0.01, 1.0]),
    "gain": st.sampled_from([0.0, 0.5, 2.0]),
}
LAYERS = {
    "conv": ((4, 5, 5), {"out_channels": 4, "kernel_size": 3}),
    "linear": ((6,), {"out_features": 4}),
    "batchnorm": ((6, 2), {}),
    "attention": ((3, 4), {"num_heads": 2}),
}


@st.composite
def initializers(draw: st.DrawFn) -> Initializer:
    name = draw(st.sampled_from(sorted(INITIALIZERS)))
    given_ = {
        p.name: draw(WORDS.get(p.name, NUMBERS))
        for p in INITIALIZERS[name]
        if p.required or draw(st.booleans())
    }
    return Initializer(name, tuple(given_.items()))


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(sorted(LAYERS)), st.sampled_from(["init", "bias_init"]), initializers())
def test_an_initialiser_is_refused_where_torch_fails(layer: str, argument: str, chosen: Initializer) -> None:
    shape, args = LAYERS[layer]
    operation = OPERATIONS[layer]
    call = call_of(layer, (shape,), **args, **{argument: chosen})
    suffix = "weight" if argument == "init" else "bias"
    weights = [torch.empty(s) for n, s in operation.weights(call).items() if n.endswith(suffix)]
    assert weights
    if _fits(chosen, weights):
        operation.shape(call)
        return
    with pytest.raises(ShapeError, match=re.escape(str(chosen))) as caught:
        operation.shape(call)
    assert caught.value.code == "E205"


def _fits(chosen: Initializer, weights: list[torch.Tensor]) -> bool:
    """Whether torch can fill all of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's advice on truncating far from the mean
        try:
            for weight in weights:
                getattr(nn.init, f"{chosen.name}_")(weight, **dict(chosen.args))
        except (ValueError, RuntimeError, ZeroDivisionError):
            return False
    return True


def test_initialisers_of_missing_weights_are_left_alone() -> None:
    call = call_of("linear", ((6,),), out_features=4, bias=False, bias_init=Initializer("orthogonal"))
    assert OPERATIONS["linear"].shape(call) == (4,)


def test_initialisers_are_no_part_of_the_code() -> None:
    with_init = call_of("linear", ((6,),), out_features=4, init=Initializer("normal"), bias_init=1)
    without = call_of("linear", ((6,),), out_features=4)
    assert OPERATIONS["linear"].code(with_init) == OPERATIONS["linear"].code(without)
