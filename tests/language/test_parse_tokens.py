"""What the scanner says of a text: tokens with places, comments, and mistakes that do not end it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.parse.tokens import Token, scan
from netcompiler.source import Source


def kinds(text: str) -> str:
    return " ".join(token.kind for token in scan(Source("a.net", text)).tokens)


def test_tokens_have_places_in_the_text() -> None:
    text = 'net n {\n  a1: conv(3, 1.5e-3) -> "b"  # why\n}\n'
    scanned = scan(Source("a.net", text))
    assert [text[t.start : t.end] for t in scanned.tokens] == [t.text for t in scanned.tokens]
    start = text.index("#")
    assert scanned.comments == [Token("COMMENT", "# why", start, start + 5)]
    assert scanned.diagnostics == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", "NAME _NEWLINE NAME"),
        ("\n\na\n\n# c\n\nb\n\n", "NAME _NEWLINE NAME"),
        ("a ->\n\n b\n\n -> c", "NAME _ARROW NAME _ARROW NAME"),
        ("{\na\n}", "LBRACE NAME RBRACE"),
        ("f(\na,\nb\n)", "NAME LPAR NAME COMMA NAME RPAR"),
        ("f({\na\nb\n})", "NAME LPAR LBRACE NAME _NEWLINE NAME RBRACE RPAR"),
        ("if a {\n}\nelse {\n}", "IF NAME LBRACE RBRACE ELSE LBRACE RBRACE"),
        ("a\nelse: b", "NAME _NEWLINE NAME COLON NAME"),
        ("if=3", "NAME EQUAL NUMBER"),
        ("a\r\nb\r\n", "NAME _NEWLINE NAME"),
        ("\ufeffa", "NAME"),
        ("0..3", "NUMBER _RANGE NUMBER"),
        ("1.5.a", "NUMBER DOT NAME"),
        ("a\tb\f", "NAME NAME"),
    ],
)
def test_line_ends_and_words(text: str, expected: str) -> None:
    assert kinds(text) == expected
    assert scan(Source("a.net", text)).diagnostics == []


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        ("a → b", "NAME _ARROW NAME", "E106"),
        ("a --> b", "NAME _ARROW NAME", "E106"),
        ("'same'", "STRING", "E106"),
        ("“same”", "STRING", "E106"),
        ("a && b", "NAME AND NAME", "E106"),
        ("2 × 3", "NUMBER STAR NUMBER", "E106"),
        ("a; b", "NAME _NEWLINE NAME", "E106"),
        ("a\rb", "NAME _NEWLINE NAME", "E106"),
        ("größe", "NAME", "E106"),
        ("a\u00a0b", "NAME NAME", "E106"),
        ("a += 1", "NAME ERROR NUMBER", "E106"),
        ('f("abc)', "NAME LPAR STRING RPAR", "E106"),
        ('"\\q"', "STRING", "E106"),
        ("1" * 31, "NUMBER", "E217"),
        ("f(a", "NAME LPAR NAME RPAR", "E105"),
        ("a }", "NAME", "E105"),
        ("f([a)", "NAME LPAR LSQB NAME RSQB RPAR", "E105"),
        ("f(a]", "NAME LPAR NAME RPAR", "E105"),
    ],
)
def test_what_was_meant(text: str, expected: str, code: str) -> None:
    assert kinds(text) == expected
    assert [d.code for d in scan(Source("a.net", text)).diagnostics] == [code]


def test_limits_end_the_scan() -> None:
    few = replace(DEFAULT_LIMITS, tokens=5)
    assert not scan(Source("a.net", "a b c\n\n\n# c\nd e"), few).fatal
    scanned = scan(Source("a.net", "a b c d e f"), few)
    assert (scanned.fatal, scanned.tokens) == (True, [])
    assert [(d.code, d.span.start if d.span else None) for d in scanned.diagnostics] == [("E217", 10)]
    deep = scan(Source("a.net", "(" * 65 + ")" * 65))
    assert (deep.fatal, [d.code for d in deep.diagnostics]) == (True, ["E107"])
