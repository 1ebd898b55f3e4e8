"""Runs to report on, made once, and their pages in a browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import SETTINGS, Watch
from tests.zoo.conftest import SPEC
from zoo import cli

HOW = ("trainer.progress=none", "trainer.epochs=3", "trainer.threads=1")


@pytest.fixture(scope="session")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of four runs of the small net on digits, and one that failed; not to be written to."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "tiny.net").write_text(SPEC, encoding="utf-8")
    given = (f"model.spec={folder / 'tiny.net'}", f"runs={folder / 'runs'}", *HOW, "trainer.epochs=2")
    code = cli.main(["train", "-m", *given, "optimizer.lr=0.2,0.01", "seed=0,1"])
    assert code == 0
    (path,) = (folder / "runs" / "sweeps").iterdir()
    failed = {"failed": "The loss became nan in epoch 1, step 3.", "overrides": ["optimizer.lr=9"]}
    (path / "jobs" / "4.json").write_text(json.dumps(failed), encoding="utf-8")
    return path


@pytest.fixture
def copied(run: Path, tmp_path: Path) -> Path:
    """A finished run that may be written to."""
    return Path(shutil.copytree(run, tmp_path / "copied"))


@pytest.fixture
def show(browser: Browser, windows: BrowserContext) -> Iterator[Callable[..., Page]]:
    """Opens a page. None may complain, and none may ask for anything."""
    watch = Watch()

    def show(file: Path, **context: object) -> Page:
        window = browser.new_page(**{**SETTINGS, **context}) if context else windows.new_page()
        return watch.open(window, file.resolve().as_uri())

    yield show
    watch.end()
