"""Generated modules compute exactly what their graphs say: outputs, gradients and running statistics."""

from __future__ import annotations

import random

import pytest
import torch
from torch import Tensor, nn

from netcompiler.graph import Graph
from netcompiler.torch.module import build
from tests.torch.graphs import Builder
from tests.torch.interpreter import run

OPERATIONS = ["conv", "conv", "batchnorm", "relu", "relu", "sigmoid", "identity", "maxpool", "add", "add", "mix"]


class RandomNet:
    """A random net of random scopes, reused layers, skips and groups; every value has the same shape."""

    def __init__(self, seed: int, groups: tuple[str, ...]) -> None:
        self.random = random.Random(seed)
        self.groups = groups
        self.net = Builder("random", groups)
        self.values = [self.net.input("image", 4, 5, 5)]
        if self.random.random() < 0.3:
            self.values.append(self.net.input("x", 4, 5, 5))
        self.positions: dict[str, int] = {}
        self.owned: list[tuple[str, str]] = []

    def graph(self) -> Graph:
        self.fill("", 0)
        self.finish()
        return self.net.graph

    def fill(self, scope: str, depth: int) -> None:
        for _ in range(self.random.randint(2, 6)):
            if depth < 3 and self.random.random() < 0.3:
                self.fill(self.path(scope, "block"), depth + 1)
            else:
                self.layer(scope)

    def path(self, scope: str, name: str) -> str:
        """A new name in a scope, or a position."""
        position = self.positions.get(scope, 0)
        self.positions[scope] = position + 1
        own = str(position) if self.random.random() < 0.6 else f"{name}{position}"
        return f"{scope}.{own}" if scope else own

    def layer(self, scope: str) -> None:
        group = self.random.choice(self.groups) if self.groups else None
        if self.owned and self.random.random() < 0.15:
            operation, path = self.random.choice(self.owned)
            group = self.net.graph.layer(path).group
        else:
            operation = self.random.choice(OPERATIONS)
            path = self.path(scope, operation)
        near = self.values[-1]
        first = near if self.random.random() < 0.75 else self.random.choice(self.values)
        if operation == "mix":
            joined = self.net.add("concat", path, [first, self.random.choice(self.values)], group=group)
            path = self.path(scope, "conv")
            value = self.net.add("conv", path, joined, group=group, out_channels=4, kernel_size=1)
        elif operation == "add":
            value = self.net.add("add", path, [first, self.random.choice(self.values)], group=group)
        else:
            arguments = {
                "conv": {"out_channels": 4, "kernel_size": 3, "padding": 1},
                "maxpool": {"kernel_size": 3, "stride": 1, "padding": 1},
            }.get(operation, {})
            value = self.net.add(operation, path, first, group=group, **arguments)
            if not path.rpartition(".")[2].isdigit():
                self.owned.append((operation, path))
        self.values.append(value)

    def finish(self) -> None:
        """Every value that nothing reads is an output, some of them for training only."""
        read = {edge.source for edge in self.net.graph.edges()}
        ends = [v for v in self.values if v not in read and not v.startswith("input:")]
        for i, value in enumerate(ends):
            self.net.output(value, f"out{i}", training_only=i < len(ends) - 1 and self.random.random() < 0.3)


def as_tuple(value: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (value,) if isinstance(value, Tensor) else tuple(value)


def gradients(outputs: tuple[Tensor, ...], wanted: list[Tensor]) -> tuple[Tensor | None, ...]:
    total = sum((o * (i + 1)).sin().sum() for i, o in enumerate(outputs))
    assert isinstance(total, Tensor)
    return torch.autograd.grad(total, wanted, allow_unused=True)


def assert_equal(graph: Graph, model: nn.Module, *, training: bool) -> None:
    model.train(training)
    torch.manual_seed(0)
    leaves = {id: torch.randn(2, *graph.layer(id).output, requires_grad=True) for id in graph.inputs}
    wanted = [*leaves.values(), *model.parameters()]
    expected_values = run(graph, model, leaves)
    chosen = [o.layer for o in graph.outputs if training or not o.training_only]
    expected = tuple(expected_values[id] for id in chosen)
    expected_gradients = gradients(expected, wanted)
    before = {name: leaf.detach().clone() for name, leaf in leaves.items()}
    given = as_tuple(model(*leaves.values()))
    assert len(given) == len(expected)
    for a, b in zip(given, expected, strict=True):
        assert torch.equal(a, b)
    for a, b in zip(gradients(given, wanted), expected_gradients, strict=True):
        assert (a is None) == (b is None)
        # Gradients of values with several readers are summed in another order.
        assert a is None or b is None or torch.allclose(a, b, rtol=1e-4, atol=1e-6)
    for name, leaf in leaves.items():
        assert torch.equal(leaf, before[name]), "an input was overwritten"


@pytest.mark.parametrize("seed", range(60))
def test_random_net(seed: int) -> None:
    graph = RandomNet(seed, ()).graph()
    model = build(graph)
    keys = {f"{layer.path}.{name}" for layer in graph.layers() for name in (*layer.weights, *layer.buffers)}
    assert set(model.state_dict()) == keys
    assert_equal(graph, model, training=False)
    without_statistics(model)
    assert_equal(graph, model, training=True)


@pytest.mark.parametrize("seed", range(60))
def test_random_net_in_groups(seed: int) -> None:
    graph = RandomNet(seed, ("left", "right")).graph()
    model = build(graph, {"left": "cpu", "right": "cpu"})
    assert_equal(graph, model, training=False)
    with Transfers() as transfers:
        model.eval()(*(torch.randn(1, 4, 5, 5) for _ in graph.inputs))
    needed = {layer.id for layer in graph.layers()} - unneeded(graph)
    crossing = {
        (edge.source, graph.layer(edge.target).group)
        for edge in graph.edges()
        if edge.target in needed and graph.layer(edge.source).group != graph.layer(edge.target).group
    }
    assert transfers.count == len(crossing)


def without_statistics(model: nn.Module) -> None:
    """Let batch norms keep no statistics: the reference would move the same ones a second time."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.0


def unneeded(graph: Graph) -> set[str]:
    """Layers that only training needs."""
    found = {layer.id for layer in graph.layers()}
    stack = [o.layer for o in graph.outputs if not o.training_only]
    while stack:
        id = stack.pop()
        if id in found:
            found.remove(id)
            stack += [edge.source for edge in graph.operands(id)]
    return found


class Transfers(torch.overrides.TorchFunctionMode):
    """Counts calls of Tensor.to, and the bytes of a sample they move."""

    def __init__(self) -> None:
        self.count = 0
        self.bytes: list[int] = []

    def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        if func is Tensor.to:
            self.count += 1
            self.bytes.append(args[0][0].numel() * args[0].element_size())
        return func(*args, **(kwargs or {}))
