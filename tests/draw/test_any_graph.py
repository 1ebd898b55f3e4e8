"""Graphs that no person would write are drawn all the same."""

from __future__ import annotations

import itertools
import random

import pytest

import netcompiler.operations  # noqa: F401  (registers every operation)
from netcompiler.draw.dot import write
from netcompiler.draw.styles.graph import plan
from netcompiler.draw.tree import layers
from netcompiler.graph import Edge, Graph, Layer, Output, Scope
from netcompiler.operations.base import OPERATIONS
from netcompiler.source import Source, Span
from tests.draw.drawn import picture as drawn

SPAN = Span(Source("test", ""), 0, 0)
SHAPE = (4, 8, 8)
NO_NAMES = {"out_channels": 4, "kernel_size": 3, "stride": 1, "padding": 1, "dilation": 1, "groups": 1}
CONV = NO_NAMES | {"bias": True, "padding_mode": "zeros", "init": None, "bias_init": None}


def random_graph(seed):
    """Convolutions, activations and merges that read any earlier values, in random scopes and groups."""
    pick = random.Random(seed)
    groups = tuple("abc"[: pick.choice([0, 0, 0, 2, 3])])
    graph = Graph("random", groups=groups)
    scopes = ["", "s", "s.t", "u", "u.v", "u.v.w"]
    graph.scopes = {path: Scope(path, None, {}, None, None, SPAN) for path in scopes}
    ids = []
    for number in range(pick.randint(1, 3)):
        layer = Layer(
            f"input:{number}",
            f"i{number}",
            OPERATIONS["input"],
            {},
            (),
            SHAPE,
            "",
            None,
            (),
            False,
            True,
            SPAN,
        )
        graph.add_layer(layer)
        graph.inputs.append(layer.id)
        ids.append(layer.id)
    for number in range(pick.randint(1, 40)):
        name = pick.choice(["conv", "conv", "relu", "add", "add", "identity", "batchnorm", "gather"])
        scope = pick.choice(scopes)
        path = f"{scope}.l{number}".removeprefix(".")
        width = pick.randint(2, 3) if name in {"add", "gather"} else 1
        reads = [pick.choice(ids[-6:]) for _ in range(width)]
        operation = OPERATIONS[name]
        args = CONV if name == "conv" else {p.name: p.default for p in operation.parameters}
        group = pick.choice(groups) if groups else None
        inputs = (SHAPE,) * width
        layer = Layer(path, path, operation, args, inputs, SHAPE, scope, group, (), False, True, SPAN)
        graph.add_layer(layer)
        for argument, source in enumerate(reads):
            other = graph.layer(source).group
            crosses = other is not None and other != group
            graph.add_edge(Edge(source, path, argument, pick.random() < 0.3, crosses, crosses, 1024))
        ids.append(path)
    for number in range(pick.randint(1, 3)):
        training_only = pick.random() < 0.3
        given = pick.choice(ids)
        graph.outputs.append(
            Output(name=f"o{number}", layer=given, training_only=training_only, shape=SHAPE, span=SPAN)
        )
    return graph


@pytest.mark.parametrize("seed", range(100))
def test_random_graphs_are_drawn(seed):
    graph = random_graph(seed)
    picture = drawn(graph)
    assert write(picture)
    for a, b in itertools.combinations(picture.nodes, 2):
        apart = (
            abs(a.x - b.x) >= (a.width + b.width) / 2 - 0.1
            or abs(a.y - b.y) >= (a.height + b.height) / 2 - 0.1
        )
        assert apart, (a.lines, b.lines)
    tree = plan(graph)
    assert sorted(
        [*(layer.id for layer in layers(tree.root)), *(layer.id for layer in tree.hidden)]
    ) == sorted(graph.nx)
