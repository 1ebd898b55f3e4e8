"""Plain data as Python source. Nothing else from a spec reaches the generated file, names aside."""

from __future__ import annotations

import math
import re

from netcompiler.code import Literal


def literal(value: Literal) -> str:
    """The source of a value, as a formatter would leave it.

    Raises:
        TypeError: the value is no plain data.
        ValueError: a number is not finite.
    """
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _real(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, tuple):
        items = ", ".join(map(literal, value))
        return f"({items},)" if len(value) == 1 else f"({items})"
    raise TypeError(f"{type(value).__name__} is no literal")


def string(text: str) -> str:
    """A string in double quotes, unless those need more escapes."""
    shown = repr(str(text))
    if shown[0] == '"' or text.count('"') > text.count("'"):
        return shown
    return '"' + shown[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def _real(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} is not finite")
    return re.sub(r"e([+-]?)0*(\d)", lambda m: f"e{m[1].replace('+', '')}{m[2]}", repr(float(value)))
