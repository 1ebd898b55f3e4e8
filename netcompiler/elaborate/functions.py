"""The functions that expressions can call."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Function:
    """A function of expressions.

    Attributes:
        expects: what it takes, in words.
        accepts: whether it takes these arguments.
        compute: its result for them.
    """

    expects: str
    accepts: Callable[[Sequence[object]], bool]
    compute: Callable[..., Any]


def is_number(value: object) -> bool:
    """True for a number; ``true`` and ``false`` are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """True for a whole number; ``true`` and ``false`` are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _one_number(values: Sequence[object]) -> bool:
    return len(values) == 1 and is_number(values[0])


def _numbers(value: object) -> bool:
    return isinstance(value, range) or (isinstance(value, tuple) and all(map(is_number, value)))


def _some_numbers(values: Sequence[object]) -> bool:
    if len(values) != 1:
        return len(values) > 1 and all(map(is_number, values))
    return _numbers(values[0]) and values[0] not in ((), range(0))


def _one_list_of_numbers(values: Sequence[object]) -> bool:
    return len(values) == 1 and _numbers(values[0])


def _one_list(values: Sequence[object]) -> bool:
    return len(values) == 1 and isinstance(values[0], (tuple, range, str))


def _one_positive(values: Sequence[object]) -> bool:
    return _one_number(values) and values[0] > 0  # type: ignore[operator]


def _one_not_negative(values: Sequence[object]) -> bool:
    return _one_number(values) and values[0] >= 0  # type: ignore[operator]


def _list_and_item(values: Sequence[object]) -> bool:
    return len(values) == 2 and isinstance(values[0], (tuple, range))


def _unique(items: Sequence[object]) -> tuple[object, ...]:
    return tuple({(type(item), item): item for item in items}.values())  # 1 and true are two items


def _count(items: Sequence[object], item: object) -> int:
    return sum(type(one) is type(item) and one == item for one in items)


def _round(value: float) -> int:
    return math.floor(value + 0.5)


_NUMBER = "one number"
_SOME = "two numbers or more, or one list of them"

FUNCTIONS: dict[str, Function] = {
    "min": Function(_SOME, _some_numbers, min),
    "max": Function(_SOME, _some_numbers, max),
    "sum": Function("one list of numbers", _one_list_of_numbers, sum),
    "len": Function("one list", _one_list, len),
    "abs": Function(_NUMBER, _one_number, abs),
    "floor": Function(_NUMBER, _one_number, math.floor),
    "ceil": Function(_NUMBER, _one_number, math.ceil),
    "round": Function(_NUMBER, _one_number, _round),
    "sqrt": Function("one number, 0 or more", _one_not_negative, math.sqrt),
    "log": Function("one number above 0", _one_positive, math.log),
    "unique": Function("one list", _one_list, _unique),
    "count": Function("a list and an item", _list_and_item, _count),
}
"""Functions by name. ``round`` rounds halves up, as the papers' width formulas do."""
