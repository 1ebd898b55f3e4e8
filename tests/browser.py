"""A browser, and pages in it that must not complain or use the network; its fixtures are all tests'."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
SETTINGS = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's browser."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        why = f"no browser: none of {', '.join(NAMES)} is on PATH"
        # Where everything is to be tested, a test that did not run is a failure.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    from playwright.sync_api import sync_playwright  # not for every test run to wait for

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[BrowserContext]:
    """A browser's windows with common settings; making them anew for each test would take longest of all."""
    context = browser.new_context(**SETTINGS)
    yield context
    context.close()


@dataclass
class Watch:
    """What pages say on their console, and what they ask for."""

    opened: list[Page] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, window: Page, address: str) -> Page:
        """Go to a file's address, and wait until its script is through."""
        self.opened.append(window)
        window.set_default_timeout(4000)
        window.on("console", lambda message: self.complaints.append(message.text))
        window.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        window.on("request", lambda request: self.requests.append(request.url))
        window.goto(address)
        window.wait_for_selector("html[data-ready]", timeout=10_000)
        return window

    def end(self) -> None:
        """Close the pages. None may have complained, or asked for anything but its own file."""
        for window in self.opened:
            window.close()
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(("file:", "data:"))] == []
        assert sum(url.startswith("file:") for url in self.requests) == len(self.opened)
