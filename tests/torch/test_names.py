"""Names that mean something to Python or torch must reach the state dict unchanged and break nothing."""

from __future__ import annotations

import keyword

import pytest
import torch
from torch import nn

from netcompiler.torch.module import build
from netcompiler.torch.names import (
    MODULE_ATTRIBUTES,
    SEQUENTIAL_ATTRIBUTES,
    camel,
    identifier,
    is_plain,
    unique,
)
from netcompiler.torch.source import generate
from tests.torch.graphs import Builder

HOSTILE = [
    *sorted(MODULE_ATTRIBUTES - {"training"}),
    *keyword.kwlist,
    *("self", "torch", "nn", "Tensor", "x", "out", "devices", "append", "pop", "i", "module", "print"),
    *("_modules", "_parameters", "__init__", "__class__", "__dict__", "__call__", "__foo", "_", "__debug__"),
    *("part1", "part2", "relu", "relu2", "image", "super", "getattr", "range", "match", "case"),
]


def test_attributes_are_those_of_torch() -> None:
    module, sequential = nn.Module(), nn.Sequential()
    assert {n for n in {*dir(module), *vars(module)} if not n.startswith("_")} <= MODULE_ATTRIBUTES
    assert {
        n for n in {*dir(sequential), *vars(sequential)} if not n.startswith("_")
    } <= SEQUENTIAL_ATTRIBUTES


@pytest.mark.parametrize("structure", ["class", "sequential", "scope"])
def test_hostile_names(structure: str) -> None:
    net = Builder("class")
    first = value = net.input("self", 4, 5, 5)
    scope = {"class": "", "sequential": "s.", "scope": "forward."}[structure]
    for name in dict.fromkeys(HOSTILE):
        value = net.add("conv", scope + name, value, out_channels=4, kernel_size=1)
    if structure == "scope":
        value = net.add("add", "forward.999", [value, first])
    value = net.add("relu", "998", value)
    net.output(value)
    model = build(net.graph)
    keys = {f"{scope}{name}.{tensor}" for name in HOSTILE for tensor in ("weight", "bias")}
    assert set(model.state_dict()) == keys
    assert len([*model.parameters()]) == len(keys)
    model.train().eval().half().float()
    image = torch.randn(2, 4, 5, 5)
    assert model(image).shape == (2, 4, 5, 5)
    assert torch.equal(torch.compile(model, backend="eager", fullgraph=True)(image), model(image))


@pytest.mark.parametrize("name", ["forward", "apply", *HOSTILE[len(MODULE_ATTRIBUTES) - 1 :: 2]])
def test_hostile_blocks_inputs_and_outputs(name: str) -> None:
    net = Builder(name)
    first, second = net.input(name, 4, 5, 5), net.input("y" if name == "x" else "x", 4, 5, 5)
    for i in range(2):
        net.scope(str(i), name, {name: i + 3, "torch": 4})
    values = [
        net.add("conv", f"{i}.{name}", [first, second][i], out_channels=i + 3, kernel_size=1)
        for i in range(2)
    ]
    net.output(net.add("relu", "0.1", values[0]), name)
    net.output(net.add("relu", "1.1", values[1]), "x")
    net.output(net.add("sigmoid", "2", values[1]), "aux", training_only=True)
    model = build(net.graph)
    left, right, _ = model(torch.randn(1, 4, 5, 5), torch.randn(1, 4, 5, 5))
    assert left.shape == (1, 3, 5, 5)
    assert right.shape == (1, 4, 5, 5)
    assert set(model.state_dict()) == {f"{i}.{name}.{t}" for i in range(2) for t in ("weight", "bias")}


@pytest.mark.parametrize(
    "name", ['a"b', "a b", "a\nb", "{0}", "a+b", "a;b", "ä", "a..b", ".a", "", "training"]
)
def test_other_names_are_refused(name: str) -> None:
    net = Builder()
    value = net.input("image", 4, 5, 5)
    net.output(net.add("conv", name, value, out_channels=4, kernel_size=1))
    with pytest.raises(ValueError, match="cannot be a name"):
        generate(net.graph)


def test_identifiers() -> None:
    assert identifier("class", "x") == "class_"
    assert identifier("7", "x") == "x"
    assert identifier("__init__", "x") == "init"
    assert identifier("torch", "x") == "torch_"
    assert len(identifier("n" * 300, "x")) <= 40
    assert camel("inverted_residual", "Block") == "InvertedResidual"
    assert camel("7", "Block") == "Block"
    assert unique("relu", ["relu", "relu2"]) == "relu3"
    assert unique("conv1", ["conv1"]) == "conv1_2"
    assert not is_plain("__foo")
    assert not is_plain("ä")
