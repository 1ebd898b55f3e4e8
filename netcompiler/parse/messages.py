"""What to say about text that is not in the language."""

from __future__ import annotations

from typing import cast

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from netcompiler.diagnostics import Diagnostic
from netcompiler.parse.lark_tokens import TokenFilter, token_span
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

_STEP_STARTS = {"RESIDUAL", "COLUMNS", "ON", "IF", "FOR", "FROM"}

_QUOTES = {"'": "'", "`": "`", "\u201c": "\u201d", "\u201d": "\u201d", "\u2018": "\u2019", "\u2019": "\u2019"}
"""Other quotes than the language's, and what closes them."""

_CHARACTERS = {
    ";": "statements stand on lines of their own",
    "\u00d7": "multiply and repeat with `*`",
    "\u2192": "write `->`",
    "&": "write `and`",
    "|": "write `or`; branches of a merge stand on lines of their own",
    "@": "decorators are Python's; a spec has none",
}


def explain(error: UnexpectedInput, source: Source, tokens: TokenFilter) -> Diagnostic:
    """The diagnostic for an error of Lark's."""
    if isinstance(error, UnexpectedCharacters):
        return _character(cast(int, error.pos_in_stream), source)
    if isinstance(error, UnexpectedToken):
        return _token(error, source, tokens)
    end = len(source.text)
    return Diagnostic("E104", "the text ends too early", Span(source, end, end))


def _character(start: int, source: Source) -> Diagnostic:
    character = source.text[start]
    line_end = source.text.find("\n", start)
    rest = source.text[start : line_end if line_end != -1 else len(source.text)]
    if character == '"':
        span = Span(source, start, start + len(rest))
        return Diagnostic("E106", "string is not closed on its line", span, help='close it with `"`')
    closing = _QUOTES.get(character)
    if closing is not None:
        end = rest.find(closing, 1)
        text = rest[1:end] if end != -1 else "…"
        span = Span(source, start, start + max(1, end + 1))
        return Diagnostic("E106", f"`{character}` is no quote here", span, help=f'write `"{text}"`')
    span = Span(source, start, start + 1)
    shown = f"`{character}`" if character.isprintable() else f"the character U+{ord(character):04X}"
    return Diagnostic("E106", f"{shown} has no meaning here", span, help=_CHARACTERS.get(character))


def _token(error: UnexpectedToken, source: Source, tokens: TokenFilter) -> Diagnostic:
    token: Token = error.token
    # What could really follow; the table's own row has more than that.
    expected = set(error.accepts or error.expected) - {token.type}
    if token.type == "$END":
        span = Span(source, 0, 0) if tokens.last is None else token_span(source, tokens.last)
        after = "" if tokens.last is None else f" after `{tokens.last}`"
        return Diagnostic("E104", f"the text ends{after}, where {_list(expected)} is expected", span)
    span = token_span(source, token)
    if token.type in ("NET", "BLOCK", "USE") and any(t.type == "LBRACE" for t in tokens.open):
        line, column = source.position(tokens.unclosed().start_pos or 0)
        message = f"`{token}` cannot stand inside `{{ … }}`"
        return Diagnostic("E105", message, span, help=f"is the `{{` of line {line}, column {column} closed?")
    opened = tokens.open[-1] if tokens.open else token
    if "COMMA" in expected and opened.type in ("LPAR", "LSQB") and _begins_line(token, source):
        number = source.position(span.start)[0]
        message = f"`{opened}` is not closed before line {number}"
        return Diagnostic("E105", message, token_span(source, opened))
    shown = "a new line" if token.type == "_NEWLINE" else f"`{token}`"
    message = f"{shown} cannot stand here"
    hint = _hint(token, expected, tokens)
    if hint is None:
        message += f"; {_list(expected)} is expected"
    return Diagnostic("E104", message, span, help=hint)


def _begins_line(token: Token, source: Source) -> bool:
    line, column = source.position(token_span(source, token).start)
    return not source.line(line)[: column - 1].strip()


def _hint(token: Token, expected: set[str], tokens: TokenFilter) -> str | None:
    if token.type == "EQUAL" and "COLON" in expected:
        return "a step is named with `name: step`; a variable is set with `let name = value`"
    if token.type == "COLON" and "LBRACE" in expected:
        return "a body stands in braces, `{ … }`"
    if not tokens.open and {"NET", "BLOCK"} <= expected:
        return "a file has nets and blocks; steps stand inside one, `net name { … }`"
    if "COMMA" in expected and token.type in _EXPRESSION_STARTS and tokens.open:
        return "is a comma missing before it?"
    if {"_ARROW", "_NEWLINE"} <= expected and token.type in _EXPRESSION_STARTS | _STEP_STARTS:
        return "the next step stands after `->` or on a line of its own"
    if "NAME" in expected and token.type.isupper() and token.isidentifier() and "NUMBER" not in expected:
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
