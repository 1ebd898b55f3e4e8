"""The page as a file, and the data in it; no browser is needed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from math import prod

import pytest

from netcompiler.draw.drawing import Drawing
from netcompiler.draw.errors import DrawError
from netcompiler.draw.html import data, page
from netcompiler.draw.options import Options
from netcompiler.draw.theme import DARK, SLIDE
from tests.draw.conftest import SHIPPED, TEXTS
from tests.draw.test_hostile import renamed

EVERY = [*TEXTS, *SHIPPED]


def leaves_of(items):
    for item in items:
        if isinstance(item, list):
            yield item
        else:
            yield from leaves_of(item["children"])


def settings_of(text: str):
    found = re.search(r'id="settings">(.*?)</script>', text)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("net", "most"), [("lenet", 230_000), ("resnet152", 300_000), ("resnet1202", 650_000)]
)
def test_page_is_small(net, most, graph_of):
    assert len(page(graph_of(net), Options())) < most


def test_page_is_the_same_again(graph_of):
    assert page(graph_of("alexnet"), Options()) == page(graph_of("alexnet"), Options())


def test_a_drawing_writes_it(graph_of):
    graph = graph_of("lenet")
    assert Drawing((graph,)).render("html") == page(graph, Options())


def test_policy_allows_what_is_in_the_page_and_nothing_else(graph_of):
    text = page(graph_of("lenet"), Options()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


def test_page_names_no_other_place(graph_of):
    text = page(graph_of("resnet50"), Options()).decode()
    assert set(re.findall(r"https?://[^\"'\s<]*", text)) <= {"http://www.w3.org/2000/svg"}


def test_live_page_may_talk_to_its_server(graph_of):
    text = page(graph_of("lenet"), Options(), live="fetch('/net')").decode()
    assert "connect-src 'self'" in text
    assert "<script>fetch('/net')</script>" in text


@pytest.mark.parametrize("every", EVERY)
def test_every_layer_stands_in_the_tree_once(every, graph_of):
    graph = graph_of(every)
    shown = data(graph)
    ids = [row[0] for row in shown["layers"]]
    assert ids == [layer.id for layer in graph.layers()]
    placed = [place for leaf in leaves_of(shown["tree"]) for place in (*leaf[2], *leaf[3])]
    assert sorted(placed) == list(range(len(ids)))


@pytest.mark.parametrize("every", EVERY)
def test_facts_are_those_of_the_layers(every, graph_of):
    graph = graph_of(every)
    shown = data(graph)
    for row, layer in zip(shown["layers"], graph.layers(), strict=True):
        _, place, group, source, start, end = row
        facts = shown["facts"][place]
        assert facts["operation"] == layer.operation.name
        assert [name for name, _, _ in shown["arguments"][facts["arguments"]]] == list(layer.args)
        assert facts["output"] == "×".join(map(str, layer.output))
        assert (facts["parameters"], facts["macs"]) == (layer.parameters, layer.macs)
        assert facts["neurons"] == prod(layer.output)
        assert (graph.groups[group] if group >= 0 else None) == layer.group
        assert shown["sources"][source]["text"][start:end] == layer.span.text


@pytest.mark.parametrize("every", EVERY)
def test_flows_carry_all_that_crosses_between_groups(every, graph_of):
    graph = graph_of(every)
    shown = data(graph)
    crossing = sum(flow[5] for flow in shown["flows"] if flow[4] & 2)
    assert crossing == sum(edge.bytes for edge in graph.edges() if edge.crosses)


def test_data_is_json(graph_of):
    shown = data(graph_of("alexnet"))
    assert json.loads(json.dumps(shown)) == json.loads(json.dumps(json.loads(json.dumps(shown))))
    assert shown["totals"]["parameters"] == 60_965_224


def test_names_cannot_end_the_script(graph_of):
    graph = renamed(graph_of("alexnet"), "</script><script>alert(1)<!-- {{script}}")
    text = page(graph, Options(title="</title><script>"), live="1").decode()
    assert text.count("</script>") == 4
    assert text.count("</title>") == 1
    assert "<!--" not in text.split("<body>")[1]


def test_settings_are_in_the_page(graph_of):
    options = Options(
        depth=1, costs=True, title="A net", caption="Below it", legend=False, expand=("layer3",)
    )
    settings = settings_of(page(graph_of("resnet18"), options).decode())
    assert settings["depth"] == 1
    assert settings["costs"] is True
    assert settings["legend"] is False
    assert (settings["title"], settings["caption"]) == ("A net", "Below it")
    assert settings["expand"] == ["layer3"]


@pytest.mark.parametrize(("theme", "size", "dark"), [(SLIDE, SLIDE.size, False), (DARK, DARK.size, True)])
def test_theme_is_in_the_page(theme, size, dark, graph_of):
    text = page(graph_of("lenet"), Options(theme=theme)).decode()
    assert settings_of(text)["dark"] is dark
    assert settings_of(text)["sizes"]["size"] == size
    assert f"--paper:{theme.paper};" in text


def test_a_page_has_no_width_of_its_own(graph_of):
    with pytest.raises(DrawError, match="as wide as its window"):
        page(graph_of("lenet"), Options(width=16))


def test_unknown_blocks_are_refused(graph_of):
    with pytest.raises(DrawError, match="no block of resnet18 is called layer9"):
        page(graph_of("resnet18"), Options(fold=("layer9",)))
