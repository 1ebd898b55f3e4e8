"""Slips of those who know what they want: a token that another language, or habit, has in this place."""

from __future__ import annotations

from collections.abc import Callable

from netcompiler.diagnostics import Diagnostic
from netcompiler.parse import kinds as k
from netcompiler.parse.trouble import Trouble
from netcompiler.source import Span

_INPUT = k.NUMBER_OF["INPUT"]
_OUTPUT = k.NUMBER_OF["OUTPUT"]
_MINUS = k.NUMBER_OF["MINUS"]
_PLUS = k.NUMBER_OF["PLUS"]
_DEFAULT = k.NUMBER_OF["DEFAULT"]
_COMPARE = k.NUMBER_OF["COMPARE"]
_HAVE_PARAMETERS = frozenset(k.NUMBER_OF[word] for word in ("BLOCK", "NET", "LET"))
_IN_NAMES = frozenset((k.NAME, k.NUMBER, k.DOT, _MINUS))
_NAMES = frozenset((k.NAME, k.STRING))
_TYPES = frozenset((k.NAME, k.NUMBER_OF["NONE"]))
_OPERATIONS = {_PLUS: "add", _MINUS: "subtract"}
_FAR = 40
"""So many tokens before or behind the trouble are looked at, at most."""


def _error(trouble: Trouble, message: str, help: str, first: int = 0, last: int | None = None) -> Diagnostic:
    return Diagnostic("E104", message, trouble.span(first, last), help=help)


def _brace_on_next_line(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind != k.NEWLINE or trouble.kind_at(1) != k.LBRACE or k.LBRACE not in trouble.expected:
        return None
    message = "`{` cannot stand on a line of its own here"
    return _error(trouble, message, f"write it after `{trouble.text_at(-1)}`, on the same line", 1)


def _skip_without_step(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind_at(-1) != k.SKIP or trouble.kind not in (k.NEWLINE, k.RBRACE, k.END, k.ARROW):
        return None
    help = "its step stands on the same line: `residual { … } skip conv(16, 1)`"
    return _error(trouble, "`skip` is followed by no step", help, -1)


def _capital(trouble: Trouble) -> Diagnostic | None:
    """`Net n {`, `Input image […]`"""
    for away in (0, -1):
        word = trouble.text_at(away)
        small = word.lower()
        if trouble.kind_at(away) != k.NAME or word == small or small not in k.KEYWORDS:
            continue
        if trouble.step_ended if away else k.NUMBER_OF[small.upper()] in trouble.expected:
            return _error(trouble, f"`{word}` is no word of the language", f"write `{small}`", away)
    return None


def _broken_arrow(trouble: Trouble) -> Diagnostic | None:
    """`- >`"""
    if trouble.kind != _MINUS or trouble.text_at(1) != ">" or trouble.inside in (k.LPAR, k.LSQB):
        return None
    return _error(trouble, f"`{trouble.span(0, 1).text}` is no arrow here", "write `->`", 0, 1)


def _equals_for_test(trouble: Trouble) -> Diagnostic | None:
    """`if channels = 3 {`"""
    if trouble.kind != k.EQUAL or _COMPARE not in trouble.expected or k.COLON in trouble.expected:
        return None
    return _error(trouble, "`=` compares nothing", "write `==`")


def _default_of_argument(trouble: Trouble) -> Diagnostic | None:
    """`default bias=false`"""
    if trouble.kind != k.EQUAL or trouble.kind_at(-2) != _DEFAULT:
        return None
    argument = f"{trouble.text_at(-1)}={trouble.text_at(1) or '…'}"
    help = f"name the operation that it is for: `default conv({argument})`"
    return _error(trouble, f"`default {trouble.text_at(-1)}` names no operation", help, -1)


def _label_with_signs(trouble: Trouble) -> Diagnostic | None:
    """`conv-1: relu`, `layer1.conv: relu`"""
    last = end_of_label(trouble)
    if not last or not trouble.step_ended or trouble.kind_at(-1) != k.NAME:
        return None
    name = "".join(trouble.text_at(away) for away in range(-1, last))
    help = f'other names stand in quotes: `"{name}": step`'
    return _error(trouble, "a name without quotes has letters, digits and `_` alone", help, -1, last - 1)


def end_of_label(trouble: Trouble) -> int:
    """How far away the `:` is before which `.` or `-` and more stand without a space; 0 where none is."""
    if trouble.kind not in (_MINUS, k.DOT) or trouble.text_at(-1) == "self":
        return 0
    for away in range(_FAR):
        if not trouble.touches(away):
            return 0
        if trouble.kind_at(away) == k.COLON:
            return away
        if trouble.kind_at(away) not in _IN_NAMES:
            return 0
    return 0


def _sum_of_steps(trouble: Trouble) -> Diagnostic | None:
    """`b: conv(8, 3) + a`"""
    operation = _OPERATIONS.get(trouble.kind)
    if operation is None or not trouble.step_ended or trouble.begins_line:
        return None
    other = trouble.text_at(1) if trouble.kind_at(1) in (k.NAME, k.STRING, k.NUMBER_OF["IN"]) else "name"
    if trouble.kind_at(1) == k.NAME and trouble.kind_at(2) == k.LPAR:
        other = "name"
    help = f"write `-> {operation}({other})`, with the name of a step"
    return _error(trouble, f"`{trouble.text}` joins no steps", help)


def _number_in_path(trouble: Trouble) -> Diagnostic | None:
    """`add(a.0)`"""
    if trouble.kind != k.NUMBER or trouble.kind_at(-1) != k.DOT or trouble.kind_at(-2) != k.NAME:
        return None
    first, last = -2, 0
    parts = (k.NAME, k.DOT, k.NUMBER)
    while first > -_FAR and trouble.touches(first) and trouble.kind_at(first - 1) in (k.NAME, k.DOT):
        first -= 1
    while last < _FAR and trouble.touches(last + 1) and trouble.kind_at(last + 1) in parts:
        last += 1
    path = "".join(trouble.text_at(away) for away in range(first, last + 1))
    return _error(trouble, "a path with a number stands in quotes", f'write `"{path}"`', first, last)


def _several_in_one(trouble: Trouble) -> Diagnostic | None:
    """`output fc, a`, `input a [3], b [3]`"""
    word = statement_of_one(trouble)
    if not word:
        return None
    message = f"`{word}` takes one, and a line has one `{word}`"
    return _error(trouble, message, f"write `{word} {trouble.text_at(1)}` on a line of its own")


def statement_of_one(trouble: Trouble) -> str:
    """`input` or `output` where a comma follows what it takes; empty elsewhere."""
    if trouble.kind != k.COMMA or k.NEWLINE not in trouble.expected or trouble.kind_at(1) not in _NAMES:
        return ""
    for away in range(-1, -_FAR, -1):
        kind = trouble.kind_at(away)
        if kind in (_INPUT, _OUTPUT):
            return k.KINDS[kind].lower()
        if kind in (k.NEWLINE, k.LBRACE, k.END):
            return ""
    return ""


def _word_as_value(trouble: Trouble) -> Diagnostic | None:
    """`add(input)`"""
    is_word = k.FIRST_KEYWORD <= trouble.kind < k.NEWLINE
    # A statement that stands in parentheses goes on.
    is_alone = trouble.kind_at(1) in (k.COMMA, k.RPAR, k.RSQB)
    if not is_word or not is_alone or not trouble.value_expected or trouble.inside not in (k.LPAR, k.LSQB):
        return None
    help = f'a step of this name is called by it in quotes: `"{trouble.text}"`'
    if trouble.kind == _INPUT and not _is_label(trouble, "input"):
        help = f"an input is called by its name{_name_of_input(trouble)}; a block's is `in`"
    message = f"`{trouble.text}` is a word of the language and no value"
    return _error(trouble, message, help)


def _is_label(trouble: Trouble, name: str) -> bool:
    tokens = trouble.run.tokens
    places = (place for place, text in enumerate(tokens.texts[: trouble.at]) if text == name)
    return any(tokens.kinds[place + 1] == k.COLON for place in places)


def _name_of_input(trouble: Trouble) -> str:
    """That of the last one above; empty where none is."""
    tokens = trouble.run.tokens
    for place in range(trouble.at - 1, -1, -1):
        if tokens.kinds[place] == _INPUT and tokens.kinds[place + 1] == k.NAME:
            return f", `{tokens.texts[place + 1]}`"
    return ""


def _tuple(trouble: Trouble) -> Diagnostic | None:
    """`conv(8, (3, 5))`"""
    if trouble.kind != k.COMMA or trouble.inside != k.LPAR or trouble.kind_at(-1) in (k.COMMA, k.LPAR):
        return None
    if k.RPAR not in trouble.expected or k.COMMA in trouble.expected:
        return None
    tokens = trouble.run.tokens
    begin = trouble.opened[-1]
    end = begin + 1
    while end < begin + _FAR and tokens.kinds[end] not in (*k.OPENING, *k.OPENED_BY, k.END):
        end += 1
    help = "a list is `[3, 5]`"
    place = trouble.span()
    if tokens.kinds[end] == k.RPAR:
        place = Span(trouble.run.source, tokens.starts[begin], tokens.ends[end])
        inner = place.source.text[place.start + 1 : place.end - 1].strip().rstrip(",")
        help = f"write `[{inner}]`" if "\n" not in inner and len(inner) < 60 else help
    return Diagnostic("E104", "a list stands in `[ ]`", place, help=help)


def _type_of_parameter(trouble: Trouble) -> Diagnostic | None:
    """`block b(w: int)`"""
    if not types_a_parameter(trouble):
        return None
    return _error(trouble, "parameters have no types", f"write `{trouble.text_at(-1)}`", -1, 1)


def types_a_parameter(trouble: Trouble) -> bool:
    """Whether this is the `:` between a parameter and a type."""
    if trouble.kind != k.COLON or trouble.inside != k.LPAR or trouble.kind_at(1) not in _TYPES:
        return False
    kinds, begin = trouble.run.tokens.kinds, trouble.opened[-1]
    return begin > 1 and kinds[begin - 2] in _HAVE_PARAMETERS


SLIPS: tuple[Callable[[Trouble], Diagnostic | None], ...] = (
    _brace_on_next_line,
    _skip_without_step,
    _capital,
    _broken_arrow,
    _equals_for_test,
    _default_of_argument,
    _label_with_signs,
    _sum_of_steps,
    _number_in_path,
    _several_in_one,
    _word_as_value,
    _tuple,
    _type_of_parameter,
)
"""In the order in which they are tried."""
