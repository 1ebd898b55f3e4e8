"""What to say about a token that cannot stand where it stands."""

from __future__ import annotations

from netcompiler.diagnostics import Diagnostic
from netcompiler.parse import kinds as k
from netcompiler.parse.mistakes import curated
from netcompiler.parse.trouble import Trouble
from netcompiler.source import Span

_WORDS = {
    "NAME": "a name",
    "STRING": "a string",
    "NUMBER": "a number",
    "_NEWLINE": "a new line",
    "_ARROW": "`->`",
    "_RANGE": "`..`",
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
    "DOT": "`.`",
    "$END": "the end of the file",
}

# Tokens that begin or go on with an expression: named one by one they would drown what matters.
_EXPRESSION_STARTS = frozenset(
    ("NUMBER", "STRING", "NAME", "LPAR", "LSQB", "TRUE", "FALSE", "NONE", "IN", "NOT", "PLUS", "MINUS")
)
_OPERATORS = frozenset(
    ("PLUS", "MINUS", "OPERATOR", "POWER", "COMPARE", "AND", "OR", "_RANGE", "DOT", "STAR", "LSQB", "LPAR")
)


def explain(trouble: Trouble) -> Diagnostic:
    """The diagnostic for a token that cannot stand where it stands."""
    found = curated(trouble)
    if found is not None:
        return found
    expected = _list(trouble)
    if trouble.kind == k.END:
        source = trouble.run.source
        if trouble.at == 0:
            return Diagnostic("E104", f"the text ends, where {expected} is expected", Span(source, 0, 0))
        last = trouble.text_at(-1)
        message = f"the text ends after `{last}`, where {expected} is expected"
        return Diagnostic("E104", message, trouble.span(-1))
    if trouble.kind == k.NEWLINE:
        # What is missing is missing at the end of the line, after its last word.
        message = f"{expected} is expected after `{trouble.text_at(-1)}`"
        return Diagnostic("E104", message, trouble.span(-1))
    message = f"`{trouble.text}` cannot stand here; {expected} is expected"
    return Diagnostic("E104", message, trouble.span())


def _list(trouble: Trouble) -> str:
    words = {k.KINDS[kind] for kind in trouble.expected} - {k.KINDS[trouble.kind]}
    parts = []
    if trouble.value_expected:
        words -= _EXPRESSION_STARTS
        parts.append("a value")
    if {"PLUS", "COMPARE"} <= words:
        words -= _OPERATORS
        parts.append("an operator")
    if trouble.step_expected:
        words = {"RBRACE"} & words
        parts.append("a step")
    parts += sorted(_WORDS.get(word, f"`{word.lower()}`") for word in words)
    if not parts:
        return "something else"
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " or " + parts[-1]
