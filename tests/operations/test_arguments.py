"""The types of arguments: what they accept, and what they say they expect."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from netcompiler.operations import OPERATIONS, arguments
from netcompiler.operations.arguments import ArgumentType, Initializer
from tests.operations.rendering import call_of

CASES: list[tuple[ArgumentType, str, list[Any], list[Any]]] = [
    (arguments.whole(), "a whole number, 0 or more", [0, 7], [-1, 1.0, True, "1", None, (1,)]),
    (arguments.whole(1), "a whole number, 1 or more", [1], [0]),
    (arguments.whole(3), "a whole number, 3 or more", [3], [2]),
    (arguments.extents(1), "a whole number, 1 or more, or a list of one for each dimension",
     [1, (1, 2), (1, 2, 3)], [0, (), (1, 0), (1, 2, 3, 4), (True,), True, "same", None, (None, 1)]),
    (arguments.extents(0, words=("same", "valid")),
     'a whole number, 0 or more, or a list of one for each dimension or "same" or "valid"',
     ["same", "valid", 0], ["full", -1]),
    (arguments.extents(1, optional=True), "a whole number, 1 or more, or a list of one for each dimension",
     [1, (None, 1)], [None, (0, 1)]),
    (arguments.integers(), "a list of whole numbers", [(), (1, -2)], [1, (1.0,), (True,), None, "ab"]),
    (arguments.integers(1), "a list of whole numbers, each 1 or more", [(1, 2)], [(0,)]),
    (arguments.integer_or_integers(), "a whole number, or a list of them",
     [1, -1, (1, -2)], [(), 1.0, True, (True,), None, "1"]),
    (arguments.integer_or_integers(1), "a whole number, 1 or more, or a list of them",
     [1, (2,)], [0, (2, 0)]),
    (arguments.integer(), "a whole number", [0, -3], [1.0, True, None]),
    (arguments.real(), "a number", [0, -1.5, 7], [math.inf, math.nan, 10**400, True, "1", None]),
    (arguments.real(0.0, 1.0), "a number from 0 to 1", [0, 1, 0.5], [-0.1, 1.1]),
    (arguments.real(0.0), "a number, 0 or more", [0], [-1e-9]),
    (arguments.real(0.0, exclusive_minimum=True), "a number above 0", [1e-9], [0]),
    (arguments.real_or_reals(0.0), "a number, 0 or more, or a list of them",
     [1.5, (1, 2.5)], [(), (-1.0,), ((1.0,),), None]),
    (arguments.boolean(), "true or false", [True, False], [0, 1, None]),
    (arguments.choice("a", "b"), 'one of "a", "b"', ["a"], ["c", None, 1]),
    (arguments.optional(arguments.whole()), "a whole number, 0 or more, or none", [None, 1], [-1]),
    (arguments.initializer(), "an initialiser of torch.nn.init such as normal(std=0.01), a number, or none",
     [None, Initializer("ones")], [True, "normal", math.inf, (1,)]),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "expects", "good", "bad"), CASES, ids=[row[1] for row in CASES])
def test_types(type_: ArgumentType, expects: str, good: list[Any], bad: list[Any]) -> None:
    assert type_.expects == expects
    for value in good:
        assert type_.accept(value) == value
        assert type_.accept(list(value) if isinstance(value, tuple) else value) == value
    for value in bad:
        with pytest.raises(ValueError, match=re.escape(expects)):
            type_.accept(value)


def test_a_number_is_a_constant_initialiser() -> None:
    assert arguments.initializer().accept(1) == Initializer("constant", (("val", 1),))


def test_initialisers_read_as_in_specs() -> None:
    assert str(Initializer("ones")) == "ones"
    assert str(Initializer("constant", (("val", 1),))) == "1"
    assert str(Initializer("kaiming_normal", (("mode", "fan_out"), ("a", 0.1)))) == (
        'kaiming_normal(mode="fan_out", a=0.1)'
    )


def test_calls_refuse_arguments_of_another_type() -> None:
    call = call_of("conv", ((3, 8, 8),), out_channels=4, kernel_size=3, init=Initializer("ones"))
    assert OPERATIONS["conv"].shape(call) == (4, 6, 6)
    for read in (call.whole, call.number, call.flag):
        with pytest.raises(TypeError, match="padding_mode"):
            read("padding_mode")
    with pytest.raises(TypeError, match="kernel_size"):
        call.word("kernel_size")
    with pytest.raises(TypeError, match="init"):
        call.literal("init")
