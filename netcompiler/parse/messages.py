"""What to say about text that is not in the language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from netcompiler.diagnostics import Diagnostic
from netcompiler.parse.tokens import token_span
from netcompiler.source import Source, Span

_WORDS = {
    "NAME": "a name",
    "STRING": "a string",
    "NUMBER": "a number",
    "_NEWLINE": "a new line",
    "_ARROW": "`->`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "EQUAL": "`=`",
    "STAR": "`*`",
    "$END": "the end of the file",
}

# Tokens that begin or go on with an expression: named one by one they would drown what matters.
_EXPRESSION_STARTS = {
    "NUMBER",
    "STRING",
    "NAME",
    "LPAR",
    "LSQB",
    "TRUE",
    "FALSE",
    "NONE",
    "IN",
    "NOT",
    "PLUS",
    "MINUS",
}
_OPERATORS = {"PLUS", "MINUS", "OPERATOR", "POWER", "COMPARE", "AND", "OR", "__ANON_0", "DOT", "STAR"}

_CHARACTERS = {
    "'": "strings stand in double quotes",
    "\u201c": 'use plain double quotes, "…"',
    "\u201d": 'use plain double quotes, "…"',
    "\u2018": 'use plain double quotes, "…"',
    "\u2019": 'use plain double quotes, "…"',
    ";": "statements stand on lines of their own",
    "\u00d7": "multiply and repeat with `*`",
    "\u2192": "write `->`",
    "&": "write `and`",
    "|": "write `or`; branches of a merge stand on lines of their own",
    "@": "decorators are Python's; a spec has none",
}


def explain(error: UnexpectedInput, source: Source, open_brackets: Sequence[Token]) -> Diagnostic:
    """The diagnostic for an error of Lark's."""
    if isinstance(error, UnexpectedCharacters):
        return _character(error, source)
    if isinstance(error, UnexpectedToken):
        return _token(error, source, open_brackets)
    end = len(source.text)
    return Diagnostic("E104", "the text ends too early", Span(source, end, end))


def _character(error: UnexpectedCharacters, source: Source) -> Diagnostic:
    start = cast(int, error.pos_in_stream)
    character = source.text[start]
    if character == '"':
        end = source.text.find("\n", start)
        span = Span(source, start, len(source.text) if end == -1 else end)
        return Diagnostic("E106", "string is not closed on its line", span, help='close it with `"`')
    span = Span(source, start, start + 1)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return Diagnostic("E106", f"`{shown}` has no meaning here", span, help=_CHARACTERS.get(character))


def _token(error: UnexpectedToken, source: Source, open_brackets: Sequence[Token]) -> Diagnostic:
    token: Token = error.token
    expected = set(error.expected) - {token.type}
    brace = next((t for t in reversed(open_brackets) if t.type == "LBRACE"), None)
    if token.type == "$END":
        if open_brackets:
            opened = open_brackets[-1]
            return Diagnostic("E105", f"`{opened}` is never closed", token_span(source, opened))
        end = len(source.text)
        return Diagnostic(
            "E104", f"the text ends where {_list(expected)} is expected", Span(source, end, end)
        )
    span = token_span(source, token)
    if token.type in ("NET", "BLOCK", "USE") and brace is not None:
        line, column = source.position(brace.start_pos or 0)
        message = f"`{token}` cannot stand inside `{{ … }}`"
        return Diagnostic("E105", message, span, help=f"is the `{{` of line {line}, column {column} closed?")
    shown = "a new line" if token.type == "_NEWLINE" else f"`{token}`"
    message = f"{shown} cannot stand here"
    hint = _hint(token, expected)
    if hint is None:
        message += f"; {_list(expected)} is expected"
    return Diagnostic("E104", message, span, help=hint)


def _hint(token: Token, expected: set[str]) -> str | None:
    if token.type == "EQUAL" and "COLON" in expected:
        return "a step is named with `name: step`; a variable is set with `let name = value`"
    if token.type == "COLON" and "LBRACE" in expected:
        return "a body stands in braces, `{ … }`"
    if "NAME" in expected and token.type.isupper() and token.isidentifier() and not expected & {"NUMBER"}:
        return f"`{token}` is a word of the language and cannot be a name here"
    return None


def _list(expected: set[str]) -> str:
    words = set(expected)
    parts = []
    if {"NUMBER", "NAME", "LSQB"} <= words:
        words -= _EXPRESSION_STARTS
        parts.append("a value")
    if {"PLUS", "COMPARE"} <= words:
        words -= _OPERATORS
        parts.append("an operator")
    if {"NAME", "LBRACE", "RESIDUAL"} <= words:
        words = {"RBRACE"} & words
        parts.append("a step")
    parts += sorted(_WORDS.get(word, f"`{word.lower()}`") for word in words)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " or " + parts[-1]
