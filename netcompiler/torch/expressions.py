"""Modules as data: constructor calls, chains and instances of the file's own classes; and their text."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.code import Argument, ModuleCode
from netcompiler.operations.base import Operation
from netcompiler.record import record
from netcompiler.torch.literals import string
from netcompiler.torch.loops import fold_items
from netcompiler.torch.names import is_plain


@record(eq=True)
class Construct:
    """A constructor call of torch.nn or of a helper."""

    code: ModuleCode
    operation: Operation

    @property
    def is_identity(self) -> bool:
        """True for nn.Identity()."""
        return self.code.constructor == "nn.Identity"


@record(eq=True)
class Chain:
    """An nn.Sequential: names None for positions."""

    names: tuple[str, ...] | None
    items: tuple[Expression, ...]


@record(eq=True)
class New:
    """An instance of the class of a scope."""

    scope: str


Expression = Construct | Chain | New


def constructor(code: ModuleCode) -> str:
    """The name of a constructor.

    Raises:
        ValueError: it is neither a class of torch.nn nor a helper.
    """
    name = code.constructor.removeprefix("nn.")
    if not is_plain(name) or (name == code.constructor and code.helper is None):
        raise ValueError(f"{code.constructor!r} is no class of torch.nn")
    return code.constructor


def sequential(names: tuple[str, ...] | None, items: Sequence[str], call: str = "nn.Sequential") -> str:
    """An nn.Sequential of modules, equal neighbours in a loop."""
    if names is not None:
        if all(map(is_plain, names)):
            pairs = ", ".join(f"{name}={item}" for name, item in zip(names, items, strict=True))
            return f"{call}(OrderedDict({pairs}))"
        pairs = ", ".join(f"({string(name)}, {item})" for name, item in zip(names, items, strict=True))
        return f"{call}(OrderedDict([{pairs}]))"
    return f"{call}({', '.join(fold_items(items))})"


def keywords(values: Sequence[Construct]) -> list[str]:
    """Names of all arguments that are given by name, in the order of the operation's parameters."""
    given = dict.fromkeys(a.name for v in values for a in v.code.arguments if not a.positional)
    order = {p.name: i for i, p in enumerate(values[0].operation.parameters)}
    return sorted(given, key=lambda name: order.get(name, len(order)))


def keyword(value: Construct, name: str) -> Argument | None:
    """An argument given by name, or its default when it is not given."""
    for argument in value.code.arguments:
        if argument.name == name and not argument.positional:
            return argument
    if name == "inplace":
        return Argument(name, False)
    return default(value, name)


def default(value: Construct, name: str) -> Argument | None:
    """The default of an argument, where it has one that is plain data."""
    parameter = value.operation.parameter(name)
    given = None if parameter is None else parameter.default
    if parameter is None or not (given is None or isinstance(given, (bool, int, float, str, tuple))):
        return None
    return Argument(name, given)
