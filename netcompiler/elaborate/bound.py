"""Calls of operations with their arguments bound: a deep net has few different ones, so each is made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from netcompiler.elaborate.values import Given, is_data
from netcompiler.operations.base import ArgumentValue, Operation, Shape
from netcompiler.record import record


@record()
class Bound:
    """An operation with its arguments, defaults filled in.

    Attributes:
        shapes: the shapes that it has given, by those that it read.
    """

    operation: Operation
    args: Mapping[str, ArgumentValue]
    shapes: dict[tuple[Shape, ...], Shape] = field(default_factory=dict)


class KnownCalls:
    """The calls that were bound without a mistake, by what decides their arguments."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Bound, object]] = {}

    def find(self, key: tuple[object, ...] | None) -> Bound | None:
        """The call of this key, where it is known."""
        known = None if key is None else self._known.get(key)
        return None if known is None else known[0]

    def keep(self, key: tuple[object, ...] | None, bound: Bound, defaults: Mapping[str, Given]) -> None:
        """Remember a call. Its defaults stay with it, so that no others can have their id."""
        if key is not None:
            self._known[key] = (bound, defaults)


def key_of(
    operation: Operation, given: Sequence[Given], defaults: Mapping[str, Given]
) -> tuple[object, ...] | None:
    """What decides the arguments of a call; None when one of its values is no plain data."""
    if not given:
        return (operation, id(defaults))
    values = [argument.value for argument in given]
    if not all(map(is_data, values)):
        return None
    names = [argument.name for argument in given]
    return (operation, id(defaults), *names, *values, *map(_kind, values))


def _kind(value: object) -> object:
    """Tells values apart that are equal: 1, 1.0 and true."""
    return tuple(map(_kind, value)) if isinstance(value, tuple) else type(value)
