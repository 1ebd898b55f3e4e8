"""Nets of thousands of layers."""

from __future__ import annotations

from tests.html.looking import eventually, focused, found, keys, middle, node


def test_resnet1202_opens_and_unfolds(show):
    page = show("resnet1202")
    assert "4,809 layers" in page.inner_text("#facts")
    for _ in range(4):
        page.click("#open-level")
    assert page.text_content("#said") == "everything is unfolded"
    # From afar it is drawn in a few outlines, near by only what is near.
    assert page.locator("#world.coarse").count() == 1
    assert page.locator("#world .outlines path").count() < 40
    page.fill("#query", "layer3.150.conv2")
    found(page, "1 of 1")
    assert page.locator("#world.coarse").count() == 0
    assert page.locator("#world .node").count() < 1500
    assert node(page, "layer3.150.conv2").is_visible()
    page.keyboard.press("Escape")
    assert focused(page) == "layer3.150.conv2"
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    assert focused(page).startswith("layer3.151")


def test_outlines_can_be_pointed_at(show):
    page = show("resnet1202")
    for _ in range(4):
        page.click("#open-level")
    x, y = middle(page.locator("#stage"))
    page.mouse.click(x, y)
    assert page.locator("#world.coarse").count() == 0
    assert keys(page)


def test_all_of_a_large_net_is_printed(show):
    page = show("resnet1202")
    page.locator(".times").first.click()
    page.emulate_media(media="print")
    eventually(page, "document.getElementById('picture').hasAttribute('viewBox')")
    assert page.locator("#world .node:not(.role-fork)").count() > 600
