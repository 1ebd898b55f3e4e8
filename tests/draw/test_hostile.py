"""Text from a spec never becomes anything but text."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pygraphviz
import pytest

from netcompiler.draw.dot import quote
from netcompiler.graph import Graph
from tests.draw.drawn import draw

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = [
    '"]; evil [label="gotcha"]; a [x="',
    "<b>bold</b>",
    "</TD></TR></TABLE>>];",
    "&amp;&#0;&lt;",
    r"\N\L\"\\",
    "a\nb\r\tc\x00\x1b[31m",
    "]]><script>alert(1)</script>",
    "--><!--",
    "日本語 🙂 \u202eright to left",
    "x" * 3000,
    "'; javascript:alert(1)",
    "%s {0} ${x}",
    "",
]


def renamed(graph, name):
    """The same graph with everything called by a name."""
    copy = Graph(name, groups=tuple(name + group for group in graph.groups), title=(name,))
    copy.scopes = {p: replace(s, definition=name if s.definition else None) for p, s in graph.scopes.items()}
    copy.inputs, copy.outputs = graph.inputs, [replace(o, name=name) for o in graph.outputs]
    for layer in graph.layers():
        group = None if layer.group is None else name + layer.group
        changed = replace(layer, path=layer.path.replace("conv", name.replace(".", "")), group=group)
        copy.add_layer(changed)
    for edge in graph.edges():
        copy.add_edge(edge)
    return copy


def counts(graph):
    """What a DOT parser finds in a picture: how many edges, and which nodes."""
    parsed = pygraphviz.AGraph(string=draw(graph, "dot").decode())
    return parsed.number_of_edges(), sorted(n for n in parsed.nodes() if n[0] == "n")


@pytest.fixture(scope="module", params=["alexnet", "resnet18", "two_inputs"])
def net(request, graph_of):
    """A net, and what its picture has with harmless names."""
    graph = graph_of(request.param)
    return graph, counts(renamed(graph, "harmless"))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_do_not_break_out(net, name):
    graph, harmless = net
    hostile = renamed(graph, name)
    assert counts(hostile) == harmless
    root = ET.fromstring(draw(hostile, "svg"))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "style", "g", "title", "a", "path", "polygon", "text", "ellipse", "polyline"}
    for element in root.iter():
        assert not any(key.startswith("on") for key in element.attrib)


def test_a_name_arrives_as_it_is(graph_of):
    name = "a<b> & \"c\" 'd'"
    root = ET.fromstring(draw(renamed(graph_of("alexnet"), name), "svg"))
    assert name in [element.text for element in root.iter(f"{SVG}text")]


def test_long_names_are_cut(graph_of):
    root = ET.fromstring(draw(renamed(graph_of("resnet18"), "x" * 3000), "svg"))
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert max(len(text) for text in texts) < 60


@pytest.mark.parametrize("text", HOSTILE)
def test_quote_survives_a_dot_parser(text):
    parsed = pygraphviz.AGraph(string=f"digraph {{ a [x={quote(text)}]; }}")
    assert parsed.number_of_nodes() == 1
    kept = "".join(c for c in text if c.isprintable())
    read = parsed.get_node("a").attr["x"] or ""
    assert read.replace("\\\\", "\\").replace("&amp;", "&") == kept


def test_very_deep_nesting_is_drawn(graph_of):
    inner = "conv(4, 3, padding=1) -> conv(4, 3, padding=1)"
    for _ in range(60):
        inner = f"s: {{ conv(4, 1) -> {inner} -> conv(4, 1) }}"
    graph = graph_of(f"net deep {{ input x [4, 8, 8]\n {inner} }}")
    assert draw(graph, "svg", depth=1000)


def test_a_net_with_far_too_many_nodes_is_refused(graph_of, monkeypatch):
    from netcompiler.draw.errors import DrawError
    from netcompiler.draw.styles import graph as style

    monkeypatch.setattr(style, "_MOST_NODES", 20)
    with pytest.raises(DrawError, match="20 is the most"):
        draw(graph_of("chain"), "dot")


def test_a_net_with_many_nodes_shows_fewer_levels(graph_of, monkeypatch):
    from netcompiler.draw.styles import graph as style

    monkeypatch.setattr(style, "_MANY_NODES", 12)
    fewer, all_levels = (draw(graph_of("resnet18"), "dot", depth=depth) for depth in (None, 9))
    assert b"parameters</FONT>" in fewer
    assert fewer.count(b"->") < all_levels.count(b"->") / 2
