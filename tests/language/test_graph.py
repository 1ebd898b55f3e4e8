"""The graph keeps what its documentation says, for every shipped net and for odd ones."""

from __future__ import annotations

from functools import cache
from math import prod

import networkx as nx
import pytest

from netcompiler import Edge, Layer, Net, load, loads
from tests.language.test_expand import ODD
from tests.language.test_reference import ALL

NETS = {f"{file.stem}:{name}": (file, name) for file, name in ALL if name != "resnet1202"}


@cache
def built(name: str) -> Net:
    if name in ODD:
        return loads(ODD[name])
    return load(*NETS[name])


@pytest.mark.parametrize("name", [*NETS, *ODD])
def test_nodes_and_edges(name: str) -> None:
    net = built(name)
    assert isinstance(net.graph, nx.MultiDiGraph)
    done: set[str] = set()
    for id, data in net.graph.nodes(data=True):
        layer = data["layer"]
        assert isinstance(layer, Layer)
        assert layer.id == id
        assert set(data) == {"layer"}
        sources = [source for source, _, _ in net.graph.in_edges(id, keys=True)]
        assert done.issuperset(sources), "nodes stand in an order in which they can be computed"
        done.add(id)
    for source, target, key, data in net.graph.edges(keys=True, data=True):
        edge = data["edge"]
        assert isinstance(edge, Edge)
        assert set(data) == {"edge"}
        assert (edge.source, edge.target, edge.argument) == (source, target, key)


@pytest.mark.parametrize("name", [*NETS, *ODD])
def test_layers(name: str) -> None:
    net = built(name)
    graph = net._graph
    runs: dict[str, int] = {}
    for layer in net.layers:
        if layer.operation.kind == "input":
            assert layer.id == f"input:{layer.path}"
            assert layer.id in graph.inputs
            continue
        runs[layer.path] = runs.get(layer.path, 0) + 1
        assert layer.id == (layer.path if runs[layer.path] == 1 else f"{layer.path}@{runs[layer.path]}")
        assert layer.reuses == (runs[layer.path] > 1)
        assert layer.path == (f"{layer.scope}.{layer.name}" if layer.scope else layer.name)
        assert layer.named or layer.name.isdecimal()
        assert layer.scope in graph.scopes
        assert layer.args.keys() == {p.name for p in layer.operation.parameters}
        assert layer.output == layer.operation.shape(layer.call)
        assert (layer.group in graph.groups) if graph.groups else (layer.group is None)
        assert not layer.columns or layer.group in layer.columns


@pytest.mark.parametrize("name", [*NETS, *ODD])
def test_edges(name: str) -> None:
    graph = built(name)._graph
    for layer in graph.layers():
        edges = graph.operands(layer.id)
        assert [edge.argument for edge in edges] == list(range(len(layer.inputs)))
        assert [graph.layer(edge.source).output for edge in edges] == list(layer.inputs)
        for edge, shape in zip(edges, layer.inputs, strict=True):
            source = graph.layer(edge.source)
            assert edge.bytes == 4 * prod(shape)
            assert edge.crosses == (None not in (source.group, layer.group) and source.group != layer.group)
            assert edge.declared == edge.crosses, "in a net without mistakes"
            assert edge in graph.consumers(edge.source)


@pytest.mark.parametrize("name", [*NETS, *ODD])
def test_scopes(name: str) -> None:
    graph = built(name)._graph
    assert next(iter(graph.scopes)) == ""
    paths = {layer.path for layer in graph.layers()}
    for path, scope in graph.scopes.items():
        assert scope.path == path
        assert path not in paths, "a scope and a layer never share a path"
        assert scope.parent is None or list(graph.scopes).index(scope.parent) < list(graph.scopes).index(path)
        assert scope.column is None or scope.column in graph.groups
    assert graph.scopes[""].definition == graph.name


@pytest.mark.parametrize("name", [*NETS, *ODD])
def test_places(name: str) -> None:
    graph = built(name)._graph
    for thing in (*graph.layers(), *graph.scopes.values(), *graph.outputs):
        assert 0 <= thing.span.start < thing.span.end <= len(thing.span.source.text)
    for layer in graph.layers():
        word = layer.operation.name
        assert (
            word in layer.span.text
            or word in ("add", "identity")
            or layer.operation.kind == "input"
            or (layer.span.text.split("(")[0].split(": ")[-1].split()[0].isidentifier())
        )


@pytest.mark.parametrize("name", [*NETS, *ODD])
def test_outputs(name: str) -> None:
    graph = built(name)._graph
    assert graph.outputs
    for output in graph.outputs:
        assert output.shape == graph.layer(output.layer).output
    needed = {o.layer for o in graph.outputs}.union(*(nx.ancestors(graph.nx, o.layer) for o in graph.outputs))
    assert needed == set(graph.nx)


def test_scopes_know_their_blocks_and_arguments() -> None:
    scope = built("resnet:resnet50")._graph.scopes["layer2.1"]
    assert scope.definition == "bottleneck"
    assert scope.arguments == {
        "width": 128,
        "stride": 1,
        "paper_stride": False,
        "groups": 1,
        "group_width": 64,
    }
    assert scope.name == "1"
    assert scope.parent == "layer2"
    assert built("resnet:resnet50")._graph.scopes["layer2"].definition is None


def test_api_answers() -> None:
    net = built("alexnet:alexnet")
    assert net.groups == ("top", "bottom")
    assert net.title[0].startswith("ImageNet classification")
    assert net.totals("top").parameters + net.totals("bottom").parameters == net.parameters
    assert net.layer("top.conv1").parameters == 48 * 3 * 121 + 48
    assert repr(net) == "<Net alexnet: 53 layers, 60,965,224 parameters, 724,406,816 MACs>"
    with pytest.raises(KeyError):
        net.layer("nothing")


def test_a_net_has_the_comment_above_its_paragraph_as_title() -> None:
    text = """# The file.
# Its second line.

net one(width=2) {
  input image [3, 4, 4]

  # within a net
  conv(width, 1)
}

net two = one(3)

# Of both.
net three = one(
  4,
)
net four = one(5)
"""
    head, both = ("The file.", "Its second line."), ("Of both.",)
    expected = {"one": head, "two": head, "three": both, "four": both}
    assert {name: loads(text, name).title for name in expected} == expected


def test_a_file_without_comments_has_no_title() -> None:
    assert loads("net one {\n  input x [3, 4, 4]\n  relu\n}\n").title == ()
