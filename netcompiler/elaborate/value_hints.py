"""What may have been meant by a value that an argument does not take: the same, written in another way."""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler.elaborate.argument_hints import accepts
from netcompiler.elaborate.functions import is_number
from netcompiler.elaborate.values import Given, text_of
from netcompiler.operations.arguments import Initializer
from netcompiler.operations.base import Parameter
from netcompiler.operations.initializers import INITIALIZERS

_WORDS = {"true": True, "false": False, "none": None}
_DIGITS = 20
"""Characters of the longest string that is read as a number."""


def meant_value(parameter: Parameter, argument: Given) -> str | None:
    """How to write the value that was meant, where the argument takes that; None otherwise."""
    return next((help for value, help in _readings(argument) if accepts(parameter, value)), None)


def _readings(argument: Given) -> Iterator[tuple[object, str]]:
    """Other values that a value may stand for, and help that says how to write each."""
    value = argument.value
    if isinstance(value, str):
        for read in _unquoted(value):
            yield read, f"without quotes: `{value.lower() if value.lower() in _WORDS else value}`"
        return
    if not is_number(value):
        return
    if isinstance(value, float) and value.is_integer():
        divided = argument.span is not None and "/" in argument.span.text
        yield int(value), "`//` divides to a whole number" if divided else f"write `{int(value)}`"
    if value in (0, 1):
        yield bool(value), f"write `{text_of(bool(value))}`"
    yield (value,), f"a list: `[{text_of(value)}]`"


def _unquoted(text: str) -> Iterator[object]:
    """The values that a string's text is without its quotes."""
    if text.lower() in _WORDS:
        yield _WORDS[text.lower()]
    if text in INITIALIZERS:
        yield Initializer(text)
    if len(text) <= _DIGITS and text.removeprefix("-").replace(".", "", 1).isdecimal():
        yield float(text) if "." in text else int(text)
