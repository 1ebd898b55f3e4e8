"""Calls of operations with their arguments bound, kept: a deep net has few different ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from netcompiler.elaborate.values import Given, is_data
from netcompiler.operations.base import ArgumentValue, Operation, Shape
from netcompiler.record import record

Arguments = Mapping[str, ArgumentValue]


@record()
class Bound:
    """An operation with its arguments, defaults filled in.

    Attributes:
        shapes: the shapes that it has given, by those that it read.
    """

    operation: Operation
    args: Arguments
    shapes: dict[tuple[Shape, ...], Shape] = field(default_factory=dict)


class KnownCalls:
    """The calls that were bound without a mistake."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[object, Bound]] = {}

    def bind(
        self,
        operation: Operation,
        given: Sequence[Given],
        defaults: Mapping[str, Given],
        bind: Callable[[], Arguments | None],
    ) -> Bound | None:
        """The call with these arguments: a known one, or what ``bind`` gives; None where that is None."""
        key = _key(operation, given, defaults)
        known = self._known.get(key) if key is not None else None
        if known is not None:
            return known[1]
        args = bind()
        if args is None:
            return None
        bound = Bound(operation, args)
        if key is not None:
            # The defaults are kept with it: no others can have their id.
            self._known[key] = (defaults, bound)
        return bound


def _key(
    operation: Operation, given: Sequence[Given], defaults: Mapping[str, Given]
) -> tuple[object, ...] | None:
    """What decides the arguments of a call; None when a value is no plain data."""
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
