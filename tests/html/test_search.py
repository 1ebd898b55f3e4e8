"""Search: by name, by operation, by a line of the spec."""

from __future__ import annotations

from tests.html.looking import eventually, found, keys, middle, node


def search(page, text, told):
    page.fill("#query", text)
    found(page, told)


def test_matches_are_counted_as_one_types(show):
    page = show("resnet18")
    page.keyboard.press("/")
    page.keyboard.type("maxp")
    found(page, "1 of 1")
    assert page.locator("#world .ring.hit").count() == 1


def test_by_operation_and_by_name(show):
    page = show("resnet18")
    # 20 convolutions, counting projections.
    search(page, "3×3 conv", "1 of 16")
    search(page, "layer1.1.conv", "1 of 2")
    search(page, "adaptive_avgpool", "1 of 1")
    search(page, "BASIC", "1 of 8")
    search(page, "nothing like this", "no match")
    assert page.locator("#next").is_disabled()


def test_enter_goes_on_and_back(show):
    page = show("lenet")
    search(page, "linear", "1 of 3")
    for key, told in (
        ("Enter", "2 of 3"),
        ("Enter", "3 of 3"),
        ("Enter", "1 of 3"),
        ("Shift+Enter", "3 of 3"),
    ):
        page.keyboard.press(key)
        assert page.inner_text("#found") == told
    page.click("#next")
    assert page.inner_text("#found") == "1 of 3"


def test_what_hides_a_match_is_unfolded_and_the_match_is_centred(show):
    page = show("resnet152")
    page.click("#fold-all")
    assert "layer3.17.conv2" not in keys(page)
    search(page, "layer3.17.conv2", "1 of 1")
    assert "layer3.17.conv2" in keys(page)
    x, y = middle(node(page, "layer3.17.conv2"))
    left, top, width, height = page.eval_on_selector(
        "#stage", "e => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }"
    )
    assert abs(x - left - width / 2) < 3
    assert abs(y - top - height / 2) < 3


def test_what_was_unfolded_for_one_match_is_folded_for_the_next(show):
    page = show("resnet18")
    page.click("#fold-all")
    search(page, ".1.conv1", "1 of 4")
    assert "layer1.1.conv1" in keys(page)
    page.keyboard.press("Enter")
    assert "layer1" in keys(page)
    assert "layer2.1.conv1" in keys(page)
    # Escape ends the search and leaves what is seen.
    page.keyboard.press("Escape")
    assert page.input_value("#query") == ""
    assert "layer2.1.conv1" in keys(page)


def test_by_a_line_of_the_spec(show):
    page = show("lenet")
    page.click("#show-panel")
    line = page.locator("#spec li.used").nth(1)
    line.click()
    assert page.input_value("#query").startswith("lenet.net:")
    assert page.inner_text("#found").startswith("1 of")
    assert "marked" in (line.get_attribute("class") or "")


def test_layers_without_a_node_are_found_at_what_reads_them(show):
    page = show("alexnet")
    search(page, "exchange", "1 of 6")
    search(page, "gather", "1 of 1")
    eventually(page, "location.hash.includes('fc8')")
