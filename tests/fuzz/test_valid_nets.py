"""Right nets at random: every part of the compiler says the same of them as torch and a plain interpreter."""

from __future__ import annotations

import os

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import Tensor, nn

from netcompiler import Net, loads
from netcompiler.format import format_source
from netcompiler.graph import Graph
from netcompiler.source import Source
from tests.fuzz.nets import Spec, specs
from tests.language.test_expand import assert_round_trip, facts
from tests.torch.interpreter import run


def check(spec: Spec) -> None:
    """All that must hold for a right net."""
    net = loads(spec.text, "m")
    again = format_source(Source("a.net", spec.text))
    assert format_source(Source("a.net", again)) == again
    assert facts(loads(again, "m")) == facts(net)
    assert_round_trip(net)
    check_shapes(net)
    check_values(net)


def check_shapes(net: Net) -> None:
    """Every shape is what torch finds on its meta device, by the plain interpreter and in the module."""
    graph = net._graph
    model = net.module("meta").train()
    images = {id: torch.empty(3, *graph.layer(id).output, device="meta") for id in graph.inputs}
    values = run(graph, model, images)
    for layer in graph.layers():
        assert values[layer.id].shape[1:] == layer.output
    given = outputs(graph, model(*images.values()))
    assert [value.shape[1:] for value in given] == [output.shape for output in graph.outputs]


def check_values(net: Net) -> None:
    """The module gives what the plain interpreter gives, in training and after, and the same gradients."""
    graph = net._graph
    torch.manual_seed(0)
    model = net.module()
    image = torch.randn(3, *graph.layer(graph.inputs[0]).output)
    for training in (True, False):
        model.train(training)
        mine, theirs = image.clone().requires_grad_(), image.clone().requires_grad_()
        given = outputs(graph, model(mine))
        values = run(graph, model, {graph.inputs[0]: theirs})
        wanted = [values[o.layer] for o in graph.outputs if training or not o.training_only]
        for value, other in zip(given, wanted, strict=True):
            torch.testing.assert_close(value, other)
        same = gradients(given, model, mine), gradients(wanted, model, theirs)
        for one, other in zip(*same, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def outputs(graph: Graph, given: Tensor | tuple[Tensor, ...]) -> list[Tensor]:
    return [given] if isinstance(given, Tensor) else list(given)


def gradients(values: list[Tensor], model: nn.Module, image: Tensor) -> list[Tensor]:
    """Of the input and of all weights, zeros where nothing comes."""
    leaves = [image, *model.parameters()]
    total = sum((value.sin() * (i + 1)).sum() for i, value in enumerate(values))
    assert isinstance(total, Tensor)
    found = torch.autograd.grad(total, leaves, allow_unused=True)
    return [
        torch.zeros_like(leaf) if grad is None else grad for leaf, grad in zip(leaves, found, strict=True)
    ]


FOUND = {
    "scopes of nothing inside a named repeat": "r: { identity } * 2",
    "scopes of nothing inside a named merge": "m: add {\n{ identity } * 1\nidentity\n}",
    "blocks of nothing inside a named group": "g: { empty -> empty }",
}
"""What was once got wrong."""


@pytest.mark.parametrize("steps", FOUND.values(), ids=FOUND)
def test_found(steps: str) -> None:
    head = "block empty { { identity } * 2 }\n"
    check(Spec(f"{head}net m {{\ninput image [2, 4, 4]\n{steps}\nconv(2, 1)\n}}", {}))


@given(specs())
@settings(
    max_examples=int(os.environ.get("FUZZ_NETS", "50")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
def test_right_nets(spec: Spec) -> None:
    check(spec)
