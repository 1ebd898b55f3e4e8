"""Comments that ignore warnings."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from netcompiler import loads, pipeline
from netcompiler.diagnostics import Diagnostic
from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.lint import heed
from netcompiler.read import read_file
from netcompiler.source import Source, Span
from tests.lint.warned import found, warned

PLAIN = """
block unit(width, stride=1) {
  conv(width, 3) -> batchnorm
}
net n {
  input image [8, 8, 8]
  unit(4)
}
"""


def test_what_is_ignored_below() -> None:
    assert warned(PLAIN) == ["W101 stride", "W106 conv(width, 3)"]


@pytest.mark.parametrize(
    "comment",
    [
        "# netc: ignore[W106]",
        "#netc:ignore[W106]",
        "## netc: ignore[ W106 ] torchvision has it",
        "# netc: ignore[W106,]",
        "# first layer # netc: ignore[W106]",
    ],
)
def test_at_the_end_of_a_line(comment: str) -> None:
    text = PLAIN.replace("-> batchnorm", f"-> batchnorm  {comment}")
    assert warned(text) == ["W101 stride"]


def test_above_a_statement() -> None:
    text = PLAIN.replace("  conv(", "  # netc: ignore[W106]\n\n  # a word\n  conv(")
    assert warned(text) == ["W101 stride"]


def test_above_a_definition_holds_for_all_of_it() -> None:
    assert warned(PLAIN.replace("block", "# netc: ignore[W101, W106]\nblock")) == []


def test_above_a_statement_of_several_lines() -> None:
    text = PLAIN.replace(
        "  conv(width, 3) -> batchnorm",
        "  # netc: ignore[W106]\n  relu\n    -> conv(width,\n 3) -> batchnorm",
    )
    assert warned(text) == ["W101 stride"]


def test_it_does_not_reach_further() -> None:
    text = PLAIN.replace(
        "  conv(", "  # netc: ignore[W106]\n  conv(4, 3, bias=false) -> batchnorm\n  relu\n  conv("
    )
    assert [w.partition(" ")[0] for w in warned(text)] == ["W101", "W100", "W106"]


def test_a_whole_file() -> None:
    assert warned(PLAIN + "# netc: ignore-file[W106, W101] generated\n") == []


def test_a_string_is_no_comment() -> None:
    text = PLAIN.replace("unit(4)", '"# netc: ignore[W101]": unit(4)')
    assert {d.code for d in found(text)} == {"E219"}
    text = PLAIN + 'let s = "# netc: ignore-file[W101, W106, W105]"\n'
    assert warned(text) == ["W101 stride", "W106 conv(width, 3)", "W105 s"]


def test_errors_stay() -> None:
    text = PLAIN.replace("unit(4)", "uint(4)  # netc: ignore[E201]")
    assert {d.code for d in found(text)} == {"E201"}


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# netc: ignore[W106]", "there is no W106 here"),
        ("# netc: ignore[W999]", "there is no warning `W999`"),
        ("# netc: ignore[E204]", "E204 is an error"),
        ("# netc: ignore[conv]", "there is no warning `conv`"),
        ("# netc: ignore", "does not say which"),
        ("# netc: ignore[]", "does not say which"),
        ("# netc: off", "no comment that netc knows"),
        ("# netc:", "says nothing"),
        ("# netc ignore[W106]", "says nothing"),
        ("# netc: ignore-file[W101]", "there is no W101 in this file"),
    ],
)
def test_comments_that_ignore_nothing(comment: str, message: str) -> None:
    (said,) = found(f"net n {{ input image [8, 8, 8]\n  relu  {comment}\n}}\n")
    assert said.code == "W100"
    assert message in said.message


def test_one_that_cannot_be_told_is_left_alone() -> None:
    """No net runs the block: whether its bias is needed is not known."""
    text = """
        net n(width) { input image [8, 8, 8]
          conv(width, 3) -> batchnorm  # netc: ignore[W106]
        }
    """
    assert warned(text) == []


def test_a_comment_in_a_file_that_is_used(tmp_path: Path) -> None:
    (tmp_path / "blocks.net").write_text(
        "block unit { conv(4, 3) -> batchnorm  # netc: ignore[W106]\n}\n"
        "# netc: ignore[W101]\nblock other { relu }\n"
    )
    (tmp_path / "main.net").write_text('use "blocks.net": unit\nnet n { input image [8, 8, 8]\n unit }\n')
    assert pipeline.check(read_file(tmp_path / "main.net", DEFAULT_LIMITS), DEFAULT_LIMITS, {}) == []


def test_of_many_comments_not_all_are_told_of() -> None:
    text = "net n { input image [8, 8, 8]\n" + "  conv(8, 1)  # netc: ignore[W106]\n" * 3000 + "}\n"
    assert len(found(text)) == DEFAULT_LIMITS.diagnostics
    assert found(text + "# netc: ignore-file[W100]\n") == []


def test_a_text_in_pieces_is_heeded_as_a_whole() -> None:
    """The language server keeps a file in pieces; a comment may be parted from what is below it."""
    head, tail = "# netc: ignore[W106]\n\n", "block unit { conv(8, 3) -> batchnorm }\n"
    pieces = [Source("my.net", head), Source("my.net", tail)]
    place = Span(pieces[1], tail.index("conv"), tail.index(" ->"))
    warning = Diagnostic("W106", "the bias has no effect", place)
    assert heed([warning], [pieces], [], DEFAULT_LIMITS) == []
    assert heed([warning], [pieces[1:]], [], DEFAULT_LIMITS) == [warning]


def test_comments_and_statements_are_gone_through_once() -> None:
    """Many comments above one long statement take no longer than as many lines of anything."""
    comments = "  # netc: ignore[W106]\n" * 8000
    text = "net n { input image [8, 8, 8]\n" + comments + "  relu\n" + "    -> gelu -> silu\n" * 8000 + "}\n"
    begun = process_time()
    assert {d.code for d in found(text)} == {"W100"}
    assert process_time() - begun < 10


def test_it_is_no_word_about_a_net() -> None:
    """The comment above a net is its title in pictures and tables."""
    text = "# netc: ignore-file[W106]\n# A small net.\n# netc: ignore[W112]\n"
    text += "net n { input image [8, 8, 8]\n relu }\n"
    assert loads(text).title == ("A small net.",)
