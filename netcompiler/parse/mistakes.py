"""Mistakes that people really make, each with its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from netcompiler.diagnostics import Diagnostic, Label
from netcompiler.parse import kinds as k
from netcompiler.parse.slips import SLIPS
from netcompiler.parse.trouble import Trouble
from netcompiler.source import Span

_Mistake = Callable[[Trouble], Diagnostic | None]
_MISTAKES: list[_Mistake] = [*SLIPS]

_NET = k.NUMBER_OF["NET"]
_BLOCK = k.NUMBER_OF["BLOCK"]
_DEFINING = (_NET, _BLOCK)
_INPUT = k.NUMBER_OF["INPUT"]
_OPERATOR = k.NUMBER_OF["OPERATOR"]
_ELSE = k.NUMBER_OF["ELSE"]
_VALUES = frozenset(
    (k.NAME, k.NUMBER, k.STRING, k.LSQB, *(k.NUMBER_OF[w] for w in ("TRUE", "FALSE", "NONE")))
)
_IN_PARENTHESES = frozenset((k.LPAR, k.LSQB))


def curated(trouble: Trouble) -> Diagnostic | None:
    """The diagnostic of the first mistake that this is; None when it is none of them."""
    for mistake in _MISTAKES:
        found = mistake(trouble)
        if found is not None:
            return found
    return None


def _mistake(function: _Mistake) -> _Mistake:
    """The order in which they stand is that in which they are tried."""
    _MISTAKES.append(function)
    return function


def _error(
    trouble: Trouble, message: str, help: str | None = None, span: Span | None = None, *labels: Label
) -> Diagnostic:
    return Diagnostic("E104", message, span or trouble.span(), help=help, labels=labels)


# ---- other languages ---------------------------------------------------------------------------

_PYTHON = {
    "def": "a block is `block name(parameter, other=1) { … }`",
    "class": "a block is `block name(parameter, other=1) { … }`",
    "import": 'blocks of other files are taken with `use "file.net": name`',
    "return": "a block's value is that of its last step; `output name` names another",
    "lambda": "a function is `let name(x) = x + 1`",
    "elif": "write `else if`",
    "while": "steps are repeated with `step * n` or `for i in 0..n { … }`",
    "with": "there is nothing to open or to close in a spec",
    "try": "a spec has no exceptions",
    "pass": "an empty body is `{ }`, and `identity` is a step that does nothing",
    "assert": "`expect([…])` holds a shape to what it should be",
    "print": "`netc show` prints every layer with its shape",
    "function": "a block is `block name(parameter, other=1) { … }`",
    "func": "a block is `block name(parameter, other=1) { … }`",
    "fn": "a block is `block name(parameter, other=1) { … }`",
    "var": "a variable is set with `let name = value`",
    "const": "a variable is set with `let name = value`",
}


def is_foreign(trouble: Trouble) -> bool:
    """Whether this is another language altogether, of which nothing can be kept."""
    return _word_of_another_language(trouble) is not None


@_mistake
def _word_of_another_language(trouble: Trouble) -> Diagnostic | None:
    for away in (0, -1):
        word = trouble.text_at(away)
        is_here = away == 0 or not trouble.begins_line
        if trouble.kind_at(away) == k.NAME and word in _PYTHON and is_here:
            return _error(trouble, f"`{word}` is no word of the language", _PYTHON[word], trouble.span(away))
    return None


@_mistake
def _attribute(trouble: Trouble) -> Diagnostic | None:
    """`self.conv1`, `nn.Conv2d(…)` where a step is."""
    if trouble.kind != k.DOT or trouble.kind_at(-1) != k.NAME or trouble.inside in _IN_PARENTHESES:
        return None
    before, after = trouble.text_at(-1), trouble.text_at(1)
    if before == "self":
        help = f"a step is named with `{after}: step`, and called by that name alone"
        return _error(trouble, "a spec has no `self`", help, trouble.span(-1, 0))
    if before in ("nn", "torch", "F", "tf", "keras", "layers"):
        name = re.sub(r"[123]d$", "", after).lower()
        help = f"operations stand under their own names: `{name}`"
        return _error(trouble, f"there is no `{before}.` in a spec", help, trouble.span(-1, 0))
    return None


@_mistake
def _slashes(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind == _OPERATOR and trouble.text == "//" and (trouble.begins_line or trouble.step_ended):
        return _error(trouble, "`//` begins no comment", "a comment is `# …`, to the end of the line")
    return None


# ---- definitions -------------------------------------------------------------------------------


@_mistake
def _without_name(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind_at(-1) in _DEFINING and trouble.kind in (k.LBRACE, k.LPAR):
        word = trouble.text_at(-1)
        return _error(trouble, f"this {word} has no name", f"write `{word} name {{ … }}`", trouble.span(-1))
    return None


@_mistake
def _definition_inside(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind not in (*_DEFINING, k.NUMBER_OF["USE"]) or trouble.inside != k.LBRACE:
        return None
    word = trouble.text
    tokens = trouble.run.tokens
    outer = trouble.opened[-1]
    place = Span(trouble.run.source, tokens.starts[outer], tokens.ends[outer])
    help = f"a `{word}` stands outside of all others, and is called by its name"
    return _error(trouble, f"`{word}` cannot stand inside `{{ … }}`", help, None, Label(place, "inside this"))


@_mistake
def _step_at_top(trouble: Trouble) -> Diagnostic | None:
    if not trouble.opened and trouble.kind != k.END and {_NET, _BLOCK} <= trouble.expected:
        help = "a file has nets and blocks; steps stand inside one, `net name { … }`"
        return _error(trouble, f"`{trouble.text}` cannot stand here", help)
    after_brace = trouble.kind_at(-1) == k.RBRACE and k.NEWLINE in trouble.expected
    if not trouble.opened and after_brace and trouble.kind != k.END:
        help = "the next definition stands on a line of its own; steps stand inside the braces"
        return _error(trouble, f"`{trouble.text}` cannot stand after the closing `}}`", help)
    return None


@_mistake
def _colon_for_brace(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind == k.COLON and k.LBRACE in trouble.expected:
        return _error(trouble, "`:` cannot stand here", "a body stands in braces, `{ … }`")
    return None


# ---- names, labels, arguments ------------------------------------------------------------------


@_mistake
def _equals_for_colon(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind != k.EQUAL or k.COLON not in trouble.expected:
        return None
    name = trouble.text_at(-1)
    help = f"a step is named with `{name}: step`; a variable is set with `let {name} = value`"
    if name == "output":
        help = "write `output name`"
    elif name == "input":
        help = "write `input name [3, 224, 224]`"
    return _error(trouble, "`=` cannot stand here", help)


@_mistake
def _colon_for_equals(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind != k.COLON:
        return None
    if trouble.kind_at(-1) == k.NAME and trouble.inside == k.LPAR:
        name = trouble.text_at(-1)
        value = trouble.text_at(1) if trouble.kind_at(1) in _VALUES - {k.LSQB} else "…"
        return _error(trouble, "`:` cannot stand here", f"an argument is given with `=`: `{name}={value}`")
    if k.EQUAL in trouble.expected:
        return _error(trouble, "`:` cannot stand here", "a variable is set with `=`: `let name = value`")
    if trouble.kind_at(-2) == _INPUT:
        return _error(
            trouble, "`:` cannot stand here", f"an input is `input {trouble.text_at(-1)} [3, 224, 224]`"
        )
    return None


@_mistake
def _shape_in_parentheses(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind_at(-2) == _INPUT and trouble.kind_at(-1) == k.NAME and trouble.kind in (k.LPAR, k.NUMBER):
        help = f"an input is `input {trouble.text_at(-1)} [3, 224, 224]`, without the batch"
        return _error(trouble, f"`{trouble.text}` cannot stand here; a shape stands in `[ ]`", help)
    return None


@_mistake
def _keyword_as_name(trouble: Trouble) -> Diagnostic | None:
    is_word = k.FIRST_KEYWORD <= trouble.kind < k.NEWLINE
    if not is_word or k.NAME not in trouble.expected or k.NUMBER in trouble.expected or trouble.step_expected:
        return None
    word = trouble.text
    help = f"`{word}` is a word of the language and cannot be a name here; `{word}_` could"
    return _error(trouble, f"`{word}` cannot stand here", help)


@_mistake
def _else_alone(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind == _ELSE:
        return _error(trouble, "`else` cannot stand here", "it follows the `}` of an `if test { … }`")
    return None


# ---- numbers -----------------------------------------------------------------------------------


@_mistake
def _name_with_digit(trouble: Trouble) -> Diagnostic | None:
    """`1a: relu`"""
    named = k.NAME in trouble.expected and (trouble.step_expected or k.NUMBER not in trouble.expected)
    if named and trouble.kind == k.NUMBER and trouble.kind_at(1) == k.NAME and trouble.touches(1):
        whole = trouble.text + trouble.text_at(1)
        if not trouble.step_expected or trouble.text_at(1) not in ("x", "X"):
            help = f"a name begins with a letter or `_`: `_{whole}`"
            return _error(trouble, f"`{whole}` begins with a digit", help, trouble.span(0, 1))
    return None


@_mistake
def _point_of_number(trouble: Trouble) -> Diagnostic | None:
    """`.5`, `5.`"""
    if trouble.kind == k.DOT and trouble.kind_at(1) == k.NUMBER and trouble.value_expected:
        help = f"write `0.{trouble.text_at(1)}`"
        return Diagnostic("E106", "a number does not begin with a point", trouble.span(0, 1), help=help)
    if trouble.kind_at(-1) == k.DOT and trouble.kind_at(-2) == k.NUMBER and trouble.expected == {k.NAME}:
        message = "a number does not end with a point"
        help = f"write `{trouble.text_at(-2)}.0`"
        return Diagnostic("E106", message, trouble.span(-2, -1), help=help)
    return None


@_mistake
def _letters_in_number(trouble: Trouble) -> Diagnostic | None:
    """`1_000`, `0x10`, `0.5f`"""
    if trouble.kind != k.NAME or trouble.kind_at(-1) != k.NUMBER or not trouble.touches(0):
        return None
    before, letters = trouble.text_at(-1), trouble.text
    whole = before + letters
    if re.fullmatch(r"_[0-9_]+", letters):
        message, help = "a number has no `_` in it", f"write `{whole.replace('_', '')}`"
    elif before == "0" and (base := _BASES.get(letters[0].lower())) and _is_whole(letters[1:], base):
        message, help = "numbers are decimal", f"write `{int(letters[1:], base)}`"
    elif k.COMMA in trouble.expected and trouble.inside in _IN_PARENTHESES:
        message, help = f"`{whole}` is no number", f"write `{before}`"
    else:
        return None
    return Diagnostic("E106", message, trouble.span(-1, 0), help=help)


_BASES = {"x": 16, "o": 8, "b": 2}


def _is_whole(digits: str, base: int) -> bool:
    """Whether these are digits of a number of that base, few enough to be read by a person."""
    if not digits or len(digits) > 16:
        return False
    return all(digit in "0123456789abcdef"[:base] for digit in digits.lower())


# ---- repeats -----------------------------------------------------------------------------------


@_mistake
def _repeat(trouble: Trouble) -> Diagnostic | None:
    """`relu x3`, `relu x 3`, `3x relu`, `3 * relu`"""
    if trouble.step_ended and trouble.kind == k.NAME and re.fullmatch("[xX][0-9]*", trouble.text):
        count, last = (trouble.text[1:], 0) if trouble.text[1:] else (trouble.text_at(1), 1)
        if count.isdecimal() and not trouble.begins_line:
            message = "`x` repeats nothing"
            return _error(
                trouble, message, f"a step is repeated with `* {count}` after it", trouble.span(0, last)
            )
    counted = trouble.kind_at(1) == k.STAR or trouble.text_at(1) in ("x", "X")
    if trouble.kind == k.NUMBER and trouble.step_expected and counted:
        help = f"the count stands after the step: `step * {trouble.text}`"
        return _error(trouble, "a count cannot stand before its step", help, trouble.span(0, 1))
    return None


# ---- steps that follow one another -------------------------------------------------------------


@_mistake
def _comma_for_arrow(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind == k.COMMA and trouble.step_ended:
        return _error(
            trouble, "`,` cannot stand here", "the next step stands after `->` or on a line of its own"
        )
    return None


@_mistake
def _called_again(trouble: Trouble) -> Diagnostic | None:
    """`conv(8, 3)(x)`"""
    if trouble.kind == k.LPAR and trouble.kind_at(-1) == k.RPAR and trouble.step_ended:
        help = "a step takes the value before it; another one is taken with `from name -> step`"
        return _error(trouble, "a step is not called with a value", help)
    return None


@_mistake
def _arguments_without_parentheses(trouble: Trouble) -> Diagnostic | None:
    if trouble.step_ended and trouble.kind_at(-1) == k.NAME and trouble.kind in (k.NUMBER, k.STRING):
        name = trouble.text_at(-1)
        if not trouble.begins_line:
            help = (
                f"write `{name}({trouble.text}, …)`"
                if trouble.kind_at(1) == k.COMMA
                else f"write `{name}({trouble.text})`"
            )
            return _error(
                trouble, f"`{trouble.text}` cannot stand here; arguments stand in parentheses", help
            )
    return None


@_mistake
def _method(trouble: Trouble) -> Diagnostic | None:
    """`conv(8, 3).relu()`"""
    if trouble.kind == k.DOT and trouble.kind_at(-1) == k.RPAR and trouble.step_ended:
        return _error(trouble, "a step has no methods", f"write `-> {trouble.text_at(1)}`")
    return None


@_mistake
def _without_body(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind_at(-1) == k.NUMBER_OF["RESIDUAL"] and trouble.expected == {k.LBRACE}:
        return _error(
            trouble, "`residual` is followed by no body", "write `residual { … }`", trouble.span(-1)
        )
    if trouble.kind == k.SKIP:
        help = "it follows the `}` of a `residual { … }`"
        return _error(trouble, "`skip` cannot stand here", help)
    if trouble.kind == k.COMMA and trouble.kind_at(-2) == k.NUMBER_OF["ON"]:
        help = "`columns a, b { … }` lays the same layers on each of several groups"
        return _error(trouble, "`on` takes one group", help)
    return None


@_mistake
def _two_steps(trouble: Trouble) -> Diagnostic | None:
    begins = trouble.kind in _VALUES or trouble.kind in _STEP_STARTS
    if not begins or not trouble.step_ended or k.NEWLINE not in trouble.expected:
        return None
    help = "the next step stands after `->` or on a line of its own"
    return _error(trouble, f"`{trouble.text}` cannot stand here", help)


_STEP_STARTS = frozenset(
    k.NUMBER_OF[word]
    for word in (
        "RESIDUAL",
        "COLUMNS",
        "ON",
        "IF",
        "FOR",
        "FROM",
        "LET",
        "INPUT",
        "OUTPUT",
        "GROUP",
        "DEFAULT",
    )
)


@_mistake
def _arrow_without_step(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind_at(-1) == k.ARROW and trouble.step_expected:
        shown = "" if trouble.kind in (k.RBRACE, k.END, k.ARROW) else f"; `{trouble.text}` is none"
        return _error(
            trouble, f"`->` leads to no step{shown}", "write a step after it, or delete it", trouble.span(-1)
        )
    if trouble.kind != k.ARROW:
        return None
    if trouble.kind_at(-1) == k.COLON and trouble.step_expected:
        name = trouble.text_at(-2)
        return _error(trouble, f"`{name}:` names no step", "the step stands straight after its name")
    if trouble.step_expected or (trouble.begins_line and trouble.inside == k.LBRACE):
        help = "the first step of a body takes its input by itself"
        return _error(trouble, "`->` goes on from no step", help)
    return None


# ---- values ------------------------------------------------------------------------------------


@_mistake
def _empty_parentheses(trouble: Trouble) -> Diagnostic | None:
    if trouble.kind == k.RPAR and trouble.kind_at(-1) == k.LPAR and trouble.value_expected:
        return _error(
            trouble, "`()` is no value", "an empty list is `[]`, no value is `none`", trouble.span(-1, 0)
        )
    return None


@_mistake
def _missing_value(trouble: Trouble) -> Diagnostic | None:
    """`8 +`, `stride=`"""
    if trouble.kind not in (k.RPAR, k.RSQB, k.COMMA, k.RBRACE, k.NEWLINE) or not trouble.value_expected:
        return None
    before = trouble.text_at(-1)
    if k.DOT <= trouble.kind_at(-1) < k.ERROR or trouble.kind_at(-1) in (k.EQUAL, *_WORD_OPERATORS):
        return _error(trouble, f"`{before}` is followed by no value", None, trouble.span(-1))
    return None


_WORD_OPERATORS = frozenset(k.NUMBER_OF[word] for word in ("AND", "OR", "NOT"))


@_mistake
def _missing_comma(trouble: Trouble) -> Diagnostic | None:
    if k.COMMA in trouble.expected and trouble.inside in _IN_PARENTHESES and trouble.kind in _VALUES:
        return _error(trouble, f"`{trouble.text}` cannot stand here", "is a comma missing before it?")
    return None


def names() -> Iterator[str]:
    """What the mistakes are called, for the tests."""
    return (function.__name__ for function in _MISTAKES)
