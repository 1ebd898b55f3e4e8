"""How several places are shown: goldens of the renderer alone, on texts that are no specs."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcompiler.diagnostics import Diagnostic, Label
from netcompiler.source import Source, Span

MAIN = Source(
    "my.net",
    dedent(
        """\
        net n {
          input image [3, 32, 32]
          add {
            conv(8, 3, padding=1) -> relu
            conv(16, 3)
            relu
            gelu
          }
        \tконв → 日本語 -> last
        }
        """
    ),
)
OTHER = Source("other.net", "block unit(width) {\n  relu\n}\n")


def place(text: str, source: Source = MAIN) -> Span:
    start = source.text.index(text)
    return Span(source, start, start + len(text))


def shown(span: Span, label: str = "", *labels: Label) -> str:
    text = Diagnostic("E204", "they differ", span, label=label, labels=labels).render()
    return "\n".join(text.splitlines()[1:])


def test_one_place_has_its_text_beside_it() -> None:
    assert shown(place("conv(16, 3)"), "here") == dedent(
        """\
          |
        5 |     conv(16, 3)
          |     ^^^^^^^^^^^ here"""
    )


def test_texts_of_one_line_hang_below_it() -> None:
    first = Label(place("conv(8, 3, padding=1)"), "first")
    assert shown(place("3, padding"), "inner", first, Label(place("relu"), "last")) == dedent(
        """\
          |
        4 |     conv(8, 3, padding=1) -> relu
          |     --------^^^^^^^^^^---    ---- last
          |     |       |
          |     |       inner
          |     first"""
    )


def test_lines_between_are_left_out_but_for_single_ones() -> None:
    far = Label(place("net n"), "the net")
    assert shown(place("conv(16, 3)"), "", far, Label(place("add"), "the merge")) == dedent(
        """\
          |
        1 | net n {
          | ----- the net
        2 |   input image [3, 32, 32]
        3 |   add {
          |   --- the merge
        4 |     conv(8, 3, padding=1) -> relu
        5 |     conv(16, 3)
          |     ^^^^^^^^^^^"""
    )
    assert "\n...\n" in shown(place("conv(16, 3)"), "", far)


def test_a_place_of_several_lines_is_bracketed() -> None:
    merge = Span(MAIN, place("add").start, place("  }\n").end)
    assert shown(merge, "all of it", Label(place("gelu"), "a branch")) == dedent(
        """\
          |
        3 | /   add {
        ... |
        7 | |     gelu
          | |     ---- a branch
        8 | |   }
          | |___^ all of it"""
    )
    begins_late = Span(MAIN, place("{\n    conv").start, place("relu").end)
    assert shown(begins_late) == dedent(
        """\
          |
        3 |     add {
          |  _______^
        4 | |     conv(8, 3, padding=1) -> relu
          | |_________________________________^"""
    )


def test_other_files_follow() -> None:
    assert shown(place("gelu"), "called", Label(place("unit", OTHER), "defined here")) == dedent(
        """\
          |
        7 |     gelu
          |     ^^^^ called
         ::: other.net:1:7
          |
        1 | block unit(width) {
          |       ---- defined here"""
    )


def test_wide_characters_and_tabs_are_underlined_in_full() -> None:
    assert shown(place("日本語"), "wide", Label(place("конв"), "a tab before it")) == dedent(
        """\
          |
        9 |     конв → 日本語 -> last
          |     ----   ^^^^^^ wide
          |     |
          |     a tab before it"""
    )


def test_nothing_steers_the_terminal() -> None:
    source = Source("a.net", "x \x1b[31m\u202e y\n")
    text = Diagnostic("E104", "\x1b[2J", place("y", source), ("\r",), "\x07", label="\x9b").render()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    source = Source("a.net", "x " * 400 + "middle" + " y" * 400)
    lines = shown(place("middle", source), "here").splitlines()
    assert lines[1].startswith("1 | …")
    assert lines[1].endswith("…")
    assert len(lines[1]) < 180
    column = lines[2].index("^^^^^^")
    assert lines[1][column : column + 6] == "middle"
    far = Label(Span(source, 0, 1), "at the start")
    assert "at the start" in shown(place("middle", source), "here", far)


@pytest.mark.parametrize("end", [0, 7])
def test_an_empty_place_has_a_caret(end: int) -> None:
    source = Source("a.net", "net n {\n")
    assert shown(Span(source, end, end)).splitlines()[2] == "  | " + " " * end + "^"


def test_an_empty_text_can_be_shown() -> None:
    assert shown(Span(Source("a.net", ""), 0, 0)).splitlines()[1:] == ["1 |", "  | ^"]


def test_colours() -> None:
    label = Label(place("relu"), "that")
    diagnostic = Diagnostic("E204", "they differ", place("gelu"), ("a",), "b", label="this", labels=(label,))
    colored = diagnostic.render(color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == diagnostic.render()
    assert "\x1b[1;31m^^^^ this\x1b[0m" in colored
    assert "\x1b[1;34m---- that\x1b[0m" in colored
    assert "\x1b[1;33mwarning[W103]" in Diagnostic("W103", "idle", place("gelu")).render(color=True)


def test_json_and_github_carry_the_labels() -> None:
    label = Label(place("unit", OTHER), "100% defined")
    diagnostic = Diagnostic("E204", "differ", place("gelu"), ("a",), "b", label="this", labels=(label,))
    record = diagnostic.to_json()
    assert (record["label"], record["line"], record["end_column"]) == ("this", 7, 9)
    assert record["labels"] == [
        {
            "file": "other.net",
            "line": 1,
            "column": 7,
            "end_line": 1,
            "end_column": 11,
            "text": "100% defined",
        }
    ]
    place_of = "file=my.net,line=7,col=5,endLine=7,endColumn=9,title=E204"
    text = "differ: this%0Aother.net:1:7: 100%25 defined%0Aa%0Ahelp: b"
    assert diagnostic.to_github() == f"::error {place_of}::{text}"


TEXTS = st.text(st.sampled_from("ab{}() \t\n\r日é\u0301\u202e\x1b"), max_size=60)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_places_of_any_texts_can_be_shown(data: st.DataObject) -> None:
    sources = [Source(name, data.draw(TEXTS)) for name in ("one.net", "two.net")]
    spans = []
    for _ in range(data.draw(st.integers(1, 6))):
        source = data.draw(st.sampled_from(sources))
        start, end = sorted(data.draw(st.integers(0, len(source.text))) for _ in range(2))
        spans.append(Span(source, start, end))
    labels = tuple(Label(span, f"label{number}") for number, span in enumerate(spans[1:]))
    diagnostic = Diagnostic("E204", "message", spans[0], label="primary", labels=labels)
    plain = diagnostic.render()
    for text in ("primary", *(label.text for label in labels)):
        assert plain.count(text) == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", plain)
    assert all(line == line.rstrip() for line in plain.splitlines())
    assert "^" in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", diagnostic.render(color=True)) == plain
    assert diagnostic.to_github().count("\n") == 0
