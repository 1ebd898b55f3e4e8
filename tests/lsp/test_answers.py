"""Hints, quick fixes, colours and new names of texts, without a server."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.lsp.checking import Checker, Findings
from netcompiler.lsp.coloring import color
from netcompiler.lsp.facts import short
from netcompiler.lsp.hints import Hint, Remembered, hints
from netcompiler.lsp.hover import hover
from netcompiler.lsp.mending import mends
from netcompiler.lsp.outline import folds, outline
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.project import Project
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.renaming import RenameError, rename

TEXT = """\
# Halves the picture.
block down(width, times=1) {
  for i in 0..times {
    "c{i}": conv(width, 3, padding=1, bias=false) -> batchnorm -> relu
  }
  maxpool(2)
}

let widths = [8, 16]            # of the stages

net small(classes=10) {
  input image [3, 32, 32]
  for width in widths { down(width) }
  stem: down(32, times=2)
  from stem -> adaptive_avgpool(1) -> flatten
  fc: linear(classes)
}
"""


class Editor:
    """One text and all that is known of it."""

    def __init__(self, text: str) -> None:
        self.project = Project(DEFAULT_LIMITS)
        self.checker = Checker(self.project.files, DEFAULT_LIMITS)
        self.version = 0
        self.write(text)

    def write(self, text: str) -> Findings:
        self.version += 1
        self.project.files.put("untitled:a", text, self.version)
        findings = self.checker.check("untitled:a")
        self.project.note(findings)
        return findings

    @property
    def findings(self) -> Findings:
        found = self.project.findings("untitled:a")
        assert found is not None
        return found

    @property
    def reading(self) -> Reading:
        return self.findings.reading

    def hints(self) -> dict[int, Hint]:
        index = self.project.index(self.reading)
        found = hints(self.reading, index, self.findings, 0, len(self.reading.lines))
        return {hint.line: hint for hint in found}

    def about(self, mark: str, after: int = 0) -> str:
        found = hover(self.project, self.reading, self.reading.text.index(mark) + after)
        return "" if found is None else found.text

    def renamed(self, mark: str, name: str) -> str:
        edits = rename(self.project, self.reading, self.reading.text.index(mark), name)
        ((reading, places),) = edits.values()
        text = reading.text
        for place in sorted(places, reverse=True):
            text = text[: place.start] + name + text[place.end :]
        return text


@pytest.fixture(scope="module")
def editor() -> Editor:
    return Editor(TEXT)


def test_lines_show_what_they_give(editor: Editor) -> None:
    assert editor.findings.diagnostics == ()
    shown = {line: hint.text for line, hint in editor.hints().items()}
    assert shown == {
        3: "[8, 32, 32] · [16, 16, 16] · [32, 8, 8]",
        4: "[8, 32, 32] · [16, 16, 16] · [32, 8, 8]",
        5: "[8, 16, 16] · [16, 8, 8] · [32, 4, 4]",
        10: "15.7 k parameters, 1.4 M MACs",
        12: "[16, 8, 8]",
        13: "[32, 4, 4]",
        14: "[32]",
        15: "[10]",
    }


def test_more_is_told_of_a_hint(editor: Editor) -> None:
    more = editor.hints()[13].more()
    weights = 9 * 16 * 32 + 9 * 32 * 32 + 2 * 64
    assert f"{weights:,} parameters" in more
    assert "`[16, 8, 8]` → `[32, 4, 4]`" in more


def test_hints_stay_while_a_line_is_half_typed() -> None:
    editor = Editor(TEXT)
    before = editor.hints()
    remembered = Remembered()
    remembered.note(editor.reading, list(before.values()))
    editor.write(TEXT.replace("  fc: linear", "  fc: linear(\n  fc: linear"))
    assert editor.reading.wrong
    lines = set(range(len(editor.reading.lines)))
    after = {hint.line: hint.text for hint in remembered.fill(editor.reading, {}, lines)}
    assert after == {line + (line > 14): hint.text for line, hint in before.items()}
    assert remembered.fill(editor.reading, {}, set()) == []


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("down(width, times", ["block down(width, times=1)", "Halves the picture"]),
        ("widths = ", ["let widths = [8, 16]", "of the stages"]),
        ("widths {", ["let widths = [8, 16]"]),
        ("times=1", ["`times=1`", "parameter of `down`"]),
        ("width, times", ["which must be given"]),
        ("small(", ["15,698 parameters"]),
        ("stem -> adaptive", ["stem: down(32, times=2)", "13,952 parameters"]),
        ("for i", ["`for`: runs its body for each item"]),
        ("padding=1", ["`padding=0`", "argument of `conv`"]),
    ],
)
def test_hover(editor: Editor, mark: str, words: list[str]) -> None:
    text = editor.about(mark)
    assert [word for word in words if word not in text] == []


def test_nothing_is_said_of_nothing(editor: Editor) -> None:
    assert editor.about("# Halves", 4) == ""
    assert editor.about("3, 32, 32") == ""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("maxpool(2)", "maxpol(2)"), ("bias=false", "bais=false"), ("from stem", "from stm"), ("relu", "ReLu")],
)
def test_what_is_misspelt_is_mended(wrong: str, right: str) -> None:
    editor = Editor(TEXT.replace(wrong, right))
    everywhere = Stretch(0, len(editor.reading.text))
    found = [mend for mend in mends(editor.reading, editor.findings, everywhere) if mend.sure]
    text = editor.reading.text
    mend = found[0]
    assert text[: mend.at.start] + mend.text + text[mend.at.end :] == TEXT


def test_a_warning_can_be_ignored() -> None:
    editor = Editor(TEXT.replace("let widths", "let unused = 3\nlet widths"))
    (warning,) = editor.findings.diagnostics
    (mend,) = mends(editor.reading, editor.findings, Stretch(0, len(editor.reading.text)))
    assert mend.title == f"Ignore {warning.code} here"
    text = editor.reading.text
    found = editor.write(text[: mend.at.start] + mend.text + text[mend.at.end :])
    assert found.diagnostics == ()


@pytest.mark.parametrize(
    ("mark", "name", "line"),
    [
        ("stem:", "trunk", "from trunk -> adaptive_avgpool(1) -> flatten"),
        ("times=1", "count", "stem: down(32, count=2)"),
        ("widths =", "sizes", "for width in sizes { down(width) }"),
        ("width in", "w", "for w in widths { down(w) }"),
        ("down(width, times", "stage", "stem: stage(32, times=2)"),
        ("classes=", "labels", "fc: linear(labels)"),
        ("i in", "k", '"c{k}": conv(width, 3, padding=1, bias=false) -> batchnorm -> relu'),
    ],
)
def test_a_new_name_stands_everywhere(editor: Editor, mark: str, name: str, line: str) -> None:
    text = editor.renamed(mark, name)
    assert line in [stripped.strip() for stripped in text.split("\n")]
    assert Editor(text).findings.diagnostics == ()


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("times=1", "width"),
        ("stem:", "image"),
        ("widths =", "classes"),
        ("width, t", "i"),
    ],
)
def test_a_name_that_would_mean_something_else_is_refused(editor: Editor, mark: str, name: str) -> None:
    with pytest.raises(RenameError):
        editor.renamed(mark, name)


def test_words_do_not_overlap(editor: Editor) -> None:
    words = list(color(editor.reading, editor.project.index(editor.reading)))
    for one, other in pairwise(words):
        assert one.at.end <= other.at.start
        assert "\n" not in editor.reading.text[one.at.start : one.at.end]


@pytest.mark.parametrize(
    ("head", "detail"),
    [
        ("net n(a=3) = tiny(5)", "(a=3) = tiny(5)"),
        ("net  t = tiny(5)", "= tiny(5)"),
        ("block b(x) { conv(x, 3) }", "(x)"),
        ("block k(x) { conv(x, 3) }", "(x)"),
    ],
)
def test_an_outline_shows_what_follows_the_name_where_the_keyword_has_its_letters(
    head: str, detail: str
) -> None:
    editor = Editor(head + "\n")
    entries = outline(editor.reading, editor.project.index(editor.reading))
    assert [entry.detail for entry in entries] == [detail]


def test_outline_and_folds(editor: Editor) -> None:
    entries = outline(editor.reading, editor.project.index(editor.reading))
    assert [entry.name for entry in entries] == ["down", "widths", "small"]
    assert list(folds(editor.reading)) == [(2, 3, False), (1, 5, False), (10, 15, False)]


def test_numbers_are_short() -> None:
    assert [short(n) for n in (0, 999, 1000, 25_557_032, 4_089_184_256)] == [
        "0",
        "999",
        "1 k",
        "25.6 M",
        "4.09 G",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "net a { " + "x: " * 100_000,
        "#" * 300_000,
        "net a {\n" + "relu\n" * 50_000 + "}",
        "net a{}\n" * 1000,
        '"' + '\\"' * 200_000,
    ],
    ids=["labels", "comment", "steps", "nets", "quotes"],
)
def test_hostile_text_takes_seconds_at_most(text: str) -> None:
    begun = time.process_time()
    editor = Editor(text)
    index = editor.project.index(editor.reading)
    list(color(editor.reading, index))
    list(folds(editor.reading))
    outline(editor.reading, index)
    editor.about("", len(text) // 2)
    assert time.process_time() - begun < 10


NEIGHBOURS = """\
let W = 8
net g(w=W) {
  input x [3, 8, 8]
  for i in 0..2 { "c{i}": conv(w, 1) }
  let k = 2 * w
  conv(k, 1) -> conv(W, 1)
  a: relu
  add(a)
}
"""


@pytest.mark.parametrize(("mark", "name"), [("k = 2", "w"), ("a: relu", "c1")])
def test_a_name_that_makes_a_mistake_is_refused(mark: str, name: str) -> None:
    editor = Editor(NEIGHBOURS)
    with pytest.raises(RenameError):
        editor.renamed(mark, name)
    assert f"{name}9" in editor.renamed(mark, f"{name}9")
