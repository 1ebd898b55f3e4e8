"""What differs between the scopes of a class becomes parameters of its constructor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from netcompiler.code import Literal, ParameterCode
from netcompiler.operations.base import Shape
from netcompiler.torch.expressions import (
    Chain,
    Construct,
    Expression,
    New,
    constructor,
    default,
    keyword,
    keywords,
    sequential,
)
from netcompiler.torch.literals import literal
from netcompiler.torch.modules import Unit
from netcompiler.torch.names import MODULE_ATTRIBUTES, identifier, unique


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter of a class's constructor.

    Attributes:
        name: its name.
        values: what it is for each scope of the class.
        default: the source of its default; None when it has none.
        order: where it stands among the others.
        positional: True when callers give it by position.
    """

    name: str
    values: Sequence[Literal] | Sequence[Expression]
    order: tuple[int, int]
    is_module: bool = False
    default: str | None = None
    positional: bool = False

    @property
    def declaration(self) -> str:
        """Its text in the constructor's head."""
        if self.is_module:
            return f"{self.name}: nn.Module" + ("" if self.default is None else " | None = None")
        types = sorted({_type_name(value) for value in self.values}, key=lambda t: (t == "None", t))
        if "float" in types and "int" in types:
            types.remove("int")
        return f"{self.name}: {' | '.join(types)}" + ("" if self.default is None else f" = {self.default}")


@dataclass(slots=True, eq=False)
class Group:
    """The scopes that share a class.

    Attributes:
        name: the class's name.
        units: the scopes' units.
        index: the position of a scope among them.
        parameters: of the constructor.
        children: for each child the text that makes it.
        attributes: numbers that methods read, and the text that gives them.
        bodies: the lines of each method.
    """

    name: str
    units: list[Unit]
    index: dict[str, int]
    parameters: list[Parameter] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, list[str]] = field(default_factory=dict)
    is_written: bool = False


class GroupWriter:
    """Writes expressions that hold for all scopes of a class."""

    def __init__(
        self,
        group: Group,
        shapes: Sequence[Shape | None],
        shared_class: Callable[[Sequence[Expression]], Group | None],
    ) -> None:
        self._group = group
        self._shared_class = shared_class
        self._found: dict[tuple[str, ...], Parameter] = {}
        self._arguments = _block_arguments(group.units)
        self._inputs = _input_extents(shapes)
        self._fallback: dict[str, str] = {}

    # ---- expressions -------------------------------------------------------------------------

    def text(self, values: Sequence[Expression], hint: str) -> str:
        """The expression that gives these modules, one for each scope of the class."""
        first = values[0]
        if isinstance(first, Construct):
            text = self._construct([v for v in values if isinstance(v, Construct)], len(values), hint)
            return text if text is not None else self._module(values, hint)
        if isinstance(first, Chain):
            chains = [v for v in values if isinstance(v, Chain)]
            if len(chains) < len(values) or len({(c.names, len(c.items)) for c in chains}) > 1:
                return self._module(values, hint)
            return sequential(first.names, self._chain_items(first.names, chains, hint))
        group = self._shared_class(values)
        if group is None:
            return self._module(values, hint)
        return self._new(group, [group.index[v.scope] for v in values if isinstance(v, New)], hint)

    def _chain_items(self, names: tuple[str, ...] | None, chains: Sequence[Chain], hint: str) -> list[str]:
        columns = zip(*(chain.items for chain in chains), strict=True)
        return [
            self.text(column, f"{hint}_{identifier(names[i], str(i))}" if names else hint)
            for i, column in enumerate(columns)
        ]

    def _construct(self, values: Sequence[Construct], wanted: int, hint: str) -> str | None:
        first = values[0].code
        positional = [a for a in first.arguments if a.positional]
        for value in values:
            here = [a for a in value.code.arguments if a.positional]
            if value.code.constructor != first.constructor or len(here) != len(positional):
                return None
        named = {name: [keyword(value, name) for value in values] for name in keywords(values)}
        if len(values) < wanted or any(row is None for rows in named.values() for row in rows):
            return None
        arguments = []
        for i, argument in enumerate(positional):
            vector = [value.code.arguments[i].value for value in values]
            arguments.append(self._value(vector, argument.name, hint, None))
        for name, rows in named.items():
            vector = [row.value for row in rows if row is not None]
            if name == "inplace" and not all(vector):
                continue  # one module in place and another not: neither is
            given = default(values[0], name)
            text = self._value(vector, name, hint, None if given is None else literal(given.value))
            arguments.append(f"{name}={text}")
        text = ", ".join(arguments)
        if isinstance(first, ParameterCode):
            text = first.initial.format(text)
        return f"{constructor(first)}({text})"

    def _new(self, group: Group, indices: Sequence[int], hint: str) -> str:
        arguments = []
        for parameter in group.parameters:
            vector = [parameter.values[i] for i in indices]
            inner = f"{hint}_{parameter.name}".strip("_")
            if parameter.is_module:
                text = self.text([v for v in vector if isinstance(v, (Construct, Chain, New))], inner)
                given = "nn.Identity()"
            else:
                plain = [v for v in vector if not isinstance(v, (Construct, Chain, New))]
                text = self._value(plain, parameter.name, hint, parameter.default)
                given = parameter.default or ""
            if parameter.default is None or text != given:
                arguments.append(text if parameter.positional else f"{parameter.name}={text}")
        return f"{group.name}({', '.join(arguments)})"

    def number(self, column: Sequence[tuple[str, int]]) -> str:
        """The text of a number in a method: itself, or an attribute when scopes differ in it."""
        operation = column[0][0]
        text = self._value([number for _, number in column], "", operation, None)
        if text.isdigit():
            return text
        attributes = self._group.attributes
        known = next((name for name, given in attributes.items() if given == text), None)
        if known is not None:
            return f"self.{known}"
        unit = self._group.units[0]
        taken = {*unit.children, *unit.methods, *attributes, unit.devices} | MODULE_ATTRIBUTES
        name = unique(text if text.isidentifier() else operation, taken)
        attributes[name] = text
        return f"self.{name}"

    # ---- parameters --------------------------------------------------------------------------

    def _value(self, vector: Sequence[Literal], name: str, hint: str, fallback: str | None) -> str:
        """The text of a number or other data: itself when it is the same everywhere, else a parameter."""
        texts = tuple(map(literal, vector))
        if len(set(texts)) == 1:
            return texts[0]
        parameter = self._found.get(texts) or self._known(texts, name)
        if parameter is None:
            multiple = self._multiple(vector)
            if multiple is not None:
                return multiple
            wanted = identifier(f"{hint}_{name}", name)
            parameter = self._add(wanted, vector, texts, (2, len(self._found)), positional=False)
        if fallback is not None:
            self._fallback.setdefault(parameter.name, fallback)
        return parameter.name

    def _known(self, texts: tuple[str, ...], name: str) -> Parameter | None:
        """A parameter after the block's own argument, or the input's channels, of the same values."""
        sources = (
            [self._inputs, self._arguments] if name.startswith("in_") else [self._arguments, self._inputs]
        )
        for source in sources:
            for i, (own, values) in enumerate(source.items()):
                if tuple(map(literal, values)) == texts:
                    return self._add(own, values, texts, (int(source is self._arguments), i), positional=True)
        return None

    def _multiple(self, vector: Sequence[Literal]) -> str | None:
        """The vector as a whole multiple, or a whole part, of a parameter: ``4 * width``."""
        numbers = _extents(vector)
        if numbers is None:
            return None
        for source in (self._arguments, self._inputs):
            for own, values in source.items():
                base = _extents(values)
                if base is None or len(set(base)) == 1:
                    continue
                factor, divisor = numbers[0] // base[0], base[0] // numbers[0]
                texts = tuple(map(literal, values))
                order = (int(source is self._arguments), [*source].index(own))
                if factor > 1 and all(n == factor * b for n, b in zip(numbers, base, strict=True)):
                    name = (
                        self._found.get(texts) or self._add(own, values, texts, order, positional=True)
                    ).name
                    return f"{factor} * {name}"
                if divisor > 1 and all(b == divisor * n for n, b in zip(numbers, base, strict=True)):
                    name = (
                        self._found.get(texts) or self._add(own, values, texts, order, positional=True)
                    ).name
                    return f"{name} // {divisor}"
        return None

    def _module(self, values: Sequence[Expression], hint: str) -> str:
        """A module that is made outside and passed in, since it differs in kind."""
        name = self._unused(identifier(hint, "module"))
        parameter = Parameter(name, values, (3, len(self._group.parameters)), is_module=True)
        self._group.parameters.append(parameter)
        plain = sum(isinstance(value, Construct) and value.is_identity for value in values)
        if 2 * plain < len(values):
            return name
        parameter.default = "None"
        return f"nn.Identity() if {name} is None else {name}"

    def _add(
        self,
        name: str,
        vector: Sequence[Literal],
        texts: tuple[str, ...],
        order: tuple[int, int],
        *,
        positional: bool,
    ) -> Parameter:
        parameter = Parameter(self._unused(name), vector, order, positional=positional)
        self._found[texts] = parameter
        self._group.parameters.append(parameter)
        return parameter

    def _unused(self, name: str) -> str:
        return unique(name, {parameter.name for parameter in self._group.parameters})

    def finish(self) -> None:
        """Give defaults to parameters that mostly are what torch.nn takes by itself, and order them."""
        for parameter in self._group.parameters:
            fallback = self._fallback.get(parameter.name)
            if parameter.is_module or fallback is None:
                continue
            same = sum(
                literal(v) == fallback for v in parameter.values if not isinstance(v, (Construct, Chain, New))
            )
            if 2 * same >= len(parameter.values):
                parameter.default, parameter.positional = fallback, False
        self._group.parameters.sort(key=lambda p: (p.default is not None, p.order))
        # Python takes no positional argument after one by name.
        named = False
        for parameter in self._group.parameters:
            named = named or not parameter.positional
            parameter.positional = not named


def _block_arguments(units: Sequence[Unit]) -> dict[str, list[Literal]]:
    """The arguments that all scopes of a block were called with, by name."""
    names = [n for n in units[0].scope.arguments if all(n in u.scope.arguments for u in units)]
    found: dict[str, list[Literal]] = {}
    for name in names:
        found.setdefault(identifier(name, "argument"), [u.scope.arguments[name] for u in units])
    return found


def _input_extents(shapes: Sequence[Shape | None]) -> dict[str, list[Literal]]:
    """The channels and the features of what the scopes take, where they have them."""
    found: dict[str, list[Literal]] = {}
    known = [shape for shape in shapes if shape]
    if len(known) < len(shapes):
        return found
    if all(len(shape) > 1 for shape in known):
        found["in_channels"] = [shape[0] for shape in known]
    if all(len(shape) < 3 for shape in known):
        found["in_features"] = [shape[-1] for shape in known]
    return found


def _extents(vector: Sequence[Literal]) -> list[int] | None:
    numbers = [v for v in vector if isinstance(v, int) and not isinstance(v, bool) and v > 0]
    return numbers if len(numbers) == len(vector) else None


def _type_name(value: object) -> str:
    if isinstance(value, tuple):
        return f"tuple[{', '.join(map(_type_name, value))}]" if value else "tuple[()]"
    return type(value).__name__ if value is not None else "None"
