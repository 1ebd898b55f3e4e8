"""Generated modules compute exactly what their graphs say: outputs, gradients and running statistics."""

from __future__ import annotations

import random

import pytest
import torch
from torch import Tensor, nn

import netcompiler
from netcompiler.graph import Graph
from netcompiler.torch.module import build
from tests.torch.graphs import Builder
from tests.torch.interpreter import run
from tests.torch.specs import DENSENET, GOOGLENET, MOBILENET, UNET, VIT

OPERATIONS = [
    "conv",
    "conv",
    "batchnorm",
    "relu",
    "relu",
    "sigmoid",
    "identity",
    "maxpool",
    "add",
    "add",
    "mix",
]


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
        self.blocks: list[list[str]] = []

    def graph(self) -> Graph:
        self.fill("", 0)
        self.finish()
        return self.net.graph

    def fill(self, scope: str, depth: int) -> None:
        for _ in range(self.random.randint(2, 6)):
            chance = self.random.random()
            if depth < 3 and chance < 0.3:
                first = len(self.net.graph.nx)
                self.fill(self.path(scope, "block"), depth + 1)
                self.blocks.append([*self.net.graph.nx][first:])
            elif self.blocks and chance < 0.4:
                self.again(self.random.choice(self.blocks))
            else:
                self.layer(scope)

    def again(self, block: list[str]) -> None:
        """Run a whole scope once more, on another value."""
        graph = self.net.graph
        new = {graph.operands(block[0])[0].source: self.values[-1]}
        for id in block:
            layer = graph.layer(id)
            reads = [new.get(edge.source, edge.source) for edge in graph.operands(id)]
            args = dict(layer.args)
            new[id] = self.net.add(layer.operation.name, layer.path, reads, group=layer.group, **args)
        self.values.append(new[block[-1]])

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
        ends = [id for id in self.net.graph.nx if id not in read and not id.startswith("input:")]
        for i, value in enumerate(ends):
            self.net.output(value, f"out{i}", training_only=i < len(ends) - 1 and self.random.random() < 0.3)


def as_tuple(value: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (value,) if isinstance(value, Tensor) else tuple(value)


def gradients(outputs: tuple[Tensor, ...], wanted: list[Tensor]) -> tuple[Tensor | None, ...]:
    total = sum((o * (i + 1)).sin().sum() for i, o in enumerate(outputs))
    assert isinstance(total, Tensor)
    return torch.autograd.grad(total, wanted, allow_unused=True)


def assert_equal(graph: Graph, model: nn.Module, *, training: bool) -> None:
    model.train(training).double()
    torch.manual_seed(0)
    leaves = {
        id: torch.randn(2, *graph.layer(id).output, requires_grad=True, dtype=torch.float64)
        for id in graph.inputs
    }
    wanted = [*leaves.values(), *model.parameters()]
    torch.manual_seed(1)
    expected_values = run(graph, model, leaves)
    chosen = [o.layer for o in graph.outputs if training or not o.training_only]
    expected = tuple(expected_values[id] for id in chosen)
    expected_gradients = gradients(expected, wanted)
    before = {name: leaf.detach().clone() for name, leaf in leaves.items()}
    torch.manual_seed(1)
    given = as_tuple(model(*leaves.values()))
    assert len(given) == len(expected)
    for a, b in zip(given, expected, strict=True):
        assert torch.equal(a, b)
    for a, b in zip(gradients(given, wanted), expected_gradients, strict=True):
        assert (a is None) == (b is None)
        # Gradients of values with several readers are summed in another order.
        assert a is None or b is None or torch.allclose(a, b, rtol=1e-6, atol=1e-9)
    for name, leaf in leaves.items():
        assert torch.equal(leaf, before[name]), "an input was overwritten"


@pytest.mark.parametrize("seed", range(30))
def test_random_net(seed: int) -> None:
    graph = RandomNet(seed, ()).graph()
    model = build(graph)
    keys = {layer.key(name) for layer in graph.layers() for name in (*layer.weights, *layer.buffers)}
    assert set(model.state_dict()) == keys
    assert_equal(graph, model, training=False)
    without_statistics(model)
    assert_equal(graph, model, training=True)


@pytest.mark.parametrize("seed", range(30))
def test_random_net_in_groups(seed: int) -> None:
    graph = RandomNet(seed, ("left", "right")).graph()
    model = build(graph, {"left": "cpu", "right": "cpu"})
    assert_equal(graph, model, training=False)
    with Transfers() as transfers:
        model.eval()(*(torch.randn(1, 4, 5, 5, dtype=torch.float64) for _ in graph.inputs))
    needed = {layer.id for layer in graph.layers()} - unneeded(graph)
    crossing = {
        (edge.source, graph.layer(edge.target).group)
        for edge in graph.edges()
        if edge.target in needed and graph.layer(edge.source).group != graph.layer(edge.target).group
    }
    assert transfers.count == len(crossing)


SPECS = {
    "googlenet": GOOGLENET,
    "unet": UNET,
    "vit": VIT,
    "mobilenet": MOBILENET,
    "densenet": DENSENET,
    "reused blocks": """
        block unit(width) {
          residual { c: conv(width, 3, padding=1) -> n: batchnorm -> relu -> conv(width, 1) } -> relu
        }
        net reuse {
          input image [4, 6, 6]
          a: { one: unit(4) -> two: unit(4) }
          reuse(a) -> reuse(a.two)
          b: { unit(4) -> inner: { conv(4, 1) -> relu } -> reuse(a.one) -> reuse(a) }
          reuse(b) -> reuse(b.inner) -> add(a) -> flatten -> linear(3)
        }
    """,
    "siamese": """
        block tower(width) { conv(width, 3) -> batchnorm -> relu -> c: { conv(width, 3) -> relu -> flatten } }
        net siamese {
          input left [3, 8, 8]
          input right [3, 8, 8]
          input third [3, 8, 8]
          from left -> t: tower(4)
          from right -> reuse(t) -> subtract(t) -> one: tanh
          from third -> reuse(t) -> add(one)
        }
    """,
    "columns": """
        net columned {
          group a, b, c
          input image [3, 12, 12]
          body: {
            columns a, b, c {
              conv1: conv(4, 3) -> relu
              residual { c1: conv(4, 3, padding=1) -> relu -> exchange -> c2: conv(4, 1) -> dropout }
              relu
              exchange
              inner: { conv(4, 3) -> batchnorm -> relu } -> flatten
            }
          }
          on b { gather -> fc: linear(5) }
          on c { sigmoid }
        }
    """,
    "dotted names": """
        net dotted {
          input image [3, 8, 8]
          "stem.conv": conv(4, 3) -> "head.x": conv(4, 3) -> relu -> "stem.norm": batchnorm -> "stem.2": relu
          "stem.deep.er": conv(4, 1) -> "head.y": conv(2, 1)
        }
    """,
    "branches": """
        net branches {
          input image [4, 8, 8]
          concat { conv(4, 1) -> relu
                   conv(4, 3, padding=1) -> batchnorm -> relu
                   identity
                   maxpool(3, stride=1, padding=1) }
          gate: multiply(broadcast=true) { identity
                  { adaptive_avgpool(1) -> conv(4, 1) -> relu -> conv(16, 1) -> sigmoid } }
          trunk: conv(8, 3) -> relu
          a: conv(2, 1)
          from trunk -> b: { conv(8, 1) -> relu -> conv(1, 1) }
          from trunk -> aux: { conv(3, 1) -> relu -> dropout }
          output a
          output aux if training
          output b
        }
    """,
}


@pytest.mark.parametrize("name", SPECS)
def test_spec(name: str) -> None:
    net = netcompiler.loads(SPECS[name])
    model = net.module()
    assert_equal(net._graph, model, training=False)
    without_statistics(model)
    assert_equal(net._graph, model, training=True)


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
    """Counts calls of Tensor.to, and the bytes of a sample they move. From meta come zeros."""

    def __init__(self) -> None:
        self.count = 0
        self.bytes: list[int] = []

    def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        if func is Tensor.to:
            self.count += 1
            self.bytes.append(args[0][0].numel() * args[0].element_size())
            if args[0].is_meta and torch.device(args[1]).type != "meta":
                return torch.zeros(args[0].shape, device=args[1])
        return func(*args, **(kwargs or {}))
