"""The types that arguments of operations can have. Each says what it expects in one phrase."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from netcompiler.code import Literal


@dataclass(frozen=True, slots=True)
class Initializer:
    """An initialiser of torch.nn.init with its arguments: ``normal(std=0.01)``."""

    name: str
    args: tuple[tuple[str, Literal], ...] = ()

    def __str__(self) -> str:
        if self.name == "constant":
            return f"{self.args[0][1]}"
        return (
            f"{self.name}({', '.join(f'{k}={literal_text(v)}' for k, v in self.args)})"
            if self.args
            else self.name
        )


@dataclass(frozen=True, slots=True)
class ArgumentType:
    """A type of argument.

    Attributes:
        expects: the phrase for messages and the reference: ``a positive whole number``.
        accept: gives the value in its resolved form, or raises ValueError with what is wrong.
    """

    expects: str
    accept: Callable[[object], Literal | Initializer]


def literal_text(value: object) -> str:
    """A literal as a spec writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    if isinstance(value, str):
        return (
            '"'
            + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
            + '"'
        )
    if isinstance(value, tuple):
        return "[" + ", ".join(map(literal_text, value)) + "]"
    return str(value)


def whole(minimum: int = 0) -> ArgumentType:
    """A whole number of at least ``minimum``."""
    words = {0: "a whole number, 0 or more", 1: "a whole number, 1 or more"}
    expects = words.get(minimum, f"a whole number, {minimum} or more")

    def accept(value: object) -> Literal:
        if isinstance(value, int) and not isinstance(value, bool) and value >= minimum:
            return value
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def extents(minimum: int = 0, *, words: tuple[str, ...] = (), optional: bool = False) -> ArgumentType:
    """One whole number for all spatial dimensions, or a list with one for each; or one of ``words``.

    With ``optional``, an item of the list may be none (adaptive pools: keep the input's extent).
    """
    expects = f"a whole number, {minimum} or more, or a list of one for each dimension"
    if words:
        expects += " or " + " or ".join(f'"{w}"' for w in words)

    def one(value: object) -> bool:
        if optional and value is None:
            return True
        return isinstance(value, int) and not isinstance(value, bool) and value >= minimum

    def accept(value: object) -> Literal:
        if isinstance(value, str) and value in words:
            return value
        if isinstance(value, int) and one(value):
            return value
        if isinstance(value, (list, tuple)) and 1 <= len(value) <= 3 and all(map(one, value)):
            return tuple(value)
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def integers(minimum: int | None = None, *, pairs: bool = False) -> ArgumentType:
    """A list of whole numbers, with ``pairs`` an even count of them."""
    expects = "a list of whole numbers" + ("" if minimum is None else f", each {minimum} or more")
    if pairs:
        expects += ", two for each dimension"

    def fits(value: object) -> TypeGuard[int]:
        return (
            isinstance(value, int) and not isinstance(value, bool) and (minimum is None or value >= minimum)
        )

    def accept(value: object) -> Literal:
        if isinstance(value, (list, tuple)) and all(map(fits, value)) and not (pairs and len(value) % 2):
            return tuple(value)
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def integer_or_integers(minimum: int | None = None) -> ArgumentType:
    """A whole number, or a list of at least one."""
    bound = "" if minimum is None else f", {minimum} or more"
    expects = f"a whole number{bound}, or a list of them"

    def fits(value: object) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return minimum is None or value >= minimum

    def accept(value: object) -> Literal:
        if isinstance(value, int) and fits(value):
            return value
        if isinstance(value, (list, tuple)) and value and all(map(fits, value)):
            return tuple(value)
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def integer() -> ArgumentType:
    """Any whole number, negative ones included: a dimension's index."""
    expects = "a whole number"

    def accept(value: object) -> Literal:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def real(
    minimum: float = -math.inf, maximum: float = math.inf, *, exclusive_minimum: bool = False
) -> ArgumentType:
    """A finite number between ``minimum`` and ``maximum``."""
    expects = _real_text(minimum, maximum, exclusive_minimum)

    def accept(value: object) -> Literal:
        if _is_real(value, minimum, maximum, exclusive_minimum):
            return value
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def small() -> ArgumentType:
    """A number from 0 to 1 without 1: what is added to a divisor.

    No divisor needs more, and a size that torch.nn takes in this place is 1 at least.
    """
    expects = "a number, 0 or more and below 1"

    def accept(value: object) -> Literal:
        if _is_real(value, 0.0, 1.0, False) and value < 1:
            return value
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def real_or_reals(minimum: float = -math.inf, *, exclusive_minimum: bool = False) -> ArgumentType:
    """A finite number of at least ``minimum``, or a list of one or more."""
    expects = _real_text(minimum, math.inf, exclusive_minimum) + ", or a list of them"

    def fits(value: object) -> TypeGuard[float]:
        return _is_real(value, minimum, math.inf, exclusive_minimum)

    def accept(value: object) -> Literal:
        if fits(value):
            return value
        if isinstance(value, (list, tuple)) and value and all(map(fits, value)):
            return tuple(value)
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def _is_real(value: object, minimum: float, maximum: float, exclusive_minimum: bool) -> TypeGuard[float]:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    if not abs(value) <= sys.float_info.max:  # infinite, not a number, or an integer no float can hold
        return False
    return (value > minimum if exclusive_minimum else value >= minimum) and value <= maximum


def _real_text(minimum: float, maximum: float, exclusive_minimum: bool) -> str:
    if minimum == -math.inf:
        return "a number"
    if maximum < math.inf:
        return f"a number from {minimum:g} to {maximum:g}"
    return f"a number above {minimum:g}" if exclusive_minimum else f"a number, {minimum:g} or more"


def boolean() -> ArgumentType:
    """``true`` or ``false``."""
    expects = "true or false"

    def accept(value: object) -> Literal:
        if isinstance(value, bool):
            return value
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def choice(*words: str) -> ArgumentType:
    """One of some words, as a string."""
    expects = "one of " + ", ".join(f'"{w}"' for w in words)

    def accept(value: object) -> Literal:
        if isinstance(value, str) and value in words:
            return value
        raise ValueError(expects)

    return ArgumentType(expects, accept)


def optional(inner: ArgumentType) -> ArgumentType:
    """What ``inner`` accepts, or ``none``."""
    expects = f"{inner.expects}, or none"

    def accept(value: object) -> Literal | Initializer:
        try:
            return None if value is None else inner.accept(value)
        except ValueError:
            raise ValueError(expects) from None

    return ArgumentType(expects, accept)


def initializer() -> ArgumentType:
    """An initialiser of torch.nn.init, a number for a constant, or none for torch.nn's own."""
    expects = "an initialiser of torch.nn.init such as normal(std=0.01), a number, or none"

    def accept(value: object) -> Literal | Initializer:
        if value is None or isinstance(value, Initializer):
            return value
        if _is_real(value, -math.inf, math.inf, False):
            return Initializer("constant", (("val", value),))
        raise ValueError(expects)

    return ArgumentType(expects, accept)
