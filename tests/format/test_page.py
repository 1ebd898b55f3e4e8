"""docs/formatting.md shows what the formatter does, and the examples of all pages have its form."""

from __future__ import annotations

from itertools import pairwise

from netcompiler.format import format_source
from netcompiler.source import Source
from tests.docs.blocks import ROOT, blocks

PAGE = ROOT / "docs" / "formatting.md"


def test_examples_of_the_page_are_before_and_after() -> None:
    pairs = [
        (before, after)
        for before, after in pairwise(b for b in blocks(PAGE) if b.language == "net")
        if before.file == "careless.net"
    ]
    assert len(pairs) == 3
    for before, after in pairs:
        assert after.file == "formed.net"
        assert after.text == format_source(Source(before.file, before.text)), str(after)
