"""Blocks fold and unfold, and copies come and go."""

from __future__ import annotations

from tests.html.looking import box, eventually, fold, heading, keys, node


def test_a_click_on_a_heading_folds_and_one_on_the_node_unfolds(show):
    page = show("resnet18")
    before = keys(page)
    fold(page, "layer2")
    after = keys(page)
    assert "layer2" in after
    assert not any(key.startswith("layer2.") for key in after)
    assert page.locator('.node[data-key="layer2"]').get_attribute("aria-expanded") == "false"
    node(page, "layer2").click()
    assert sorted(keys(page)) == sorted(before)


def test_a_folded_block_says_what_is_in_it(show):
    page = show("resnet18")
    fold(page, "layer2")
    words = page.locator('.node[data-key="layer2"] > text').all_text_contents()
    assert words[:2] == ["layer2", "17 layers · 525.6 K"]


def test_what_is_clicked_stays_under_the_pointer(show):
    page = show("resnet50")
    before = box(heading(page, "layer3.0"))
    fold(page, "layer3.0")
    after = box(node(page, "layer3.0"))
    assert abs(before["x"] - after["x"]) < 4
    assert abs(before["y"] - after["y"]) < 4


def test_copies_unfold_and_fold_again(show):
    page = show("resnet50")
    before = keys(page, "frame")
    assert "layer3.3" not in before
    times = page.locator('.frame[data-key="layer3.1"] > .times')
    assert times.text_content() == "×5"
    times.click()
    after = keys(page, "frame")
    assert {f"layer3.{copy}" for copy in range(1, 6)} <= set(after)
    assert heading(page, "layer3.4").locator("text").all_text_contents() == ["bottleneck", "layer3.4"]
    page.locator('.frame[data-key="×layer3.1"] > .times').click()
    assert keys(page, "frame") == before


def test_copies_unfold_as_the_first_stands(show):
    page = show("resnet50")
    fold(page, "layer3.1")
    page.locator('.node[data-key="layer3.1"] > .times').click()
    assert {f"layer3.{copy}" for copy in range(1, 6)} <= set(keys(page))


def test_a_copy_of_several_items(show):
    two = "conv(4, 3, padding=1) -> maxpool(3, stride=1, padding=1)"
    page = show(f"net a {{\n  input x [4, 9, 9]\n  {two} -> {two} -> {two} -> {two}\n}}\n")
    nodes = len(keys(page))
    page.locator(".times").first.click()
    assert len(keys(page)) == nodes + 2 * 3


def test_edges_go_to_what_is_seen(show):
    page = show("resnet18")
    page.click("#fold-all")
    # image, conv1, pool, four layers, pool, fc, output: a chain.
    assert len(keys(page)) == 10
    assert page.locator("#world .edge").count() == 9
    assert page.locator("#world .edge.skip").count() == 0


def test_all_folds_and_unfolds_level_by_level(show):
    page = show("resnet18")
    page.click("#fold-all")
    assert "layer1" in keys(page)
    page.click("#open-level")
    assert "layer1.0" in keys(page)
    page.click("#open-level")
    assert "layer1.0.conv1" in keys(page)
    assert "layer1.1.conv1" not in keys(page)
    page.click("#open-level")
    assert "layer1.1.conv1" in keys(page)
    page.click("#open-level")
    assert page.text_content("#said") == "everything is unfolded"
    for _ in range(3):
        page.click("#close-level")
    assert "layer1" in keys(page)
    assert "layer1.0" not in keys(page)


def test_options_say_what_is_folded_at_first(show):
    page = show("resnet18", depth=0, expand=("layer2",))
    shown = keys(page)
    assert {"layer1", "layer3"} <= set(shown)
    assert "layer2.0.conv1" in shown
    page = show("resnet18", fold=("layer1.0", "layer4"))
    assert {"layer1.0", "layer4", "layer2.0.conv1"} <= set(keys(page))


def test_the_address_keeps_what_is_folded(show):
    page = show("resnet50")
    fold(page, "layer2")
    page.locator('.frame[data-key="layer3.1"] > .times').click()
    eventually(page, "location.hash.includes('layer3.1')")
    again = show("resnet50", address=page.evaluate("location.hash"))
    assert keys(again) == keys(page)
    assert keys(again, "frame") == keys(page, "frame")


def test_a_group_folds(show):
    page = show("alexnet")
    fold(page, "on top")
    shown = keys(page)
    assert "on top" in shown
    assert not any(key.startswith("top.") for key in shown)
    assert "bottom.conv1" in shown
    node(page, "on top").click()
    assert "top.conv1" in keys(page)
