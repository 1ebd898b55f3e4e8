"""Dark colours, groups, costs, zoom, print."""

from __future__ import annotations

import pytest

from netcompiler.draw.theme import DARK, PAPER
from tests.html.looking import box, eventually, keys, node


def background(page):
    channels = page.eval_on_selector(
        "#stage", "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number)"
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def test_colours_follow_the_system_and_the_switch(show):
    page = show("lenet", context={"color_scheme": "dark"})
    assert background(page) == DARK.paper
    page.click("#dark")
    assert background(page) == PAPER.paper
    page = show("lenet")
    assert background(page) == PAPER.paper
    page.emulate_media(color_scheme="dark")
    eventually(page, "document.documentElement.classList.contains('dark')")
    assert background(page) == DARK.paper
    page.keyboard.press("d")
    assert background(page) == PAPER.paper


def test_the_dark_theme_starts_dark(show):
    assert background(show("lenet", theme=DARK)) == DARK.paper


def test_groups_can_be_switched_off(show):
    page = show("alexnet")
    fill = "e => getComputedStyle(e).fill"
    before = page.eval_on_selector(".lane > .body", fill)
    page.click("#groups")
    assert page.get_attribute("#groups", "aria-pressed") == "false"
    assert page.eval_on_selector(".lane > .body", fill) != before
    assert not page.locator("#world .traffic").first.is_visible()
    page.keyboard.press("g")
    assert page.eval_on_selector(".lane > .body", fill) == before
    assert show("lenet").is_hidden("#groups")


def test_a_group_can_be_dimmed(show):
    page = show("alexnet")
    page.locator("#legend button", has_text="top").click()
    assert "muted" in page.locator('.node[data-key="top.conv1"]').get_attribute("class")
    assert "muted" not in page.locator('.node[data-key="bottom.conv1"]').get_attribute("class")
    page.locator("#legend button", has_text="top").click()
    assert page.locator("#world .muted").count() == 0


def test_costs_can_be_shown(show):
    page = show("alexnet")
    assert "17.5 K parameters · 52.7 M MACs" not in page.text_content("#world")
    page.click("#costs")
    assert "17.5 K parameters · 52.7 M MACs" in page.text_content('.node[data-key="top.conv1"]')
    assert "17.5 K parameters · 52.7 M MACs" in show("alexnet", costs=True).text_content("#world")


def test_wheel_and_drag(show):
    page = show("resnet18")
    before = box(node(page, "conv1"))
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    eventually(
        page,
        "least => document.querySelector('[data-key=conv1] > .body').getBoundingClientRect().width > least",
        before["width"] * 1.2,
    )
    after = box(node(page, "conv1"))
    # The point under the pointer stays there.
    assert abs(after["x"] + after["width"] / 2 - x) < 2
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    moved = box(node(page, "conv1"))
    assert moved["x"] - after["x"] == pytest.approx(60, abs=5)
    assert moved["y"] - after["y"] == pytest.approx(40, abs=5)
    # Dragging selects nothing.
    assert page.is_hidden("#panel")
    page.click("#fit")
    assert box(node(page, "conv1")) == pytest.approx(before, abs=1)


def test_pinch(show):
    page = show("resnet18", context={"has_touch": True})
    before = box(node(page, "conv1"))
    page.evaluate(
        """() => {
          const picture = document.getElementById('picture');
          picture.setPointerCapture = () => {};
          const send = (kind, id, x) => picture.dispatchEvent(new PointerEvent(kind,
            { pointerId: id, pointerType: 'touch', clientX: x, clientY: 400, bubbles: true, button: 0 }));
          send('pointerdown', 1, 500); send('pointerdown', 2, 600);
          for (let step = 5; step <= 50; step += 5) {
            send('pointermove', 1, 500 - step);
            send('pointermove', 2, 600 + step);
          }
          send('pointerup', 1, 450); send('pointerup', 2, 650);
        }"""
    )
    assert box(node(page, "conv1"))["width"] == pytest.approx(2 * before["width"], rel=0.05)


def test_a_printed_page_is_the_picture_alone(show):
    page = show("resnet50", context={"color_scheme": "dark"})
    node(page, "conv1").click()
    page.keyboard.press("+")
    page.emulate_media(media="print")
    eventually(page, "document.getElementById('picture').hasAttribute('viewBox')")
    for part in ("#search", ".tools", "#zoom", "#panel", "#card"):
        assert page.is_hidden(part)
    assert page.is_visible("#name")
    assert background(page) == PAPER.paper
    width, height = page.evaluate("[innerWidth, innerHeight]")
    for key in keys(page):
        at = box(node(page, key))
        assert min(at["x"], at["y"]) >= 0
        assert at["x"] + at["width"] <= width
        assert at["y"] + at["height"] <= height
    page.emulate_media(media="screen")
    eventually(page, "!document.getElementById('picture').hasAttribute('viewBox')")
    assert page.is_visible("#zoom")


def test_it_prints_on_one_sheet(show):
    page = show("resnet50")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") == 1
