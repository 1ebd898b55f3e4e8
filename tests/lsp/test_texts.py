"""Places, chunks and the names of a text, without a server."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.lsp.chunks import split
from netcompiler.lsp.cursor import cursor_at
from netcompiler.lsp.files import Files
from netcompiler.lsp.names import Kind
from netcompiler.lsp.positions import Lines, Units
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.resolve import resolve

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.net"))


def read(text: str) -> tuple[Files, Reading]:
    files = Files(DEFAULT_LIMITS)
    files.put("untitled:a", text, 1)
    return files, files.reading("untitled:a")


@given(
    st.text(st.sampled_from("ab#🦊é\u2028\n\r\t"), max_size=40),
    st.sampled_from(["utf-8", "utf-16", "utf-32"]),
)
def test_places_go_there_and_back(text: str, encoding: str) -> None:
    lines = Lines(text)
    units = Units(encoding)
    codec = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    for offset in range(len(text) + 1):
        line, column = lines.position(offset, units)
        before = text[:offset].rpartition("\n")[2]
        assert line == text[:offset].count("\n")
        assert column == len(before.encode(codec[0])) // codec[1]
        back = lines.offset(lines.position(offset, units), units)
        # Between a carriage return and its line feed no cursor stands.
        assert back == offset or text[back:offset] == "\r"


def test_a_place_beyond_a_line_is_its_end() -> None:
    lines = Lines("ab\r\ncd")
    assert lines.offset(lines.position(99)) == 6
    assert lines.text[: lines.offset(type(lines.position(0))(0, 50))] == "ab"
    assert lines.offset(type(lines.position(0))(7, 0)) == 6


@given(
    st.lists(st.sampled_from(["net a {", "}", "# c", "", "block b {", "let x = [", "]", '"{', "  net: relu"]))
)
def test_chunks_make_up_the_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert "".join(split(text)) == text


def test_a_missing_brace_does_not_reach_into_the_next_definition() -> None:
    text = "block a { {\n  relu\n}\n# b's own\nblock b { relu }\nlet x = [\n  1,\n]\n"
    assert list(split(text)) == [
        "block a { {\n  relu\n}\n",
        "# b's own\nblock b { relu }\n",
        "let x = [\n  1,\n]\n",
    ]


def test_quotes_that_never_close_are_read_once() -> None:
    text = '"' + '\\"' * 300_000
    begun = time.process_time()
    assert list(split(text)) == [text]
    assert time.process_time() - begun < 5


def test_a_statement_at_the_margin_stays_in_its_body() -> None:
    text = "net a {\ndefault conv(bias=false)\nlet n = 3\nnet: relu\n}\nnet b {\n}\n"
    assert list(split(text)) == [text[: text.index("net b")], "net b {\n}\n"]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_name_of_the_specs_is_known(path: Path) -> None:
    """Each label, parameter and variable has a definition, and each name of an expression means something."""
    files = Files(DEFAULT_LIMITS)
    reading = files.reading(path.resolve().as_uri())
    index = resolve(reading, files)
    own = [o for o in index.occurrences if o.key.uri == reading.uri]
    assert [reading.text[o.at.start : o.at.end] for o in own if o.key not in index.symbols] == []
    for occurrence in index.occurrences:
        text = reading.text[occurrence.at.start : occurrence.at.end]
        if occurrence.kind is not Kind.FILE and "{" not in text and not occurrence.key.name.endswith("}"):
            assert text == occurrence.key.name.rpartition(".")[2] or "." in text


def test_names_are_told_apart_by_their_scopes() -> None:
    text = """\
let width = 8

block unit(width, other) {
  a: conv(width, 3) -> add(other)
  let twice = 2 * width
  for i in 0..2 { "c{i}": conv(twice, 1) }
  inner: { a: conv(1, 1) -> from a -> relu }
  from c1 -> add(inner.a, "c{i}")
}

net n {
  input image [width, 8, 8]
  big: unit(width=3, other=image)
  from big.a -> reuse(big) -> expect([big.channels])
}
"""
    files, reading = read(text.replace("-> from a -> relu", "-> relu\n  from a -> relu"))
    index = resolve(reading, files)

    def key(mark: str, after: int = 0) -> tuple[str, str, str]:
        assert reading.text.count(mark) == 1, mark
        found = index.at(reading.text.index(mark) + after)
        assert found is not None
        return found.key.space, found.key.owner, found.key.name

    assert key("conv(width, 3)", 5) == ("parameter", "unit", "width")
    assert key("[width, 8, 8]", 1) == ("variable", "", "width")
    assert key("unit(width=3", 5) == ("parameter", "unit", "width")
    assert key("add(other)", 4) == ("parameter", "unit", "other")
    assert key("conv(twice", 5)[0::2] == ("variable", "twice")
    assert key("from a", 5) == ("label", "unit", "inner.a")
    assert key("from c1", 5) == ("label", "unit", "c{i}")
    assert key("inner.a", 6) == ("label", "unit", "inner.a")
    assert key("from big.a", 9) == ("label", "unit", "a")
    assert key("reuse(big)", 6) == ("label", "n", "big")
    assert key("big.channels", 4) == ("shape", "", "channels")
    assert key("other=image", 6) == ("label", "n", "image")


@pytest.mark.parametrize(
    ("text", "word", "last", "callee", "commas", "current"),
    [
        ("net a {\n  conv(16, 3, pad|", "pad", ",", "conv", 2, None),
        ("net a {\n  conv(16, padding=s|", "s", "=", "conv", 1, "padding"),
        ("net a {\n  conv(f(1, 2), [3, |", "", ",", "conv", 1, None),
        ("net a {\n  # conv(\n  rel|", "rel", "", None, 0, None),
        ("net a {\n  add {\n    from st|", "st", "from", None, 0, None),
        ('net a {\n  conv(1, 3, padding_mode="ze|', "", "=", "conv", 2, "padding_mode"),
    ],
)
def test_the_cursor_knows_what_is_written(
    text: str, word: str, last: str, callee: str | None, commas: int, current: str | None
) -> None:
    offset = text.index("|")
    _, reading = read(text.replace("|", ""))
    cursor = cursor_at(reading, offset)
    assert (cursor.word, cursor.last, cursor.definition) == (word, last, "a")
    assert (cursor.call and cursor.call.callee) == callee
    if cursor.call is not None:
        assert (cursor.call.commas, cursor.call.current) == (commas, current)


def test_comments_and_strings_are_known() -> None:
    _, reading = read('net a { # conv(\n  from "st')
    assert cursor_at(reading, 12).comment
    assert cursor_at(reading, len(reading.text)).string == "st"
