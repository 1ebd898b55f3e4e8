"""The syntax tree: what a spec says, before names and shapes mean anything. Every node has its place."""

from __future__ import annotations

from netcompiler.record import record
from netcompiler.source import Source, Span

# ---- expressions -------------------------------------------------------------------------------


@record()
class Constant:
    """A number, string, ``true``, ``false`` or ``none``."""

    value: int | float | str | bool | None
    span: Span


@record()
class Name:
    """A name; ``in`` is one as well."""

    name: str
    span: Span


@record()
class ListOf:
    """``[a, b, c]``"""

    items: tuple[Expression, ...]
    span: Span


@record()
class ListFor:
    """``[item for name in items]``"""

    item: Expression
    name: Name
    items: Expression
    span: Span


@record()
class Index:
    """``base[index]``"""

    base: Expression
    index: Expression
    span: Span


@record()
class Attribute:
    """``base.name``"""

    base: Expression
    name: str
    span: Span


@record()
class CallOf:
    """``callee(arguments)`` where a value is expected."""

    callee: Expression
    arguments: tuple[Argument, ...]
    span: Span


@record()
class Unary:
    """``-x``, ``+x``, ``not x``"""

    operator: str
    operand: Expression
    span: Span


@record()
class Binary:
    """Operators of one precedence, left to right: ``a + b - c``. Flat, so that a long sum nests nothing."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    span: Span


@record()
class Logical:
    """``a and b and c`` or ``a or b or c``"""

    operator: str
    operands: tuple[Expression, ...]
    span: Span


@record()
class Conditional:
    """``a if test else b``"""

    then: Expression
    test: Expression
    otherwise: Expression
    span: Span


@record()
class RangeOf:
    """``start..stop``: whole numbers, the stop left out."""

    start: Expression
    stop: Expression
    span: Span


Expression = (
    Constant | Name | ListOf | Index | Attribute | CallOf | Unary | Binary | Logical | Conditional | RangeOf
)


@record()
class Argument:
    """``value`` or ``name=value``."""

    name: str | None
    value: Expression
    span: Span


# ---- steps -------------------------------------------------------------------------------------


@record()
class Label:
    """The name in ``name: step``. ``text`` may hold ``{variable}`` parts when it was quoted."""

    text: str
    quoted: bool
    span: Span


@record()
class Reference:
    """The name of a value: ``a``, ``a.b``, ``"a.0.b"`` or ``in``."""

    text: str
    span: Span


@record()
class Body:
    """``{ … }``"""

    statements: tuple[Statement, ...]
    span: Span


@record()
class Call:
    """An operation, block or net as a step, with branches when it is a merge: ``concat(dim=2) { … }``.

    ``arguments`` is None when there are no parentheses.
    """

    callee: Expression
    arguments: tuple[Argument, ...] | None
    branches: Body | None
    span: Span


@record()
class Bracket:
    """A ``{ … }`` group as a step."""

    body: Body
    span: Span


@record()
class Residual:
    """``residual { … } skip step``"""

    body: Body
    skip: Step | None
    span: Span


@record()
class On:
    """``on group { … }``"""

    group: Name
    body: Body
    span: Span


@record()
class Columns:
    """``columns a, b { … }``"""

    groups: tuple[Name, ...]
    body: Body
    span: Span


@record()
class If:
    """``if test { … } else { … }``; ``otherwise`` is an `If` for ``else if``."""

    test: Expression
    then: Body
    otherwise: Body | If | None
    span: Span


@record()
class For:
    """``for name in range { … }``"""

    variable: Name
    iterable: Expression
    body: Body
    span: Span


Action = Call | Bracket | Residual | On | Columns | If | For


@record()
class Step:
    """``label: action * repeat``"""

    label: Label | None
    action: Action
    repeat: Expression | None
    span: Span


@record()
class From:
    """``from name``: the value a chain goes on with."""

    reference: Reference
    span: Span


@record()
class Chain:
    """``link -> link -> …``"""

    links: tuple[Step | From, ...]
    span: Span


# ---- other statements --------------------------------------------------------------------------


@record()
class Let:
    """``let name = value``; with parameters, which are None otherwise, ``let name(parameters) = value``."""

    name: Name
    parameters: tuple[ParameterOf, ...] | None
    value: Expression
    span: Span


@record()
class Default:
    """``default operation(argument=value, …)``"""

    operation: Name
    arguments: tuple[Argument, ...]
    span: Span


@record()
class GroupDeclaration:
    """``group a, b``"""

    names: tuple[Name, ...]
    span: Span


@record()
class InputDeclaration:
    """``input name [3, 224, 224]``"""

    name: Name
    shape: Expression
    span: Span


@record()
class OutputDeclaration:
    """``output name`` or ``output name if training``; ``condition`` is the word after ``if``."""

    reference: Reference
    condition: Name | None
    span: Span


Statement = Chain | Let | Default | GroupDeclaration | InputDeclaration | OutputDeclaration


# ---- definitions -------------------------------------------------------------------------------


@record()
class ParameterOf:
    """A parameter of a block or net; ``default`` is None when it must be given."""

    name: str
    default: Expression | None
    span: Span


@record()
class Definition:
    """``block name(parameters) { … }`` or ``net …``; ``kind`` is the word it begins with."""

    kind: str
    name: Name
    parameters: tuple[ParameterOf, ...]
    body: Body
    span: Span


@record()
class Variant:
    """``net name(parameters) = base(arguments)``"""

    name: Name
    parameters: tuple[ParameterOf, ...]
    base: Name
    arguments: tuple[Argument, ...]
    span: Span


@record()
class Use:
    """``use "file.net": a, b``"""

    file: Constant
    names: tuple[Name, ...]
    span: Span


Item = Use | Default | Let | Definition | Variant


@record()
class File:
    """A whole file."""

    items: tuple[Item, ...]
    source: Source
