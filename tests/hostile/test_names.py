"""Names that mean something in Python, in torch or in a picture: refused with a reason, or they work."""

from __future__ import annotations

import builtins

import pytest
import torch
from torch import nn

from netcompiler import Net, SpecError, loads
from netcompiler.torch.names import GLOBALS, MODULE_ATTRIBUTES

PYTHON = ["class", "def", "None", "True", "lambda", "import", "del", "async", "match", "print", "exec"]
DUNDERS = ["__class__", "__init__", "__dict__", "__call__", "__getattr__", "__import__", "__name", "_x"]
TORCH = [*sorted(GLOBALS), "forward", "training", "parameters", "_modules", "_parameters", "_buffers"]
GENERATED = ["x", "x2", "weight", "devices", "value", "N", "NOutput", "super"]
GRAPHVIZ = ["node", "graph", "subgraph", "strict", "n0"]
NAMES = list(dict.fromkeys([*PYTHON, *DUNDERS, *TORCH, *GENERATED, *GRAPHVIZ]))

PLACES = {
    "step": 'net n {\n input x [3]\n "NAME": linear(3) -> relu\n}',
    "scope": 'net n {\n input x [3]\n "NAME": { linear(3) -> "NAME": relu }\n}',
    "input": "net n {\n input NAME [3]\n linear(3)\n}",
    "net": "net NAME {\n input x [3]\n linear(3)\n}",
    "block": "block NAME(w) { linear(w) -> sigmoid }\nnet n {\n input x [3]\n NAME(3) -> NAME(2)\n}",
    "parameter": "block b(NAME) { linear(NAME) }\nnet n(NAME=3) {\n input x [3]\n b(NAME) -> b(NAME + 1)\n}",
    "variable": "net n {\n input x [3]\n let NAME = 4\n linear(NAME)\n}",
    "output": 'net n {\n input x [3]\n "NAME": linear(3) -> last: relu\n output NAME\n output last\n}',
    "group": "net n {\n group NAME, other\n input x [3]\n on NAME { linear(3) }\n on other { relu }\n}",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_refused_or_works(name: str, place: str) -> None:
    codes = set()
    try:
        net = loads(PLACES[place].replace("NAME", name))
    except SpecError as error:
        codes = {diagnostic.code for diagnostic in error.diagnostics}
    else:
        works(net)
    # With a reason about the name.
    assert codes <= {"E104", "E105", "E201", "E206", "E214", "E218", "E219"}


def works(net: Net) -> None:
    """The source compiles, makes a module that runs and keeps its keys, and changes nothing else."""
    before = dict(vars(builtins)), nn.Module.forward
    module = net.module("meta")
    assert (dict(vars(builtins)), nn.Module.forward) == before
    given = module(*(torch.empty(2, *layer.output, device="meta") for layer in net.inputs))
    assert given is not None
    keys = {f"{layer.path}.{weight}" for layer in net.layers for weight in layer.weights}
    assert set(module.state_dict()) == keys
    assert module.train(False).training is False


def test_variables_hide_no_classes() -> None:
    works(
        loads(
            "block u(w) { linear(w) -> sigmoid }\nblock outer(U) { u(U) -> relu }\n"
            "net n {\n input Outer [3]\n U: outer(3) -> outer(4) -> NOutput: relu\n"
            " output NOutput\n output U\n}"
        )
    )


@pytest.mark.parametrize("name", sorted(MODULE_ATTRIBUTES | {"__class__", "__init__", "__dict__"}))
def test_attributes_of_every_module_are_refused(name: str) -> None:
    with pytest.raises(SpecError, match="E219"):
        loads(PLACES["step"].replace("NAME", name))


ODD = ["cоnv", "ｒelu", "ﬁ", "é", "日本", "a\u200bb", "a\u202eb", "a b", "a\tb", "a\\nb", "a/b", "../a", ".a"]


@pytest.mark.parametrize("name", [*ODD, "", "a.", "a:b", "a;b", "%s", "{x}", "a'b", "CON", "x" * 201])
def test_odd_labels(name: str) -> None:
    """Only plain letters: no two names look alike, and none is a path."""
    codes = set()
    try:
        net = loads(PLACES["step"].replace("NAME", name))
    except SpecError as error:
        codes = {diagnostic.code for diagnostic in error.diagnostics}
    else:
        assert name.isascii()
        assert name.isidentifier()
        works(net)
    assert codes <= {"E106", "E201", "E217", "E219"}
