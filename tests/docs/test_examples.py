"""Every example of the documentation runs, and gives what the page shows.

After a change of messages, ``python -m tests.docs.update`` writes the new ones into the pages.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from netcompiler.limits import DEFAULT_LIMITS, DESCRIPTIONS
from tests.docs.blocks import LANGUAGES, PAGES, ROOT, Block, blocks
from tests.docs.running import commands, diagnose, keep, matches, prepare, run_netc, run_python
from tests.docs.scripts import script

BLOCKS = [block for page in PAGES for block in blocks(page)]

make_operations = script("make_operations")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_blocks_have_a_known_language(page: Path) -> None:
    assert {block.language for block in blocks(page)} <= LANGUAGES


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "net"], ids=str)
def test_specs(block: Block) -> None:
    text = diagnose(block)
    if "wrong" not in block.rest:
        assert not text
        return
    assert text
    if block.expected is not None:
        assert matches(block.expected, text), text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_python(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.language == "net":
            keep(block, tmp_path)
        elif block.language == "console":
            _check_commands(block)
        elif block.language == "python":
            printed = run_python(block, namespace)
            assert matches(block.expected or "…", printed), f"{block}:\n{printed}"


def _check_commands(block: Block) -> None:
    for command, shown in commands(block):
        if command.startswith("netc serve"):
            continue  # it runs until it is ended; tests/html starts it
        code, text = run_netc(command)
        if block.indented:
            assert code == (1 if command.startswith("netc diff") else 0), f"{block}: {command}\n{text}"
        else:
            assert matches(shown, text), f"{block}: {command}\n{text}"


def test_operations_page_is_fresh() -> None:
    fresh = make_operations.PAGE.read_text(encoding="utf-8") == make_operations.page()
    assert fresh, "run: python docs/make_operations.py"


def test_operations_page_shows_every_operation() -> None:
    assert not make_operations.undocumented()


def test_language_page_states_the_limits() -> None:
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    stated = re.findall(r"^\| `(\w+)` \| (.*) \| ([\d,]+) \|$", text.partition("## Limits")[2], re.MULTILINE)
    limits = asdict(DEFAULT_LIMITS)
    assert stated == [(name, words, f"{limits[name]:,}") for name, words in DESCRIPTIONS.items()]
