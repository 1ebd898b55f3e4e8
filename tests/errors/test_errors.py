"""Every code has a spec that gets it, and every message is the one that was read and found good."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netcompiler.diagnostics import CODES
from tests.errors.golden import Golden, goldens

GOLDENS = goldens()


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda g: g.path.stem)
def test_message(golden: Golden, tmp_path: Path) -> None:
    found = golden.found(tmp_path / "specs")
    output = "\n\n".join(d.render() for d in found)
    assert golden.code in {d.code for d in found}
    if os.environ.get("REWRITE"):
        golden.write(output)
        return
    assert [line.rstrip() for line in output.splitlines()] == golden.expected.splitlines()


def test_every_code_has_a_golden() -> None:
    assert {g.code for g in GOLDENS} == CODES.keys()


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda g: g.path.stem)
def test_messages_are_sentences_of_their_own(golden: Golden, tmp_path: Path) -> None:
    """No Python leaks into them, and their places lie in the text."""
    for diagnostic in golden.found(tmp_path / "specs"):
        text = "\n".join([diagnostic.message, *diagnostic.notes, diagnostic.help or ""])
        assert diagnostic.message
        assert not diagnostic.message.endswith(".")
        for leak in ("None", "True", "False", "Traceback", "object at", "<class", "UNKNOWN", "\0", "Token("):
            assert leak not in text.replace("`None`", "").replace("`True`", "").replace("`False`", "")
        if diagnostic.span is not None:
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(diagnostic.span.source.text)
            assert diagnostic.render().splitlines()[0].startswith(str(diagnostic.span))
