"""What a page shows, as its reader sees it."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page

from netcompiler.draw.html import data
from netcompiler.graph import Graph


def update(page: Page, graph: Graph) -> None:
    """Show another net, or another version of one, in a page that is open."""
    page.evaluate(
        "async (data) => { netcompiler.update(data); await new Promise(requestAnimationFrame); }", data(graph)
    )


def eventually(page: Page, true: str, argument: object = None) -> None:
    """Wait until an expression is true. The page's policy forbids what Playwright's own way of it needs."""
    deadline = time.monotonic() + 5
    while not page.evaluate(true, argument):
        assert time.monotonic() < deadline, f"never true: {true}"
        time.sleep(0.02)


def found(page: Page, told: str) -> None:
    """Wait for what the search tells: ``1 of 7``."""
    eventually(page, "told => document.getElementById('found').textContent === told", told)


def keys(page: Page, kind: str = "node") -> list[str]:
    """What the nodes or the frames are known by, those of forks left out."""
    return page.eval_on_selector_all(
        f"#world .{kind}[data-key]:not(.role-fork)", "all => all.map(e => e.dataset.key)"
    )


def node(page: Page, key: str) -> Locator:
    """The box of a node, without what stands beside it."""
    return page.locator(f'.node[data-key="{key}"] > .body')


def heading(page: Page, key: str) -> Locator:
    """The heading of an open block."""
    return page.locator(f'.frame[data-key="{key}"] > .heading')


def fold(page: Page, key: str) -> None:
    """Click on the left end of a heading: the way in may cross its middle."""
    heading(page, key).locator(".chevron").click()


def focused(page: Page) -> str:
    """What the node or frame with the focus is known by; "" for none."""
    return page.evaluate("document.activeElement.closest('[data-key]')?.dataset.key ?? ''")


def box(locator: Locator) -> dict[str, float]:
    """Where something is in the window."""
    found = locator.bounding_box()
    assert found is not None
    return found


def middle(locator: Locator) -> tuple[float, float]:
    """The middle of something in the window."""
    at = box(locator)
    return at["x"] + at["width"] / 2, at["y"] + at["height"] / 2


def middle_of_edge(page: Page, look: str) -> tuple[float, float]:
    """A point in the window on the first edge that looks like this."""
    x, y = page.eval_on_selector(
        f"#world .edges .{look} .line",
        """line => {
          const at = line.getPointAtLength(line.getTotalLength() / 2), to = line.getScreenCTM();
          return [at.x * to.a + to.e, at.y * to.d + to.f];
        }""",
    )
    return x, y
