"""Whatever a text is, every question about every place has an answer."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.lsp.checking import Checker
from netcompiler.lsp.coloring import color
from netcompiler.lsp.completion import complete
from netcompiler.lsp.hints import hints
from netcompiler.lsp.hover import hover
from netcompiler.lsp.mending import mends
from netcompiler.lsp.navigation import definitions, highlights, references
from netcompiler.lsp.outline import folds, outline
from netcompiler.lsp.positions import Stretch, Units
from netcompiler.lsp.project import Project
from netcompiler.lsp.protocol import Writer
from netcompiler.lsp.renaming import RenameError, rename
from netcompiler.lsp.signatures import signature_at

SPECS = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "specs").glob("*.net"))
    if path.stat().st_size < 3000
]
PIECES = (
    *("{", "}", "(", ")", "[", "]", '"', "->", ":", "=", ".", "..", "*", "#", "\\", "in."),
    *("\n", "\r\n", "\t", "\x00", "\u2028", "🦊", '"c{i}"'),
    *("net a", "block b(", "let x = ", "default conv(", 'use "a.net": b', "group a, b", "output "),
    *("for i in 0..3 {", "from ", "reuse(", "residual {", "skip ", "on a {", "columns a, b {"),
)


def damaged(random: Random) -> str:
    """A spec with some pieces taken out, doubled, or put where they do not belong."""
    text = random.choice(SPECS)
    for _ in range(random.randrange(1, 8)):
        at = random.randrange(len(text) + 1)
        match random.randrange(3):
            case 0:
                text = text[:at] + random.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + random.randrange(1, 40) :]
            case 2:
                other = random.randrange(len(text) + 1)
                text = text[:at] + text[other : other + 40] + text[at:]
    return text


@pytest.mark.parametrize("seed", range(3))
def test_every_question_has_an_answer(seed: int) -> None:
    random = Random(seed)
    project = Project(DEFAULT_LIMITS)
    checker = Checker(project.files, DEFAULT_LIMITS)
    writer = Writer(Units())
    for version in range(40):
        text = damaged(random)
        project.files.put("untitled:a", text, version)
        findings = checker.check("untitled:a")
        project.note(findings)
        reading = findings.reading
        index = project.index(reading)
        writer.diagnostics(findings)
        assert min(writer.tokens(reading, list(color(reading, index))), default=0) >= 0
        assert all(hint.more() for hint in hints(reading, index, findings, 0, len(text)))
        for entry in outline(reading, index):
            writer.entry(reading, entry)
        assert all(0 <= first < last < len(reading.lines) for first, last, _ in folds(reading))
        list(mends(reading, findings, Stretch(0, len(text))))
        for _ in range(5):
            _ask_about(project, random.randrange(len(text) + 1))


def _ask_about(project: Project, offset: int) -> None:
    reading = project.reading("untitled:a")
    assert reading is not None
    for offer in complete(project, reading, offset).offers:
        assert offer.doc() is not None if callable(offer.doc) else offer.doc is not None
    signature_at(project, reading, offset)
    hover(project, reading, offset)
    definitions(project, reading, offset)
    marked = highlights(project, reading, offset)
    assert len(references(project, reading, offset, declared=True)) >= len(marked)
    with suppress(RenameError):
        rename(project, reading, offset, "another")
