"""Text to tokens.

``scan(source, limits)`` gives a `Scanned` and never raises:

- ``tokens``: what the parser sees, in order. A token's ``kind`` is the name that grammar.lark gives it:
  ``NAME``, ``NUMBER``, ``STRING``, a keyword in capitals (``NET``, ``TRUE``, ``IN`` …), ``_ARROW``,
  ``COMMA``, ``COLON``, ``EQUAL``, ``DOT``, ``_RANGE``, ``PLUS``, ``MINUS``, ``STAR``, ``POWER``,
  ``OPERATOR`` (``/ // %``), ``COMPARE``, ``LPAR``, ``RPAR``, ``LSQB``, ``RSQB``, ``LBRACE``, ``RBRACE``,
  ``_NEWLINE``; and ``ERROR`` for what no grammar can use.
  A ``_NEWLINE`` is there where it separates two statements and nowhere else: line ends inside ``( )`` and
  ``[ ]``, around ``->``, ``{`` and ``}``, before ``else`` and ``skip``, and of blank lines have fallen away.
  A keyword before ``:`` or ``=`` is a ``NAME``, so that every label and argument can be written.
- ``comments``: every comment, from its ``#`` to the end of its line, kind ``COMMENT``.
- ``diagnostics``: what is wrong with characters, literals and brackets, in the order of the text. Scanning
  goes on after each: where it is clear what was meant (``→``, ``'same'``, ``&&``) the token is there all the
  same, a bracket that is not closed is closed by a token of no width, one that closes nothing is left out.
- ``fatal``: True when a limit ended the scan; there are no tokens then.

The parser reads the same tokens as columns (``kinds``, the numbers of kinds.py; ``texts``; ``starts``;
``ends``), which end in one ``$END``: a million small objects would cost more than all the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate

from netcompiler.diagnostics import Diagnostic
from netcompiler.limits import DEFAULT_LIMITS, Limits, how_to_raise
from netcompiler.parse import kinds as k
from netcompiler.parse.brackets import match_brackets
from netcompiler.parse.characters import WRONG, mend_characters
from netcompiler.parse.columns import Columns
from netcompiler.source import Source, Span


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text, and the characters ``start`` to ``end`` that it stands on."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Scanned:
    """What `scan` found; the module's docstring says what is in it."""

    source: Source
    columns: Columns = field(repr=False)
    comments: list[Token] = field(repr=False)
    diagnostics: list[Diagnostic]
    fatal: bool = False

    @cached_property
    def tokens(self) -> list[Token]:
        """All tokens, without the ``$END``."""
        c = self.columns
        names = k.KINDS
        rows = zip(c.kinds[:-1], c.texts, c.starts, c.ends, strict=False)
        return [Token(names[kind], text, start, end) for kind, text, start, end in rows]


# Every character belongs to one piece, so pieces need no positions: their lengths give them. Each alternative
# takes time linear in what it takes, and none looks further than its end: so does the whole.
_PIECES = re.compile(
    rf"""
      {WRONG.first}
    | [A-Za-z_][A-Za-z0-9_]*+(?![^\W\x00-\x7f])
    | [ \t\f]+
    | [0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]+)?
    | ->|\*\*|//|\.\.|[=!<>]=|[-+*/%<>=:,.(){{}}\[\]]
    | (?:\r?\n[ \t\f]*)+
    | \#[^\n]*
    | "(?:[^"\\\n]|\\[^\n])*+"
    | {WRONG.last}
    | (?s:.)
    """,
    re.VERBOSE,
)


@cache
def _old_pieces() -> re.Pattern[str]:
    """As above, for a file whose lines all end with a carriage return: its comments end there too."""
    return re.compile(_PIECES.pattern.replace(r"\#[^\n]*", r"\#[^\r\n]*"), re.VERBOSE)


_FIXED = {text: k.NUMBER_OF[kind] for text, kind in k.SYMBOLS.items()} | {
    word: k.NUMBER_OF[word.upper()] for word in k.KEYWORDS
}


class _Kinds(dict[str, int]):
    """The kind of a piece, found out once for each text."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(_FIXED)
        self.limits = limits

    def __missing__(self, piece: str) -> int:
        kind = self[piece] = self._kind(piece)
        return kind

    def _kind(self, piece: str) -> int:
        first = piece[0]
        if first.isascii() and (first.isalpha() or first == "_"):
            return k.NAME if piece.isascii() and piece[-1] not in "\"'" else k.MISTAKE
        if first in " \t\f":
            return k.SPACE
        if first in "\r\n":
            return k.NEWLINE if piece[-1] != "\r" else k.MISTAKE
        if first == "#":
            return k.COMMENT
        if first in "0123456789":
            return k.NUMBER if len(piece) <= self.limits.digits else k.MISTAKE
        if (
            first == '"'
            and piece[-1] == '"'
            and piece[:3] != '"""'
            and "\\" not in piece
            and 1 < len(piece) <= self.limits.text + 2
        ):
            return k.STRING
        return k.MISTAKE


def scan(source: Source, limits: Limits = DEFAULT_LIMITS) -> Scanned:
    """The tokens of a text, its comments, and what is wrong with its characters and brackets."""
    text = source.text
    pieces = (_old_pieces() if "\r" in text and "\n" not in text else _PIECES).findall(text)
    ends = list(accumulate(map(len, pieces)))
    starts = [0, *ends[:-1]]
    table = _Kinds(limits)
    kinds = [table[piece] for piece in pieces]
    found: list[Diagnostic] = []
    comments = [
        Token("COMMENT", pieces[i].rstrip("\r"), starts[i], starts[i] + len(pieces[i].rstrip("\r")))
        for i, kind in enumerate(kinds)
        if kind == k.COMMENT
    ]
    most = _most(kinds, limits)
    if most >= 0:
        span = Span(source, starts[most], ends[most])
        message = f"file has more than {limits.tokens:,} words, numbers and symbols"
        return _ended(source, [Diagnostic("E217", message, span, help=how_to_raise("tokens"))], comments)
    if k.MISTAKE in table.values():
        mend_characters(source, limits, Columns(kinds, pieces, starts, ends), found)
    tokens = Columns(kinds, pieces, starts, ends).only([kind < k.SPACE for kind in kinds])
    tokens.append(k.END, "", len(source.text), len(source.text))
    tokens, mismatched, too_deep = match_brackets(source, limits, tokens)
    if too_deep:
        return _ended(source, mismatched, comments)
    found += mismatched
    found.sort(key=lambda d: d.span.start if d.span is not None else 0)
    return Scanned(source, _statements(tokens), comments, found[: limits.diagnostics])


def _most(kinds: list[int], limits: Limits) -> int:
    """The piece that is one more than there may be; -1 where there are not so many."""
    if len(kinds) <= limits.tokens:
        return -1
    uncounted = (k.NEWLINE, k.SPACE, k.COMMENT)
    counted = [i for i, kind in enumerate(kinds) if kind not in uncounted]
    return counted[limits.tokens] if len(counted) > limits.tokens else -1


def _ended(source: Source, found: list[Diagnostic], comments: list[Token]) -> Scanned:
    end = len(source.text)
    return Scanned(source, Columns([k.END], [""], [end], [end]), comments, found, fatal=True)


# A line end straight after one of these, or before one of those, separates nothing.
_GOES_ON_AFTER = frozenset((k.LBRACE, k.ARROW, k.COMMA, k.EQUAL, k.COLON, k.ELSE))
_GOES_ON_BEFORE = frozenset((k.RBRACE, k.ARROW, k.ELSE, k.SKIP, k.END))


def _statements(columns: Columns) -> Columns:
    """The columns with the line ends that separate statements, and words before ``:`` and ``=`` made names.

    Brackets match.
    """
    kinds = columns.kinds
    keep = [True] * len(kinds)
    braces: list[bool] = []  # of every open bracket, whether statements stand in it
    dropped = False
    for i in [i for i, kind in enumerate(kinds) if kind >= k.FIRST_KEYWORD]:
        kind = kinds[i]
        if kind == k.NEWLINE:
            if (braces and not braces[-1]) or _goes_on(kinds, i):
                keep[i] = False
                dropped = True
        elif kind <= k.NEWLINE:
            if kinds[i + 1] == k.COLON or kinds[i + 1] == k.EQUAL:
                kinds[i] = k.NAME
        elif kind <= k.LBRACE:
            braces.append(kind == k.LBRACE)
        else:
            braces.pop()
    if not dropped:
        return columns
    return columns.only(keep)


def _goes_on(kinds: list[int], at: int) -> bool:
    """Whether the line end at ``at``, which stands in braces or in none, separates nothing."""
    if at == 0 or kinds[at - 1] == k.NEWLINE or kinds[at - 1] in _GOES_ON_AFTER:
        # The first of several has decided already.
        return True
    following = at + 1
    while kinds[following] == k.NEWLINE:
        following += 1
    if kinds[following] not in _GOES_ON_BEFORE:
        return False
    return kinds[following] not in (k.ELSE, k.SKIP) or kinds[following + 1] != k.COLON
