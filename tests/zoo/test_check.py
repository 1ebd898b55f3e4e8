"""Plain values become typed options, or one line says why not."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from zoo import check
from zoo.errors import UserError
from zoo.options import Rule, option


@dataclass(frozen=True)
class Inner:
    rate: float = option(0.5, "a rate", above=0, high=1)


@dataclass(frozen=True)
class Outer:
    count: int = option(1, "a count", low=0)
    flag: bool = option(False, "a flag")
    text: str = option("a", "a text")
    maybe: int | None = option(None, "perhaps")
    numbers: tuple[float, ...] = option((), "numbers", low=0)
    kind: str = option("big", "a choice", choices=("big", "small"))
    free: dict[str, Any] = field(default_factory=dict, metadata={"rule": Rule("anything")})
    inner: Inner = field(default_factory=Inner)


def test_defaults_stand_where_nothing_is_given() -> None:
    assert check.build(Outer, {}) == Outer()


def test_values_take_their_types() -> None:
    raw = {"count": 2.0, "text": 7, "maybe": 3, "numbers": [1, 2.5], "free": {"a": [1]}, "inner": {"rate": 1}}
    made = check.build(Outer, raw)
    assert made == Outer(2, False, "7", 3, (1.0, 2.5), "big", {"a": [1]}, Inner(1.0))
    assert type(made.count) is int
    assert type(made.inner.rate) is float


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"count": "ninety"}, "count=ninety: a whole number is expected"),
        ({"count": 1.5}, "count=1.5: a whole number is expected"),
        ({"count": True}, "count=true: a whole number is expected"),
        ({"count": None}, "count=null: a whole number is expected"),
        ({"count": -1}, "count=-1: must be at least 0"),
        ({"flag": 1}, "flag=1: true or false is expected"),
        ({"flag": "yes"}, "flag=yes: true or false is expected"),
        ({"text": True}, "text=true: a text is expected"),
        ({"text": [1]}, "text=[1]: a text is expected"),
        ({"maybe": "x"}, "maybe=x: a whole number is expected"),
        ({"numbers": 3}, "numbers=3: a list is expected, as numbers=[1,2]"),
        ({"numbers": [1, "a"]}, "numbers[1]=a: a number is expected"),
        ({"numbers": [-1]}, "numbers=[-1]: must be at least 0"),
        ({"kind": "huge"}, "kind=huge: one of big, small is expected"),
        ({"free": 3}, "free=3: values with names are expected, as free.NAME=…"),
        ({"inner": 3}, "inner=3: it has options of its own, as inner.rate=…"),
        ({"inner": {"rate": 0}}, "inner.rate=0: must be greater than 0"),
        ({"inner": {"rate": 2}}, "inner.rate=2: must be at most 1"),
        ({"inner": {"rate": float("nan")}}, "inner.rate=nan: a number is expected"),
        ({"inner": {"rates": 1}}, "inner.rates: no such option; did you mean inner.rate?"),
        ({"cuont": 1}, "cuont: no such option; did you mean count?"),
    ],
)
def test_mistakes_are_one_line(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        check.build(Outer, raw)
    assert str(caught.value) == message


def test_types_have_names_for_the_help() -> None:
    assert check.type_name(int | None) == "int or null"
    assert check.type_name(tuple[float, ...]) == "list of float"
    assert check.type_name(dict[str, Any]) == "mapping"
