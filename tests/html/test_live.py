"""What keeps a page fresh: a net shown anew, and errors in its place."""

from __future__ import annotations

import netcompiler
from tests.html.looking import box, fold, found, keys, node, update

SPEC = """
block unit(n) { conv(n, 3, padding=1) -> relu -> conv(n, 3, padding=1) }
net a {
  input image [3, 32, 32]
  one: unit(8)
  two: unit(8)
  three: unit(16)
  head: linear(10)
}
"""


def show_spec(page, spec):
    update(page, netcompiler.loads(spec)._graph)


def test_a_new_version_keeps_folds_view_and_selection(show):
    page = show(SPEC)
    fold(page, "one")
    node(page, "two.0").click()
    page.keyboard.press("+")
    before = box(node(page, "head"))
    show_spec(page, SPEC.replace("head: linear(10)", "head: linear(20)").replace("unit(16)", "unit(24)"))
    assert "one" in keys(page)
    assert "one.0" not in keys(page)
    assert page.locator("#selected h3").first.text_content() == "two.0"
    assert "fc 20" in page.text_content('.node[data-key="head"]')
    after = box(node(page, "head"))
    assert abs(after["x"] - before["x"]) < 3
    assert abs(after["y"] - before["y"]) < 3
    assert "24×32×32" in page.text_content("#world")


def test_what_is_gone_is_no_longer_selected(show):
    page = show(SPEC)
    node(page, "two.0").click()
    show_spec(page, SPEC.replace("  two: unit(8)\n", ""))
    assert not any(key.startswith("two") for key in keys(page))
    assert page.locator("#world .ring.selection").count() == 0
    assert page.locator("#selected h3").first.text_content() == "a"


def test_an_error_stands_over_the_last_net(show):
    page = show(SPEC)
    page.evaluate("netcompiler.error('<b>a.net:3:1: error[E201]</b>\\n  | ^^^')")
    assert page.is_visible("#error")
    assert page.text_content("#error-text") == "<b>a.net:3:1: error[E201]</b>\n  | ^^^"
    assert "head" in keys(page)
    show_spec(page, SPEC)
    assert page.is_hidden("#error")


def test_a_page_may_start_with_an_error_alone(show):
    page = show(None, error="a.net:1:1: error[E104]: …")
    assert page.text_content("#error-text") == "a.net:1:1: error[E104]: …"
    page.keyboard.press("f")
    page.click("#fold-all")
    show_spec(page, SPEC)
    assert page.is_hidden("#error")
    assert "head" in keys(page)
    assert page.inner_text("#name") == "a"


def test_the_script_of_a_live_page_finds_the_hook(show):
    page = show(SPEC, live="netcompiler.notice('not connected')")
    assert page.inner_text("#notice") == "not connected"
    page.evaluate("netcompiler.notice('')")
    assert page.is_hidden("#notice")


def test_a_search_goes_on(show):
    page = show(SPEC)
    page.fill("#query", "conv")
    found(page, "1 of 6")
    show_spec(page, SPEC.replace("  two: unit(8)\n", ""))
    assert page.inner_text("#found") == "1 of 4"
