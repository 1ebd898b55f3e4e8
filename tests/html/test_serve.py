"""`netc serve` in a browser: a real process, and a page that is told of every save."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.html.looking import box, fold, keys, node
from tests.serve.served import SPEC, Serve, replace, serve, spec

__all__ = ["serve", "spec"]


@pytest.fixture
def window(windows: BrowserContext) -> Iterator[Page]:
    """A window that must not complain, nor ask for anything from elsewhere."""
    page = windows.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("request", lambda request: requests.append(request.url))
    yield page
    page.close()
    # A server that has ended cannot be reached: the browser says so.
    assert [text for text in complaints if "ERR_" not in text] == []
    assert [url for url in requests if not url.startswith(("http://127.0.0.1:", "data:"))] == []


def test_a_save_reaches_the_page_and_keeps_folds_view_and_selection(
    serve: Serve, window: Page, spec: Path
) -> None:
    window.goto(serve(spec).address)
    fold(window, "one")
    node(window, "two.0").click()
    window.keyboard.press("+")
    before = box(node(window, "head"))
    replace(spec, SPEC.replace("head: linear(classes)", "head: linear(77)"))
    expect(window.locator('.node[data-key="head"]')).to_contain_text("fc 77")
    assert "one" in keys(window)
    assert "one.0" not in keys(window)
    assert window.locator("#selected h3").first.text_content() == "two.0"
    after = box(node(window, "head"))
    assert abs(after["x"] - before["x"]) < 3
    assert abs(after["y"] - before["y"]) < 3
    replace(spec, SPEC.replace("  two: unit(8)\n", "  two: unit(8)\n  three: unit(16)\n"))
    expect(window.locator('#world [data-key="three.0"]')).to_have_count(1)
    assert "one.0" not in keys(window)


def test_an_error_stands_over_the_last_net_until_it_is_mended(serve: Serve, window: Page, spec: Path) -> None:
    window.goto(serve(spec).address)
    replace(spec, SPEC.replace("unit(8)\n  head", "unti(8)\n  head"))
    expect(window.locator("#error-text")).to_contain_text("error[E201]")
    terminal = subprocess.run(
        [sys.executable, "-m", "netcompiler.cli", "show", str(spec)],
        capture_output=True,
        text=True,
        check=False,
    )
    told, _, closing = terminal.stderr.partition("\n\nfor more about")
    assert closing
    assert window.text_content("#error-text") == told
    assert window.locator("#error-text").evaluate("e => getComputedStyle(e).fontFamily").endswith("monospace")
    assert "head" in keys(window)
    replace(spec, SPEC)
    expect(window.locator("#error")).to_be_hidden()


def test_it_starts_with_a_mistake_and_survives_a_file_that_is_gone(
    serve: Serve, window: Page, spec: Path
) -> None:
    spec.write_text("net a {")
    window.goto(serve(spec).address)
    expect(window.locator("#error-text")).to_contain_text("error[E10")
    spec.unlink()
    expect(window.locator("#error-text")).to_contain_text("No such file")
    spec.write_text(SPEC)
    expect(window.locator('#world [data-key="head"]')).to_have_count(1)
    expect(window.locator("#error")).to_be_hidden()


def test_a_change_in_a_used_file_counts(serve: Serve, window: Page, spec: Path) -> None:
    (spec.parent / "parts.net").write_text("block unit(n) { conv(n, 3, padding=1) }")
    spec.write_text('use "parts.net": unit\n' + SPEC[SPEC.index("net a") :])
    window.goto(serve(spec).address)
    expect(window.locator("#facts")).to_contain_text("layers")
    before = window.text_content("#facts")
    (spec.parent / "parts.net").write_text("block unit(n) { conv(n, 5, padding=2) }")
    expect(window.locator("#facts")).not_to_have_text(before or "")


def test_several_nets_make_a_menu(serve: Serve, window: Page, spec: Path) -> None:
    spec.write_text(SPEC + "net b = a(classes=20)\n")
    window.goto(serve(spec).address)
    assert window.text_content("#name") == "a"
    window.select_option("#nets", "b")
    expect(window.locator("#name")).to_have_text("b")
    replace(spec, SPEC + "net b = a(classes=21)\nnet c = a(classes=5)\n")
    expect(window.locator('#world [data-key="head"]')).to_contain_text("fc 21")
    assert window.locator("#nets option").all_text_contents() == ["a", "b", "c"]
    # The address says which net it is.
    window.reload()
    expect(window.locator("#name")).to_have_text("b")
    assert window.input_value("#nets") == "b"
    # The net that is shown is taken out of the file.
    replace(spec, SPEC)
    expect(window.locator("#error-text")).to_contain_text("the file has no net `b`")
    window.select_option("#nets", "a")
    expect(window.locator("#error")).to_be_hidden()
    expect(window.locator("#nets")).to_be_hidden()


def test_one_net_needs_no_menu(serve: Serve, window: Page, spec: Path) -> None:
    window.goto(serve(spec).address)
    expect(window.locator("#nets")).to_be_hidden()


def test_a_server_that_has_ended_is_told_of(serve: Serve, window: Page, spec: Path) -> None:
    served = serve(spec)
    window.goto(served.address)
    expect(window.locator("#notice")).to_be_empty()
    served.process.kill()
    expect(window.locator("#notice")).to_have_text("not connected")
    assert "head" in keys(window)
    # Started again at the same place, it goes on.
    served.process.wait()
    replace(spec, SPEC.replace("head: linear(classes)", "head: linear(78)"))
    serve(spec, "--port", served.port)
    expect(window.locator('.node[data-key="head"]')).to_contain_text("fc 78")
    expect(window.locator("#notice")).to_be_empty()


def test_a_picture_of_another_style_is_exchanged(serve: Serve, window: Page, spec: Path) -> None:
    spec.write_text(SPEC + "net b = a(classes=20)\n")
    window.goto(serve(spec, "--style", "table").address)
    picture = window.locator("#picture")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("e => e.naturalWidth") > 100
    first = picture.get_attribute("src")
    replace(spec, SPEC.replace("unit(8)", "uint(8)") + "net b = a(classes=20)\n")
    expect(window.locator("#error")).to_contain_text("error[E201]")
    assert picture.get_attribute("src") == first
    expect(picture).to_be_visible()
    replace(spec, SPEC.replace("unit(8)", "unit(16)") + "net b = a(classes=20)\n")
    expect(window.locator("#error")).to_be_hidden()
    assert picture.get_attribute("src") != first
    window.select_option("#nets", "b")
    expect(picture).to_have_attribute("alt", "the net b")
