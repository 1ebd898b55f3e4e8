"""docs/errors.md: a section for every code; its wrong example gets that code alone, its right one nothing.

That the examples give the output that is shown is tested with those of the other pages.
"""

from __future__ import annotations

import re
import tomllib
from typing import cast

import pytest

import netcompiler.lint  # noqa: F401  (its rules have codes of their own)
from netcompiler.diagnostics import CODES, Diagnostic, Label
from netcompiler.explain import sections, titles
from netcompiler.source import Source, Span
from tests.docs.blocks import ROOT, Block, blocks
from tests.docs.running import commands, diagnose

PAGE = ROOT / "docs" / "errors.md"
_FOUND = re.compile(r"\b(?:error|warning)\[([EW]\d{3})\]")


def _of_section(code: str) -> tuple[list[Block], list[Block]]:
    """The blocks of a section: those before ``Instead:``, and those after it."""
    text = PAGE.read_text(encoding="utf-8")
    start = text.index(sections()[code])
    middle = text.count("\n", 0, text.index("\nInstead:\n", start)) + 1
    first = text.count("\n", 0, start) + 1
    last = first + sections()[code].count("\n")
    found = [block for block in blocks(PAGE) if first < block.line <= last]
    return [b for b in found if b.line < middle], [b for b in found if b.line > middle]


def _codes_of(block: Block) -> set[str]:
    """The codes that an example gets; its console's as they are shown, which other tests compare."""
    if block.language == "console":
        return {code for _, shown in commands(block) for code in _FOUND.findall(shown)}
    return set(_FOUND.findall(diagnose(block))) if block.file == "my.net" else set()


def test_every_code_has_its_section() -> None:
    assert titles() == CODES
    assert list(sections()) == sorted(CODES)


def test_the_table_lists_every_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([EW]\d+)\]\(#(\S+)\) \| (.*) \|$", text, re.MULTILINE)
    assert {code: title for code, _, title in rows} == CODES
    for code, anchor, title in rows:
        assert anchor == re.sub(r"[^a-z0-9 -]", "", f"{code} {title}".lower()).replace(" ", "-")


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_wrong_example_gets_this_code_alone(code: str) -> None:
    wrong, _ = _of_section(code)
    assert set().union(*map(_codes_of, wrong)) == {code}


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_right_example_gets_nothing(code: str) -> None:
    _, right = _of_section(code)
    assert {block.language for block in right} & {"net", "console"}
    assert set().union(*map(_codes_of, right)) == set()


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_section_says_more_than_its_title(code: str) -> None:
    words = sections()[code].partition("\n\n")[2].partition("\n\n```")[0]
    assert len(words) > 60


def test_the_table_of_fields_is_the_json() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## For programs")[2].partition("\n## ")[0]
    listed = {
        name for row in re.findall(r"^\| (`.*?`) \|", text, re.M) for name in re.findall(r"`(\w+)`", row)
    }
    span = Span(Source("a.net", "net n"), 0, 3)
    record = Diagnostic("E204", "they differ", span, labels=(Label(span, "that"),)).to_json()
    assert listed == record.keys()
    (label,) = cast(list[dict[str, object]], record["labels"])
    assert {f"`{name}`" for name in label} <= set(re.findall(r"`\w+`", text.partition("| `labels` |")[2]))


def test_a_wheel_has_the_page() -> None:
    """Where `netc explain` looks for it."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "docs/errors.md" in wheel["only-include"]
    assert wheel["sources"]["docs"] == "netcompiler/docs"
