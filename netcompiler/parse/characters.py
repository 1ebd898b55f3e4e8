"""Mistakes in characters and literals: what is said about each, and the token that was most likely meant."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from netcompiler.diagnostics import Diagnostic
from netcompiler.limits import Limits, how_to_raise
from netcompiler.parse import kinds as k
from netcompiler.parse.columns import Columns
from netcompiler.source import Source, Span


class _Wrong(NamedTuple):
    first: str
    last: str


WRONG = _Wrong(
    # Before all else, as each begins with what is a token by itself. None is in any legal text.
    first=r"""\"\"\"(?s:.*?)(?:\"\"\"|\Z)
    | (?:[fFrRbB]{1,2}|[uU])(?:"[^"\n]*+"|'[^'\n]*+')
    | -{2,9}>|={1,9}>|<>|>>|===|:=|\*\*=|//=|[-+*/%]=|\.\.\.+|/\*(?s:.*?)(?:\*/|\Z)""",
    # After all else.
    last=r"""[^\W\d]\w*+|"(?:[^"\\\n()\[\],:]|\\[^\n])*+|\\[^\r\n]?
    | '[^'\n]*+'|[‘’][^‘’\n]*+[‘’]|[“”„][^“”„\n]*+[“”]|`[^`\n]*+`|&&|\|\||[−–—]>|\r++""",
)
"""Patterns of pieces that are in no spec, for the scanner's own pattern.

A string that is not closed ends at a bracket or comma, so that these still count; as what is behind a
backslash is taken with it, there as in strings, no quote of its line is tried a second time.
"""

_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


class _Meant(NamedTuple):
    """A token that stands for a mistake: its kind, and the text the parser reads."""

    kind: int
    text: str


_ARROW = _Meant(k.ARROW, "->")
_COMPARE = k.NUMBER_OF["COMPARE"]
_NOTHING = _Meant(k.SPACE, "")
_GARBAGE = _Meant(k.ERROR, "")

_ARROW_HELP = "write `->` from one step to the next"
_POWER_HELP = "write `**` for powers"
_ASSIGN_HELP = "names are set once, `let name = value`"

_PIECES: dict[str, tuple[_Meant, str, str]] = {
    **dict.fromkeys(("→", "⇒", "⟶", "➔", "➜", "▶"), (_ARROW, "`{}` is no arrow here", _ARROW_HELP)),
    "=>": (_ARROW, "`{}` is no arrow here", _ARROW_HELP),
    ">>": (_ARROW, "`{}` joins no steps here", _ARROW_HELP),
    "|": (_ARROW, "`{}` has no meaning here", _ARROW_HELP + "; between conditions, `or`"),
    "×": (_Meant(k.STAR, "*"), "`{}` is no operator here", "write `*` to multiply and to repeat"),
    "·": (_Meant(k.STAR, "*"), "`{}` is no operator here", "write `*` to multiply and to repeat"),
    "∗": (_Meant(k.STAR, "*"), "`{}` is no operator here", "write `*` to multiply and to repeat"),
    "÷": (_Meant(k.NUMBER_OF["OPERATOR"], "//"), "`{}` is no operator here", "write `//` or `/`"),
    "−": (_Meant(k.NUMBER_OF["MINUS"], "-"), "`{}` is no minus here", "write `-`"),
    "–": (_Meant(k.NUMBER_OF["MINUS"], "-"), "`{}` is no minus here", "write `-`"),
    "—": (_Meant(k.NUMBER_OF["MINUS"], "-"), "`{}` is no minus here", "write `-`"),
    "≤": (_Meant(_COMPARE, "<="), "`{}` is no operator here", "write `<=`"),
    "≥": (_Meant(_COMPARE, ">="), "`{}` is no operator here", "write `>=`"),
    "≠": (_Meant(_COMPARE, "!="), "`{}` is no operator here", "write `!=`"),
    "<>": (_Meant(_COMPARE, "!="), "`{}` is no operator here", "write `!=`"),
    "===": (_Meant(_COMPARE, "=="), "`{}` is no operator here", "write `==`"),
    "&&": (_Meant(k.NUMBER_OF["AND"], "and"), "`{}` is no operator here", "write `and`"),
    "&": (_Meant(k.NUMBER_OF["AND"], "and"), "`{}` is no operator here", "write `and`"),
    "||": (_Meant(k.NUMBER_OF["OR"], "or"), "`{}` is no operator here", "write `or`"),
    "!": (_Meant(k.NUMBER_OF["NOT"], "not"), "`{}` is no operator here", "write `not`"),
    "~": (_Meant(k.NUMBER_OF["NOT"], "not"), "`{}` is no operator here", "write `not`"),
    "^": (_Meant(k.NUMBER_OF["POWER"], "**"), "`{}` is no operator here", _POWER_HELP),
    "²": (_NOTHING, "`{}` has no meaning here", "write `** 2`"),
    "³": (_NOTHING, "`{}` has no meaning here", "write `** 3`"),
    ":=": (_Meant(k.EQUAL, "="), "`{}` has no meaning here", "write `let name = value`"),
    **dict.fromkeys(
        ("+=", "-=", "*=", "/=", "%=", "//=", "**="), (_GARBAGE, "`{}` has no meaning here", _ASSIGN_HELP)
    ),
    ";": (_Meant(k.NEWLINE, ";"), "`{}` has no meaning here", "statements stand on lines of their own"),
    "…": (_Meant(k.NUMBER_OF["_RANGE"], ".."), "`{}` has no meaning here", "a range is `0..n`"),
    "‥": (_Meant(k.NUMBER_OF["_RANGE"], ".."), "`{}` has no meaning here", "a range is `0..n`"),
    "\\": (
        _NOTHING,
        "`{}` has no meaning here",
        "a line goes on inside brackets and where it ends in `->` or `,`",
    ),
    "@": (_GARBAGE, "`{}` has no meaning here", "decorators are Python's; a spec has none"),
    "?": (_GARBAGE, "`{}` has no meaning here", "a choice is `a if test else b`"),
    "（": (_Meant(k.LPAR, "("), "`{}` is no bracket here", "write `(`"),
    "）": (_Meant(k.RPAR, ")"), "`{}` is no bracket here", "write `)`"),
    "，": (_Meant(k.COMMA, ","), "`{}` is no comma here", "write `,`"),
    "：": (_Meant(k.COLON, ":"), "`{}` is no colon here", "write `:`"),
}
"""Each piece with one meaning: the token that is meant, the sentence, the help."""

_DASHES = frozenset("−–—")
_BEFORE_EXPRESSIONS = frozenset((k.EQUAL, *(k.NUMBER_OF[word] for word in ("LET", "IF", "FOR"))))
# So many pieces before a dash are looked at.
_FAR = 400

_INVISIBLE = frozenset("\ufeff\u200b\u200c\u200d\u2060\u00a0\u2028\u2029\u3000")


def mend_characters(source: Source, limits: Limits, pieces: Columns, found: list[Diagnostic]) -> None:
    """Put in the place of each MISTAKE the token that was meant, and say in ``found`` what is wrong.

    At most ``limits.diagnostics`` are said.
    """
    returns = 0
    for i in [i for i, kind in enumerate(pieces.kinds) if kind == k.MISTAKE]:
        text = pieces.texts[i]
        place = Span(source, pieces.starts[i], pieces.ends[i])
        meant, diagnostic = _understand(text, place, limits)
        if text[0] == "\r":
            # A file has all its line ends from one program.
            returns += 1
            diagnostic = diagnostic if returns == 1 else None
        elif text in _DASHES and len(found) < limits.diagnostics and _joins_steps(pieces.kinds, i):
            meant, diagnostic = _ARROW, _no_arrow(text, place)
        pieces.kinds[i] = meant.kind
        pieces.texts[i] = meant.text
        if diagnostic is not None and len(found) < limits.diagnostics:
            found.append(diagnostic)


def _joins_steps(kinds: list[int], at: int) -> bool:
    """Whether a dash stands between steps and not in an expression, to judge by what is before it."""
    depth = 0
    for kind in reversed(kinds[max(0, at - _FAR) : at]):
        if kind in k.OPENED_BY:
            depth += 1
        elif kind in k.OPENING:
            if depth == 0:
                return kind == k.LBRACE
            depth -= 1
        elif depth == 0 and kind in _BEFORE_EXPRESSIONS:
            return False
        elif depth == 0 and kind == k.NEWLINE:
            return True
    return True


def _no_arrow(text: str, place: Span) -> Diagnostic:
    return Diagnostic("E106", f"`{_short(text)}` is no arrow here", place, help=_ARROW_HELP)


def _understand(text: str, place: Span, limits: Limits) -> tuple[_Meant, Diagnostic | None]:
    if text in _PIECES:
        meant, message, help = _PIECES[text]
        return meant, Diagnostic("E106", message.format(text), place, help=help)
    first = text[0]
    if first == "\\":
        meant, message, help = _PIECES["\\"]
        place = Span(place.source, place.start, place.start + 1)
        return meant, Diagnostic("E106", message.format("\\"), place, help=help)
    if text.startswith('"""'):
        help = "a comment is `# …`, to the end of the line"
        return _NOTHING, Diagnostic("E106", '`"""` begins no comment', place, help=help)
    if first == '"':
        return _string(text, place, limits)
    if first in "'`‘’“”„":
        return _quoted(text, place)
    if first.isascii() and first.isdigit():
        message = f"number has {len(text):,} characters, the limit is {limits.digits}"
        found = Diagnostic("E217", message, place, help=how_to_raise("digits"))
        return _Meant(k.NUMBER, "0"), found
    if text[-1] in "\"'":
        return _prefixed(text, place)
    if first.isalpha() or first == "_":
        return _foreign_name(text, place)
    if text.endswith(">"):
        return _ARROW, _no_arrow(text, place)
    return _other(text, place)


def _string(text: str, place: Span, limits: Limits) -> tuple[_Meant, Diagnostic | None]:
    """A string with escapes, one that is too long, or one that is not closed."""
    closed = re.fullmatch(r'"(?:[^"\\]|\\.)*+"', text) is not None
    if not closed:
        inner = text[1:].rstrip()
        span = Span(place.source, place.start, place.start + 1 + len(inner))
        help = f'close it: `"{_short(inner)}"`' if inner else 'strings stand in `"`'
        found = Diagnostic("E106", "string is not closed on its line", span, help=help)
        return _Meant(k.STRING, '"' + inner.replace("\\", "") + '"'), found
    if len(text) > limits.text + 2:
        message = f"string is longer than {limits.text:,} characters"
        return _Meant(k.STRING, '""'), Diagnostic("E217", message, place, help=how_to_raise("text"))
    for escape in re.findall(r"\\(.)", text):
        if escape not in _ESCAPES:
            known = ", ".join(f"\\{e}" for e in _ESCAPES)
            message = f"`\\{escape}` is no escape in a string"
            return _Meant(k.STRING, '""'), Diagnostic("E106", message, place, help=f"there are {known}")
    return _Meant(k.STRING, text), None


def unquote(text: str) -> str:
    """What a string literal with known escapes stands for."""
    inner = text[1:-1]
    if "\\" not in inner:
        return inner
    return re.sub(r"\\(.)", lambda match: _ESCAPES[match[1]], inner)


def _quoted(text: str, place: Span) -> tuple[_Meant, Diagnostic]:
    """A string in quotes that are not the language's, or one of these alone."""
    closed = len(text) > 1 and text[-1] in "'`‘’“”„"
    inner = text[1:-1] if closed else ""
    help = f'write `"{_short(inner)}"`' if closed else 'strings stand in `"`'
    if not closed:
        place = Span(place.source, place.start, place.start + 1)
    found = Diagnostic("E106", f"`{text[0]}` is no quote here", place, help=help)
    return _Meant(
        k.STRING, '"' + inner.replace("\\", "").replace('"', "") + '"'
    ) if closed else _GARBAGE, found


def _prefixed(text: str, place: Span) -> tuple[_Meant, Diagnostic]:
    """Python's ``f"…"``, ``r"…"`` and the like."""
    prefix = text[: min(text.find(q) for q in "\"'" if q in text)]
    inner = text[len(prefix) + 1 : -1]
    help = f'write `"{_short(inner)}"`'
    if "f" in prefix.lower():
        help += "; a label's `{…}` parts are filled in without an `f`"
    found = Diagnostic("E106", f"a string has no `{prefix}` before it", place, help=help)
    return _Meant(k.STRING, '"' + inner.replace("\\", "").replace('"', "") + '"'), found


def _foreign_name(text: str, place: Span) -> tuple[_Meant, Diagnostic]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = plain if plain.isidentifier() and len(plain) >= len(text) else ""
    help = "names have the letters a to z, digits and `_`" + (f": `{_short(plain)}`" if plain else "")
    found = Diagnostic("E106", f"`{_short(text)}` cannot be a name", place, help=help)
    return _Meant(k.NAME, plain or "_"), found


def _other(text: str, place: Span) -> tuple[_Meant, Diagnostic | None]:
    if text == "\ufeff" and place.start == 0:
        # The mark of UTF-8's order of bytes, which some editors write.
        return _NOTHING, None
    if text.startswith("/*"):
        found = Diagnostic(
            "E106", "`/* … */` is no comment here", place, help="a comment is `# …`, to the end of the line"
        )
        return _NOTHING, found
    if text[0] == "\r":
        message = "lines end with a carriage return alone"
        help = "save the file with line ends of Unix or Windows"
        return _Meant(k.NEWLINE, "\n"), Diagnostic("E106", message, place, help=help)
    if text.startswith("..."):
        return _Meant(k.NUMBER_OF["_RANGE"], ".."), Diagnostic(
            "E106", f"`{_short(text)}` has no meaning here", place, help="a range is `0..n`"
        )
    if text in _INVISIBLE:
        name = unicodedata.name(text, "character").lower()
        message = f"the character U+{ord(text):04X} ({name}) has no meaning here"
        return _NOTHING, Diagnostic(
            "E106", message, place, help="it cannot be seen; delete it, or write a space"
        )
    shown = f"`{text}`" if text.isprintable() else f"the character U+{ord(text):04X}"
    return _NOTHING, Diagnostic("E106", f"{shown} has no meaning here", place)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
