"""A browser, and pages in it that must not complain or use the network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import netcompiler
from netcompiler.draw.html import page
from netcompiler.draw.options import Options
from netcompiler.graph import Graph
from tests.draw.conftest import SHIPPED, SPECS, TEXTS

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's browser."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        why = f"no browser: none of {', '.join(NAMES)} is on PATH"
        # Where everything is to be tested, a test that did not run is a failure.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def graph_of() -> Callable[[str], Graph]:
    """Gives the graph of a net by its name in `tests.draw`, or of a spec's text."""
    known: dict[str, Graph] = {}

    def graph_of(name: str) -> Graph:
        if name not in known:
            if name in SHIPPED:
                known[name] = netcompiler.load(SPECS / f"{SHIPPED[name]}.net", name)._graph
            else:
                known[name] = netcompiler.loads(TEXTS.get(name, name))._graph
        return known[name]

    return graph_of


SETTINGS = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[BrowserContext]:
    """A browser's windows with common settings; making them anew for each test would take longest of all."""
    context = browser.new_context(**SETTINGS)
    yield context
    context.close()


@pytest.fixture
def show(
    browser: Browser, windows: BrowserContext, graph_of: Callable[[str], Graph], tmp_path: Path
) -> Iterator[Open]:
    """Opens the page of a net from a file. No page may complain, and none may ask for anything."""
    opened: list[Page] = []
    complaints: list[str] = []
    requests: list[str] = []

    def show(
        net: str | Graph | None,
        *,
        address: str = "",
        live: str = "",
        error: str = "",
        context=None,
        **options,
    ) -> Page:
        graph = graph_of(net) if isinstance(net, str) else net
        file = tmp_path / "net.html"
        file.write_bytes(page(graph, Options(**options), live=live, error=error))
        # A page with settings of its own has a context of its own, which closes with it.
        window = browser.new_page(**{**SETTINGS, **context}) if context else windows.new_page()
        opened.append(window)
        window.set_default_timeout(4000)
        window.on("console", lambda message: complaints.append(message.text))
        window.on("pageerror", lambda problem: complaints.append(str(problem)))
        window.on("request", lambda request: requests.append(request.url))
        window.goto(f"{file.as_uri()}{address}")
        window.wait_for_selector("html[data-ready]", timeout=10_000)
        return window

    yield show
    for window in opened:
        window.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert sum(url.startswith("file:") for url in requests) == len(opened)
