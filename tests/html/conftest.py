"""Pages of nets in a browser, which must not complain or use the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

import netcompiler
from netcompiler.draw.html import page
from netcompiler.draw.options import Options
from netcompiler.graph import Graph
from tests.browser import SETTINGS, Watch
from tests.draw.conftest import SHIPPED, SPECS, TEXTS

Open = Callable[..., Page]


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


@pytest.fixture
def show(
    browser: Browser, windows: BrowserContext, graph_of: Callable[[str], Graph], tmp_path: Path
) -> Iterator[Open]:
    """Opens the page of a net from a file. No page may complain, and none may ask for anything."""
    watch = Watch()

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
        return watch.open(window, f"{file.as_uri()}{address}")

    yield show
    watch.end()
