"""What names stand for while a spec is elaborated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from netcompiler import syntax
from netcompiler.operations.arguments import Initializer, literal_text
from netcompiler.operations.base import Operation, Shape
from netcompiler.record import record
from netcompiler.source import Span

if TYPE_CHECKING:
    from netcompiler.elaborate.environment import Frame


class _Unknown:
    """Stands for a value that an error, reported already, keeps from being known."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@record()
class Flow:
    """A value that layers give and read.

    Attributes:
        sources: ids of the layers that give it: one, or one a column inside ``columns``.
        shape: its shape; None when an error keeps it from being known.
        groups: the placement group of each source; None for an input.
        admitted: groups it may be read from although it stands elsewhere: set on entering ``on``.
        constant: True when it depends on no input, and so is the same for all samples.
    """

    sources: tuple[str, ...]
    shape: Shape | None
    groups: tuple[str | None, ...]
    admitted: tuple[str, ...] = ()
    constant: bool = False

    @property
    def spread(self) -> bool:
        """True when it has a part on each of several columns."""
        return len(self.sources) > 1


LOST: Final = Flow((), None, ())
"""The flow after an error: nothing about it is known, so nothing more is said about it."""


@record()
class Callee:
    """An operation, a block or a net as a value, with arguments it has been given so far."""

    target: Operation | Block
    given: tuple[Given, ...] = ()

    @property
    def name(self) -> str:
        """The name it was declared under."""
        return self.target.name


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A block or net with the frame of the file it was defined in, and the defaults in force there."""

    name: str
    definition: syntax.Definition | syntax.Variant
    frame: Frame
    defaults: Defaults


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A function of a spec, ``let name(parameters) = value``, with the variables that it sees."""

    name: str
    parameters: tuple[syntax.ParameterOf, ...]
    value: syntax.Expression
    frame: Frame


@record()
class Given:
    """An argument with its value: what ``name=value`` means once evaluated.

    Attributes:
        name: the argument's name; None when it is given by position.
        value: its value.
        span: its place; None when it is not from a spec.
        call: the same object for all arguments of one call, so that a later call may replace what an
            earlier one gave; None when it is not from a spec.
    """

    name: str | None
    value: object
    span: Span | None
    call: object = None


Data = int | float | bool | str | None | tuple["Data", ...]

Defaults = Mapping[str, Mapping[str, Given]]
"""Arguments that ``default`` fills in, by operation and argument."""


def kind_of(value: object) -> str:
    """What a value is, in words."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if value is None:
        return "none"
    if isinstance(value, range):
        return "a range"
    if isinstance(value, tuple):
        return "a list"
    if isinstance(value, Flow):
        return "the value of a layer"
    if isinstance(value, Callee):
        return "an operation" if isinstance(value.target, Operation) else "a block"
    named = {Initializer: "an initialiser", Formula: "a function"}
    return named.get(type(value), "an unknown value")


def is_data(value: object) -> bool:
    """True for plain data: numbers, strings, true, false, none and lists of these."""
    if isinstance(value, tuple):
        return all(map(is_data, value))
    return value is None or isinstance(value, (int, float, bool, str))


def items_in(value: tuple[object, ...], most: int) -> int:
    """How many items a list has, those of lists inside it counted; counting ends above ``most``."""
    count = 0
    waiting: list[tuple[object, ...]] = [value]
    while waiting and count <= most:
        items = waiting.pop()
        count += len(items)
        waiting += [item for item in items if isinstance(item, tuple)]
    return count


def text_of(value: object, most: int = 100) -> str:
    """A value as a spec would write it, one of more than ``most`` characters shortened."""
    text = _text(value, most)
    return text if len(text) <= most else text[: most - 1] + "…"


def _text(value: object, most: int) -> str:
    """The text, at least its first ``most`` characters."""
    if isinstance(value, (Callee, Formula)):
        return value.name
    if isinstance(value, tuple):
        parts: list[str] = []
        length = 0
        for item in value:
            if length > most:
                break
            parts.append(_text(item, most - length))
            length += len(parts[-1]) + 2
        return "[" + ", ".join(parts) + "]"
    if value is UNKNOWN:
        return "…"
    return kind_of(value) if isinstance(value, (Flow, range)) else literal_text(value)
