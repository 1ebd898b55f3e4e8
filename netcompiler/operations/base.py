"""What an operation declares: arguments, shape, weights, cost, PyTorch text, and how it is drawn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final, TypeVar

from netcompiler.code import Code, Literal
from netcompiler.operations.arguments import ArgumentType, Initializer
from netcompiler.record import record

Shape = tuple[int, ...]
"""Extents without the batch dimension: ``(channels, height, width)``, ``(tokens, features)`` …"""

Axes = tuple[int, int]
"""Where height and width stand in a sample's shape: ``(1, 2)`` in ``[channels, height, width]``."""

ArgumentValue = Literal | Initializer


_T = TypeVar("_T")


class Required:
    """The type of `REQUIRED`."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = Required()
"""Stands for the default of an argument or parameter that must be given."""


class ShapeError(Exception):
    """An operation cannot take these inputs or arguments.

    Attributes:
        code: the diagnostic's code.
        message: one sentence, without the operation's name.
        notes: facts at hand, one a line.
        help: what to do.
    """

    def __init__(
        self, code: str, message: str, *, notes: tuple[str, ...] = (), help: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.notes = notes
        self.help = help


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of an operation, under torch.nn's name.

    Attributes:
        name: torch.nn's argument name.
        type: what it accepts.
        default: its default; `REQUIRED` when it must be given.
        doc: one line on what it does, for the language reference.
    """

    name: str
    type: ArgumentType
    default: ArgumentValue | Required = REQUIRED
    doc: str = ""

    @property
    def required(self) -> bool:
        """True when it has no default."""
        return self.default is REQUIRED


@record(eq=True)
class Call:
    """An operation with everything resolved: the shapes it reads and its arguments, defaults filled in.

    The methods read one argument under its type; a value of another type is a TypeError, since the
    argument's declared type has let nothing else through.
    """

    inputs: tuple[Shape, ...]
    args: Mapping[str, ArgumentValue]
    shared: tuple[bool, ...] = ()
    """Which inputs are the same for all samples, and stand in a batch of 1; empty where none is."""

    @property
    def input(self) -> Shape:
        """The shape of the first input."""
        return self.inputs[0]

    def whole(self, name: str) -> int:
        """A whole number."""
        return _typed(self.args[name], int, name)

    def number(self, name: str) -> float:
        """A number."""
        return _typed(self.args[name], (int, float), name)

    def flag(self, name: str) -> bool:
        """``true`` or ``false``."""
        return _typed(self.args[name], bool, name)

    def word(self, name: str) -> str:
        """A string."""
        return _typed(self.args[name], str, name)

    def literal(self, name: str) -> Literal:
        """Any value but an initialiser."""
        value = self.args[name]
        if isinstance(value, Initializer):
            raise TypeError(f"{name} is an initialiser")
        return value

    def wholes(self, name: str) -> tuple[int, ...]:
        """One whole number or a list of them, as a tuple."""
        value = self.args[name]
        return tuple(_typed(v, int, name) for v in (value if isinstance(value, tuple) else (value,)))

    def extents(self, name: str, rank: int) -> tuple[int, ...]:
        """A whole number for each of ``rank`` dimensions: one for all of them, or a list of as many."""
        value = self.args[name]
        if isinstance(value, int):
            return (value,) * rank
        extents = self.wholes(name)
        self.check_length(name, len(extents), rank)
        return extents

    def numbers(self, name: str, rank: int) -> tuple[float, ...]:
        """A number for each of ``rank`` dimensions: one for all of them, or a list of as many."""
        value = self.args[name]
        if not isinstance(value, tuple):
            return (self.number(name),) * rank
        self.check_length(name, len(value), rank)
        return tuple(_typed(v, (int, float), name) for v in value)

    def check_length(self, name: str, length: int, rank: int) -> None:
        """Raise ShapeError for a list that has not one number for each of ``rank`` dimensions."""
        if length == rank:
            return
        numbers = "number" if length == 1 else "numbers"
        raise ShapeError(
            "E205",
            f"`{name}` has {length} {numbers} for an input with {rank} spatial dimensions",
            notes=(f"input is [{', '.join(map(str, self.input))}]",),
        )


def _typed(value: object, type_: type[_T] | tuple[type[_T], ...], name: str) -> _T:
    if not isinstance(value, type_):
        raise TypeError(f"argument {name} is {value!r}")
    return value


class Operation(ABC):
    """One operation of the language. A subclass declares it; the registry holds one instance.

    Class attributes:
        name: its name in specs.
        kind: its family in pictures: conv, pool, norm, activation, dropout, linear, shape, merge,
            attention, embedding, transfer or input.
        doc: one line for the language reference.
        parameters: its arguments in torch.nn's order, the input size left out.
        merges: True when it takes any number of inputs (``add``, ``concat`` …).
        overwritable: True when backward does not read its output, so the next layer may work in place.
        inplace: True when its torch.nn module has an ``inplace`` argument.
        bare: True when it is a tensor without a module: its key has no ``.weight``.
        source: True when it takes no value. What it gives is the same for all samples of a batch, and stands
            in a batch of 1.
        broadcasts: True for a merge that lets values of a batch of 1 meet those of any batch.
        indices: which of its inputs hold whole numbers that name entries of something.
        sizes: arguments of torch.nn that are the input's size, left out here, and their places there.
    """

    name: ClassVar[str]
    kind: ClassVar[str]
    doc: ClassVar[str] = ""
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    merges: ClassVar[bool] = False
    overwritable: ClassVar[bool] = False
    inplace: ClassVar[bool] = False
    bare: ClassVar[bool] = False
    source: ClassVar[bool] = False
    broadcasts: ClassVar[bool] = False
    indices: ClassVar[tuple[int, ...]] = ()
    sizes: ClassVar[Mapping[str, int]] = MappingProxyType({})

    @abstractmethod
    def shape(self, call: Call) -> Shape:
        """The output shape. Raises `ShapeError` when the inputs or arguments do not fit."""

    def weights(self, call: Call) -> dict[str, Shape]:
        """Learned parameters by torch's name (``weight``, ``bias``) and their shapes."""
        return {}

    def buffers(self, call: Call) -> dict[str, Shape]:
        """State that is saved but not learned (``running_mean``), by torch's name."""
        return {}

    def axes(self, call: Call, axes: Sequence[Axes | None]) -> Axes | None:
        """Where height and width stand in the output, when they may have any extent in the inputs.

        ``axes`` says where they stand in each input; None for an input whose extents never change, of which
        there is one less than inputs at most. The answer is None for an operation that needs the extents that
        it has here, which is what an operation does that says nothing else. Nets are made fully convolutional
        by it.
        """
        return None

    def macs(self, call: Call) -> int:
        """Multiply-accumulate operations a sample: convolutions and matrix products only, biases left out."""
        return 0

    @abstractmethod
    def code(self, call: Call) -> Code:
        """The PyTorch text it becomes."""

    def label(self, call: Call) -> str:
        """A short label for pictures: ``3×3 conv, 64, /2``."""
        return self.name

    def parameter(self, name: str) -> Parameter | None:
        """The declared argument of this name, or None."""
        return next((p for p in self.parameters if p.name == name), None)


OPERATIONS: dict[str, Operation] = {}
"""Every operation by its name in specs; filled by `register` when a family's file is imported."""


def register(declaration: type[Operation]) -> type[Operation]:
    """Class decorator that puts an operation into `OPERATIONS`."""
    if declaration.name in OPERATIONS:
        raise ValueError(f"operation {declaration.name!r} is declared twice")
    OPERATIONS[declaration.name] = declaration()
    return declaration
