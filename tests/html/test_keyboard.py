"""Everything can be done without a mouse."""

from __future__ import annotations

from tests.html.looking import box, focused, found, heading, keys, node


def walk(page, *presses):
    for press in presses:
        page.keyboard.press(press)
    return focused(page)


def to_picture(page):
    page.locator("#show-help").focus()
    page.keyboard.press("Tab")


def test_tab_reaches_the_picture_and_leaves_it(show):
    page = show("lenet")
    to_picture(page)
    assert focused(page) == "input:image"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "zoom-out"
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "input:image"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "show-help"


def test_arrows_walk_along_the_edges(show):
    page = show("resnet18")
    to_picture(page)
    assert walk(page, "ArrowDown") == "conv1"
    assert walk(page, "ArrowDown") == "3"
    # Past the fork, into the block.
    assert walk(page, "ArrowDown") == "layer1.0.conv1"
    assert walk(page, "ArrowUp") == "3"
    assert walk(page, *["ArrowDown"] * 40) == "output:output"
    assert walk(page, *["ArrowUp"] * 40) == "input:image"


def test_arrows_go_to_the_side(show):
    page = show("googlenet")
    page.keyboard.press("/")
    page.keyboard.type("mixed1.branch1.conv")
    found(page, "1 of 1")
    page.keyboard.press("Escape")
    first = focused(page)
    assert first.startswith("mixed1.branch1")
    beside = walk(page, "ArrowRight")
    assert beside.startswith("mixed1.branch2")
    assert walk(page, "ArrowLeft") == first


def test_enter_folds_and_unfolds(show):
    page = show("resnet18")
    to_picture(page)
    walk(page, "ArrowDown", "ArrowDown", "ArrowDown")
    assert walk(page, "Shift+ArrowUp") == "layer1.0" or focused(page) == "layer1.0"
    page.keyboard.press("Enter")
    assert "layer1.0" in keys(page)
    assert focused(page) == "layer1.0"
    page.keyboard.press("Enter")
    assert "layer1.0.conv1" in keys(page)
    assert walk(page, "Shift+ArrowDown") == "layer1.0.conv1"
    assert walk(page, "Backspace") == "layer1.0"


def test_enter_on_a_layer_shows_its_facts(show):
    page = show("resnet18")
    to_picture(page)
    walk(page, "ArrowDown", "Enter")
    assert page.is_visible("#panel")
    assert page.locator("#selected h3").first.text_content() == "conv1"
    assert focused(page) == "conv1"


def test_x_shows_copies(show):
    page = show("transformer")
    page.locator(".frame.repeated > .heading").focus()
    page.keyboard.press("x")
    assert page.locator("#world .frame:not(.repeated):not(.net)").count() == 12
    page.keyboard.press("x")
    assert page.locator("#world .frame.repeated").count() == 1


def test_what_has_the_focus_is_in_view_and_visible(show):
    page = show("resnet18")
    to_picture(page)
    for _ in range(6):
        page.keyboard.press("+")
    stage = box(page.locator("#stage"))
    for _ in range(8):
        key = walk(page, "ArrowDown")
        at = box(node(page, key))
        assert stage["y"] <= at["y"] + 1
        assert at["y"] + at["height"] <= stage["y"] + stage["height"] + 1
        width = page.eval_on_selector(
            f'.node[data-key="{key}"] > .body', "e => getComputedStyle(e).strokeWidth"
        )
        assert float(width.removesuffix("px")) >= 2.5


def test_plus_minus_and_zero_zoom(show):
    page = show("lenet")
    scale = lambda: int(page.inner_text("#scale").split()[0])
    start = scale()
    page.keyboard.press("+")
    assert scale() > start
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert scale() < start
    page.keyboard.press("0")
    assert scale() == start


def test_question_mark_gives_help(show):
    page = show("lenet")
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("Escape")
    assert not page.is_visible("#help")


def test_letters_in_the_search_box_are_letters(show):
    page = show("lenet")
    page.keyboard.press("/")
    page.keyboard.type("fcgds?+-0ux/")
    assert page.input_value("#query") == "fcgds?+-0ux/"
    assert not page.is_visible("#panel")


def test_everything_has_a_name_for_who_listens(show):
    page = show("alexnet")
    nameless = page.eval_on_selector_all(
        "button, input, [role=button]",
        "all => all.filter(e => !(e.getAttribute('aria-label') || e.textContent.trim())).length",
    )
    assert nameless == 0
    label = page.locator('.node[data-key="top.conv1"]').get_attribute("aria-label")
    assert label == "conv1, 11×11 conv, 48, /4, ReLU, LRN, gives 48×55×55"
    assert heading(page, "on top").get_attribute("aria-label") == "placement group top, 27 layers"
