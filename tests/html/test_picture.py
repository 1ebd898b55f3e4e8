"""What a page draws at first: everything at its place, whatever the net."""

from __future__ import annotations

import pytest

from netcompiler.draw.theme import SLIDE
from tests.draw.conftest import SHIPPED, TEXTS
from tests.draw.test_hostile import HOSTILE, renamed
from tests.html.looking import eventually, fold, keys, update

EVERY = [*TEXTS, *SHIPPED]

PLACES = """() => {
  const at = (e) => { const { x, y, width, height } = e.getBBox(); return [x, y, x + width, y + height]; };
  const bodies = (kind) => [...document.querySelectorAll(`#world ${kind} > .body`)];
  return {
    nodes: bodies('.node').map(at),
    frames: bodies('.frame:not(.net)').map(at),
    texts: [...document.querySelectorAll('#world .node')].flatMap((group) => {
      const body = at(group.querySelector('.body, .point'));
      const inside = [...group.querySelectorAll(':scope > text[text-anchor=middle]')];
      return inside.map((text) => [at(text), body]);
    }),
    headings: [...document.querySelectorAll('#world .frame:not(.net)')].flatMap((group) => {
      const body = at(group.querySelector('.body'));
      return [...group.querySelectorAll('.heading > text, .times > text')].map((text) => [at(text), body]);
    }),
  };
}"""

WINDOW = """() => ['#world', '#stage'].map((part) => {
  const { left, top, right, bottom } = document.querySelector(part).getBoundingClientRect();
  return [left, top, right, bottom];
})"""


def overlap(a, b, slack=0.5):
    return a[0] < b[2] - slack and b[0] < a[2] - slack and a[1] < b[3] - slack and b[1] < a[3] - slack


def inside(a, b, slack=0.5):
    return a[0] >= b[0] - slack and a[1] >= b[1] - slack and a[2] <= b[2] + slack and a[3] <= b[3] + slack


def pairs(boxes):
    return ((a, b) for index, a in enumerate(boxes) for b in boxes[index + 1 :])


def check_places(places):
    assert places["nodes"]
    for a, b in pairs(places["nodes"]):
        assert not overlap(a, b)
    for frame in places["frames"]:
        for a in places["nodes"]:
            assert inside(a, frame) or not overlap(a, frame)
    for a, b in pairs(places["frames"]):
        assert not overlap(a, b) or inside(a, b) or inside(b, a)
    for text, body in (*places["texts"], *places["headings"]):
        assert inside(text, body, 1)


@pytest.mark.parametrize("part", range(3))
def test_nothing_overlaps(part, show, graph_of):
    page = show("lenet")
    # Those left out look like one of the others here.
    for every in sorted(set(EVERY) - {"alexnet_one", "resnet18", "resnet152"})[part::3]:
        update(page, graph_of(every))
        check_places(page.evaluate(PLACES))
        # All of it is in the window.
        assert inside(*page.evaluate(WINDOW)), every


def test_nothing_overlaps_however_it_is_folded(show, graph_of):
    page = show("lenet", costs=True)
    for every in ("googlenet", "residual_unet", "three_columns", "transformer", "pipeline", "alexnet"):
        update(page, graph_of(every))
        page.click("#fold-all")
        check_places(page.evaluate(PLACES))
        for _ in range(3):
            page.click("#open-level")
            check_places(page.evaluate(PLACES))


def test_larger_text_takes_more_room(show):
    heights = []
    for options in ({}, {"theme": SLIDE}):
        page = show("lenet", **options)
        places = page.evaluate(PLACES)
        check_places(places)
        heights.append(places["nodes"][0][3] - places["nodes"][0][1])
    assert heights[1] > heights[0] * 1.2


def test_title_facts_and_caption(show):
    page = show("alexnet", title="AlexNet, <two> columns", caption="Figure 1.")
    assert page.inner_text("#name") == "AlexNet, <two> columns"
    assert page.inner_text("#facts") == "53 layers · 61.0 M parameters · 724.4 M MACs"
    assert page.inner_text("#caption") == "Figure 1."
    assert page.title() == "AlexNet, <two> columns"


def test_values_between_groups_say_their_size(show):
    page = show("alexnet")
    told = page.locator("#world .traffic").all_text_contents()
    assert sorted(told) == sorted(["86.5 KB"] * 2 + ["18.4 KB"] * 2 + ["8.2 KB"] * 3)
    assert page.locator("#world .edge.crossing.dashed").count() == 7


def test_shapes_stand_where_they_change(show):
    page = show("resnet18")
    shapes = page.locator('.node[data-key="conv1"] > text').all_text_contents()
    assert "64×112×112" in shapes


def test_legend_has_what_is_there(show):
    page = show("resnet50")
    assert page.locator("#legend li").all_text_contents() == [
        "convolution",
        "pooling",
        "fully connected",
        "merge",
        "skip connection",
        "skip connection with layers",
    ]
    assert show("lenet", legend=False).locator("#legend li").count() == 0


def test_a_small_window_shows_fewer_blocks(show):
    wide = show("resnet50")
    assert wide.locator("#world .role-summary").count() == 0
    narrow = show("resnet50", context={"viewport": {"width": 390, "height": 780}})
    assert narrow.locator("#world .role-summary").count() > 0


def test_names_are_only_text(show, graph_of):
    page = show(renamed(graph_of("alexnet"), "</script><script>alert(1)</script>"))
    for name in [*HOSTILE, "<img src=x onerror=alert(1)>", "{{script}} ${alert(1)} `", "__proto__"]:
        update(page, renamed(graph_of("pipeline"), name))
        assert len(keys(page)) == len(set(keys(page))) > 5
        assert page.evaluate("document.getElementById('name').textContent") == name
    page.locator("#world .node > .body").nth(1).click()
    page.fill("#query", HOSTILE[0][:4])
    page.keyboard.press("Enter")
    page.click("#fold-all")
    page.locator("#world .node > .body").nth(1).hover()
    made = page.evaluate("[...new Set([...document.querySelectorAll('body *')].map((e) => e.localName))]")
    assert not {"img", "iframe", "object", "a", "link", "embed"}.intersection(made)
    assert page.evaluate("document.scripts.length") == 3


def test_an_address_may_hold_any_name(show, graph_of):
    graph = renamed(graph_of("resnet18"), "p,q&r=%20#×")
    page = show(graph)
    fold(page, "layer1")
    eventually(page, "location.hash.includes('layer1')")
    again = show(graph, address=page.evaluate("location.hash"))
    assert keys(again) == keys(page)
