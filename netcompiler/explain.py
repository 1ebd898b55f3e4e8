"""The page about errors, docs/errors.md, a section for each code: what `netc explain` shows."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HEADING = re.compile(r"## ([EW]\d{3}): (.+)")
_SECTION = re.compile(r"^(?=## )", re.MULTILINE)


def page() -> str:
    """The page's text: in ``netcompiler/docs`` of a wheel, in ``docs`` of a checkout."""
    here = Path(__file__).parent
    shipped = here / "docs" / "errors.md"
    path = shipped if shipped.is_file() else here.parent / "docs" / "errors.md"
    return path.read_text(encoding="utf-8")


@cache
def sections() -> dict[str, str]:
    """The section of each code, in Markdown, its heading included; in the order of the page."""
    found = ((_HEADING.match(section), section.rstrip()) for section in _SECTION.split(page()))
    return {heading[1]: section for heading, section in found if heading is not None}


def titles() -> dict[str, str]:
    """What each section is about, by code."""
    headings = {code: _HEADING.match(section) for code, section in sections().items()}
    return {code: heading[2] for code, heading in headings.items() if heading is not None}


def plain(section: str) -> list[tuple[str, bool]]:
    """A section's lines for a terminal, each with whether it is a heading; blocks are indented."""
    lines: list[tuple[str, bool]] = []
    inside = False
    for line in section.splitlines():
        if line.startswith("```"):
            inside = not inside
            continue
        heading = line.startswith("#") and not inside
        text = f"    {line}".rstrip() if inside else line
        lines.append((text.lstrip("# ") if heading else text, heading))
    return lines
