"""What may have been meant by arguments that an operation or a block does not take."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from netcompiler.diagnostics import call_text, nearest, suggest
from netcompiler.elaborate.functions import is_whole
from netcompiler.elaborate.values import Callee, Given, text_of
from netcompiler.operations.base import OPERATIONS, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable

Unknown = Callable[[Given, Sequence[str]], tuple[str, str | None]]
"""Help for an argument of an unknown name, and which of the names that are left it means, or None."""

_OTHER_NAMES = {
    "k": ("kernel_size",),
    "ksize": ("kernel_size",),
    "window": ("kernel_size",),
    "filters": ("out_channels",),
    "units": ("out_features",),
    "rate": ("p", "dilation"),
    "strides": ("stride",),
    "axis": ("dim",),
    "axes": ("dims", "dim"),
    "epsilon": ("eps",),
    "groups": ("num_groups",),
    "heads": ("num_heads",),
    "size": ("kernel_size", "output_size"),
    "scale": ("scale_factor",),
}
"""Arguments under the names of other libraries, in the order in which they are looked for."""

_SHORTEST = 3
"""Letters that the beginning of a name needs at least to stand for it."""

NO_SIZES: Mapping[str, int] = MappingProxyType({})
"""For what is called with all its arguments."""


def unknown_argument(
    names: Sequence[str], parameters: Sequence[Parameter] = (), sizes: Mapping[str, int] = NO_SIZES
) -> Unknown:
    """Help for the arguments of a call that knows others by ``names``, an operation's with their types."""

    def takes(name: str, value: object) -> bool:
        return all(accepts(p, value) for p in parameters if p.name == name)

    def help(argument: Given, left: Sequence[str]) -> tuple[str, str | None]:
        name = argument.name or ""
        if name in sizes:
            return "take it out: the input's size is left out here", None
        step = _as_step(argument.value, name)
        if step is not None:
            return f"an activation is a step of its own: `-> {step}`", None
        others = [n for n in _OTHER_NAMES.get(name.lower(), ()) if n in left]
        close = others[0] if others else nearest(name, left) or _part(name, left, argument.value, takes)
        if close is not None:
            return f"did you mean `{close}`?", close
        return (f"it has {', '.join(names)}" if names else "take it out: it has none"), None

    return help


def without_size(
    name: str, parameters: Sequence[Parameter], given: Iterable[Given], sizes: Mapping[str, int]
) -> str | None:
    """The call without the input's size, where that alone is too much; None otherwise."""
    given = list(given)
    values: list[Any] = [g.value for g in given if g.name is None]
    by_name = {g.name: g.value for g in given if g.name is not None}
    for place in sizes.values():
        if place >= len(values) or not is_whole(values[place]) or values[place] < 1:
            continue
        rest = [*values[:place], *values[place + 1 :]]
        unfilled = parameters[len(rest) :]
        if any(p.required and p.name not in by_name for p in unfilled) or len(rest) > len(parameters):
            continue
        if all(accepts(p, value) for p, value in zip(parameters, rest, strict=False)):
            return call_text(name, [*map(text_of, rest), *(f"{n}={text_of(v)}" for n, v in by_name.items())])
    return None


def accepts(parameter: Parameter, value: object) -> bool:
    """Whether a parameter can have this value."""
    try:
        parameter.type.accept(value)
    except ValueError:
        return False
    return True


def _as_step(value: object, name: str) -> str | None:
    """The activation that an argument of another name gives: ``activation="relu"``."""
    if isinstance(value, Callee):
        value = value.target.name
    if not isinstance(value, str) or not name.lower().startswith(("act", "nonlin")):
        return None
    operation = OPERATIONS.get(value.lower())
    return operation.name if operation is not None and operation.kind == "activation" else None


def _part(word: str, known: Sequence[str], value: object, takes: Callable[[str, object], bool]) -> str | None:
    """The one known name that begins or ends with a word, or that the word begins or ends with."""
    if len(word) < _SHORTEST:
        return None
    found = [n for n in known if (n.startswith(word) or _ends(n, word) or _ends(word, n)) and takes(n, value)]
    shortest = min(found, key=len, default=None)
    if shortest is None or not all(n.startswith(shortest) for n in found):
        return None
    return shortest


def _ends(name: str, word: str) -> bool:
    return name.endswith(f"_{word}")


@cache
def words() -> frozenset[str]:
    """The strings that operations take as arguments: ``same``, ``bilinear`` …"""
    expects = (p.type.expects for operation in OPERATIONS.values() for p in operation.parameters)
    return frozenset(word for text in expects for word in re.findall(r'"(\w+)"', text))


def meant_word(value: str, parameter: Parameter) -> str | None:
    """A ``did you mean`` for a string that an argument does not take."""
    meant = suggest(value, re.findall(r'"(\w+)"', parameter.type.expects))
    return None if meant is None else meant.replace("`", '`"', 1).replace("`?", '"`?')
