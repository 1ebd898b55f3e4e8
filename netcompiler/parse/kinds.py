"""Kinds of tokens: the names that grammar.lark gives them, and the numbers that scanner and driver use."""

from __future__ import annotations

KEYWORDS = (
    "use",
    "block",
    "net",
    "let",
    "default",
    "group",
    "input",
    "output",
    "if",
    "else",
    "for",
    "from",
    "in",
    "not",
    "or",
    "and",
    "true",
    "false",
    "none",
    "skip",
    "residual",
    "on",
    "columns",
)
"""The words that are no names; each one's kind is itself in capitals."""

SYMBOLS = {
    "->": "_ARROW",
    ",": "COMMA",
    ":": "COLON",
    "=": "EQUAL",
    ".": "DOT",
    "..": "_RANGE",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "**": "POWER",
    "/": "OPERATOR",
    "//": "OPERATOR",
    "%": "OPERATOR",
    "==": "COMPARE",
    "!=": "COMPARE",
    "<=": "COMPARE",
    ">=": "COMPARE",
    "<": "COMPARE",
    ">": "COMPARE",
    "(": "LPAR",
    "[": "LSQB",
    "{": "LBRACE",
    ")": "RPAR",
    "]": "RSQB",
    "}": "RBRACE",
}

# Those from the first keyword on may decide what a line end means; the scanner passes over the others. Those
# from SPACE on are no tokens.
KINDS: tuple[str, ...] = (
    "$END",
    "NAME",
    "NUMBER",
    "STRING",
    "_ARROW",
    "COMMA",
    "COLON",
    "EQUAL",
    "DOT",
    "_RANGE",
    "PLUS",
    "MINUS",
    "STAR",
    "POWER",
    "OPERATOR",
    "COMPARE",
    "ERROR",
    *(word.upper() for word in KEYWORDS),
    "_NEWLINE",
    "LPAR",
    "LSQB",
    "LBRACE",
    "RPAR",
    "RSQB",
    "RBRACE",
    "SPACE",
    "COMMENT",
    "MISTAKE",
)

NUMBER_OF: dict[str, int] = {kind: number for number, kind in enumerate(KINDS)}

END = NUMBER_OF["$END"]
NAME = NUMBER_OF["NAME"]
NUMBER = NUMBER_OF["NUMBER"]
STRING = NUMBER_OF["STRING"]
ARROW = NUMBER_OF["_ARROW"]
COMMA = NUMBER_OF["COMMA"]
COLON = NUMBER_OF["COLON"]
EQUAL = NUMBER_OF["EQUAL"]
DOT = NUMBER_OF["DOT"]
STAR = NUMBER_OF["STAR"]
ERROR = NUMBER_OF["ERROR"]
ELSE = NUMBER_OF["ELSE"]
SKIP = NUMBER_OF["SKIP"]
NEWLINE = NUMBER_OF["_NEWLINE"]
LPAR = NUMBER_OF["LPAR"]
LSQB = NUMBER_OF["LSQB"]
LBRACE = NUMBER_OF["LBRACE"]
RPAR = NUMBER_OF["RPAR"]
RSQB = NUMBER_OF["RSQB"]
RBRACE = NUMBER_OF["RBRACE"]
SPACE = NUMBER_OF["SPACE"]
COMMENT = NUMBER_OF["COMMENT"]
MISTAKE = NUMBER_OF["MISTAKE"]

FIRST_KEYWORD = NUMBER_OF[KEYWORDS[0].upper()]
OPENING = frozenset((LPAR, LSQB, LBRACE))
CLOSING = {LPAR: RPAR, LSQB: RSQB, LBRACE: RBRACE}
OPENED_BY = {closing: opening for opening, closing in CLOSING.items()}
