"""Breaking long statements into lines, in the form that ruff's and black's formatters leave alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

LINE_LENGTH = 110

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_STATEMENT = re.compile(r"(?:return |for \w+ in |(?:[\w.\[\]\", ]+?)(?: =| \+=) )")
_TOKEN = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()\[\]{},]| for """)
_OPERATOR = re.compile(r" ([-+*/@%|&]|//) ")


def wrap(line: str, indent: int = 0) -> list[str]:
    """A statement as lines of at most `LINE_LENGTH` characters, as far as its names allow."""
    pad = " " * indent
    if indent + len(line) <= LINE_LENGTH:
        return [pad + line]
    brackets = _top_level(line)
    prefix = _STATEMENT.match(line)
    start = prefix.end() if prefix else 0
    is_head = line.startswith("def ")
    cuts = [] if is_head else _operators(line, brackets, start)
    if cuts:
        return _split_operators(line, indent, start, cuts)
    filled = [b for b in brackets if b.start >= start and b.end > b.start + 1]
    if not filled:
        return [pad + line]
    # What a function takes is split before what it gives; in any other statement the last bracket gives way.
    chosen = filled[0] if is_head else filled[-1]
    return _split_bracket(line, indent, chosen)


def wrap_indented(line: str, indent: int) -> list[str]:
    """Like `wrap`, for a statement with indentation of its own."""
    text = line.lstrip(" ")
    return wrap(text, indent + len(line) - len(text))


@dataclass(frozen=True, slots=True)
class _Bracket:
    """A bracket that is in no other: positions of its two ends and of its commas."""

    start: int
    end: int
    commas: tuple[int, ...]
    loop: int | None


def _split_bracket(line: str, indent: int, bracket: _Bracket) -> list[str]:
    pad = " " * indent
    head, tail = line[: bracket.start + 1], line[bracket.end :]
    body = line[bracket.start + 1 : bracket.end]
    called = bracket.start > 0 and (line[bracket.start - 1].isalnum() or line[bracket.start - 1] in "_)]")
    if bracket.loop is not None:
        cut = bracket.loop - bracket.start - 1
        inner = [*wrap(body[:cut], indent + 4), *wrap(body[cut + 1 :], indent + 4)]
        if indent + 4 + len(body) <= LINE_LENGTH:
            inner = [" " * (indent + 4) + body]
        return [pad + head, *inner, pad + tail]
    if called and indent + 4 + len(body) <= LINE_LENGTH:
        return [pad + head, " " * (indent + 4) + body, pad + tail]
    cuts = [bracket.start, *bracket.commas, bracket.end]
    items = [line[a + 1 : b].strip() for a, b in pairwise(cuts)]
    comma = "" if called and not bracket.commas else ","
    inner = [text for item in items if item for text in wrap(item + comma, indent + 4)]
    return [pad + head, *inner, pad + tail]


def _split_operators(line: str, indent: int, start: int, cuts: list[int]) -> list[str]:
    """Parentheses around an expression of operators, and a line for each operand when it must be."""
    body = line[start:]
    tail = ""
    if body[-1] in ",:":
        body, tail = body[:-1], body[-1]
    head = line[:start] + "("
    pad, inner = " " * indent, " " * (indent + 4)
    if len(inner) + len(body) <= LINE_LENGTH:
        return [pad + head, inner + body, pad + ")" + tail]
    bounds = [0, *(c - start for c in cuts), len(body)]
    parts = [body[a:b].strip() for a, b in pairwise(bounds)]
    return [pad + head, *(text for part in parts for text in wrap(part, indent + 4)), pad + ")" + tail]


def _operators(line: str, brackets: list[_Bracket], start: int) -> list[int]:
    """Positions of the operators that stand in no bracket, sums before products."""
    found: dict[bool, list[int]] = {True: [], False: []}
    cursor = start
    for end, following in [*((b.start, b.end) for b in brackets if b.start >= start), (len(line), len(line))]:
        for match in _OPERATOR.finditer(line, cursor, end):
            found[match[1] in "+-"].append(match.start() + 1)
        # An operator right after a bracket needs the space behind that bracket, so go on at its end.
        cursor = following + 1
    return found[True] or found[False]


def _top_level(line: str) -> list[_Bracket]:
    """The brackets of a line that are in no other bracket. Strings are passed over."""
    brackets: list[_Bracket] = []
    closing: list[str] = []
    start, commas, loop = 0, list[int](), None
    for match in _TOKEN.finditer(line):
        text, position = match[0], match.start()
        if text in _CLOSING:
            if not closing:
                start, commas, loop = position, [], None
            closing.append(_CLOSING[text])
        elif closing and text == closing[-1]:
            closing.pop()
            if not closing:
                brackets.append(_Bracket(start, position, tuple(commas), loop))
        elif len(closing) == 1 and text == ",":
            commas.append(position)
        elif len(closing) == 1 and text == " for " and loop is None:
            loop = position
    return brackets
