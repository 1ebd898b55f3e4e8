"""Hovering and selecting: all of a layer's facts, its line of the spec, and where its values go."""

from __future__ import annotations

from pathlib import Path

import netcompiler
from tests.html.looking import eventually, heading, keys, middle_of_edge, node


def hover(page, key):
    node(page, key).hover()
    page.wait_for_selector("#card:not([hidden])")
    return page.inner_text("#card")


def test_hover_shows_all_facts_of_a_layer(show, graph_of):
    page = show("alexnet")
    told = hover(page, "top.conv3")
    layer = graph_of("alexnet").layer("top.conv3")
    assert "top.conv3" in told
    for name in layer.args:
        assert f"{name}=" in told
    for fact in ("init=normal(std=0.01)", "256×13×13", "192×13×13", "weight 192×256×3×3, bias 192"):
        assert fact in told
    for number in (layer.parameters, layer.macs, layer.neurons):
        assert f"{number:,}" in told
    assert "group\ntop" in told
    assert f"alexnet.net:{layer.span.line}" in told
    assert "conv3: conv(192, 3, padding=1)" in told
    # The activation that stands in the same node.
    assert "top.10" in told
    assert "relu" in told


def test_hover_shows_a_block_and_an_edge(show):
    page = show("resnet50")
    heading(page, "layer3.1").locator("text").first.hover(force=True)
    page.wait_for_selector("#card:not([hidden])")
    told = page.inner_text("#card")
    assert "layer3.1 ×5" in told
    assert "bottleneck(" in told
    page.mouse.move(*middle_of_edge(page, "skip:not(.dashed)"))
    eventually(page, "document.getElementById('card').innerText.startsWith('skip connection')")
    assert "256×56×56" in page.inner_text("#card")


def test_the_card_goes_with_the_pointer(show):
    page = show("lenet")
    hover(page, "conv1")
    page.mouse.move(5, 700)
    page.wait_for_selector("#card", state="hidden")


def test_a_click_shows_the_line_of_the_spec(show, graph_of):
    page = show("resnet50")
    node(page, "layer2.0.conv2").click()
    layer = graph_of("resnet50").layer("layer2.0.conv2")
    marked = page.locator("#spec li.marked")
    assert marked.count() == 1
    text = marked.text_content()
    assert "conv2: conv(inner, 3" in text
    assert text == layer.span.source.line(layer.span.line)
    assert page.locator("#spec li").nth(layer.span.line - 1).get_attribute("class") == "used marked"
    seen = page.evaluate(
        """() => { const l = document.querySelector('#spec .marked').getBoundingClientRect();
                   const b = document.getElementById('spec').getBoundingClientRect();
                   return l.top >= b.top && l.bottom <= b.bottom; }"""
    )
    assert seen
    assert page.locator("#selected .crumb").all_text_contents() == ["resnet50", "layer2", "bottleneck"]


def test_a_crumb_selects_the_block_around(show):
    page = show("resnet50")
    node(page, "layer2.0.conv2").click()
    page.locator("#selected .crumb", has_text="layer2").click()
    assert page.locator("#selected h3").first.text_content() == "layer2"
    page.locator("#selected .crumb", has_text="resnet50").click()
    assert "25,557,032" in page.inner_text("#selected")


def test_files_that_are_used_are_shown(show, tmp_path: Path):
    (tmp_path / "parts.net").write_text("# Parts.\n\nblock unit(n) { conv(n, 3) -> relu -> conv(n, 1) }\n")
    main = tmp_path / "main.net"
    main.write_text('use "parts.net": unit\n\nnet a {\n  input x [3, 9, 9]\n  one: unit(4)\n  linear(2)\n}\n')
    page = show(netcompiler.load(main, "a")._graph)
    node(page, "one.2").click()
    tab = page.locator("#sources [aria-selected=true]")
    assert tab.text_content() == "parts.net"
    assert "conv(n, 1)" in page.locator("#spec li.marked").text_content()
    page.locator("#sources button", has_text="main.net").click()
    assert "one: unit(4)" in page.inner_text("#spec")


def test_text_beyond_the_basic_plane_does_not_shift_lines(show):
    page = show("# 🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂\nnet a {\n  input x [3]\n  linear(4)\n  relu\n}\n")
    node(page, "0").click()
    assert [line.strip() for line in page.locator("#spec li.marked").all_text_contents()] == [
        "linear(4)",
        "relu",
    ]


def test_inputs_and_outputs_of_a_layer_are_highlighted(show):
    page = show("resnet18")
    node(page, "layer1.0.conv1").hover()
    page.wait_for_selector('.node[data-key="layer1.0.conv1"].lit-self')
    lit = page.eval_on_selector_all("#world .node.lit-in", "all => all.map(e => e.dataset.key)")
    assert "3" in lit
    lit = page.eval_on_selector_all("#world .node.lit-out", "all => all.map(e => e.dataset.key)")
    assert lit == ["layer1.0.conv2"]


def test_all_of_a_skip_connection_is_highlighted(show):
    page = show("resnet18")
    page.mouse.move(*middle_of_edge(page, "skip.dashed"))
    page.wait_for_selector("#world .halo.skip")
    lit = page.eval_on_selector_all("#world .node.lit-way", "all => all.map(e => e.dataset.key)")
    # From where the value forks, past the projection, to the merge.
    assert lit == ["fork layer2.0", "layer2.0.downsample.0", "layer2.0.6"]
    assert page.locator("#world .edge.lit-way.skip").count() == 2
    page.mouse.move(5, 700)
    page.wait_for_selector("#world .halo", state="detached")


def test_a_selected_layer_has_a_ring(show):
    page = show("lenet")
    node(page, "conv1").click()
    assert page.locator("#world .ring.selection").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#world .ring.selection").count() == 0


def test_layers_that_only_pass_a_value_on_are_told(show):
    page = show("alexnet")
    node(page, "fc8").click()
    assert "reads through" in page.inner_text("#selected")
    assert "gather" in page.inner_text("#selected")


def test_everything_in_the_net_can_be_selected(show):
    page = show("two_inputs")
    page.click("#show-panel")
    for key in keys(page):
        node(page, key).click()
        assert page.locator("#selected section").count() >= 1
