"""The syntax node of each rule of the grammar.

Every function is named for its rule and gets the node's place and its children; one that is absent is None. A
token is its text.
"""

# ruff: noqa: D103, ARG001
# What each makes is said by the rule of its name and by the node.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netcompiler import syntax
from netcompiler.parse.characters import unquote
from netcompiler.source import Span

Build = Callable[..., Any]

# ---- definitions -------------------------------------------------------------------------------


def start(span: Span, *items: syntax.Item | None) -> syntax.File:
    return syntax.File(tuple(item for item in items if item is not None), span.source)


def use(span: Span, file: syntax.Constant, *names: syntax.Name) -> syntax.Use:
    return syntax.Use(file, names, span)


def block(
    span: Span, name: syntax.Name, parameters: tuple[syntax.ParameterOf, ...] | None, body: syntax.Body
) -> syntax.Definition:
    return syntax.Definition("block", name, parameters or (), body, span)


def net(
    span: Span, name: syntax.Name, parameters: tuple[syntax.ParameterOf, ...] | None, body: syntax.Body
) -> syntax.Definition:
    return syntax.Definition("net", name, parameters or (), body, span)


def variant(
    span: Span,
    name: syntax.Name,
    parameters: tuple[syntax.ParameterOf, ...] | None,
    base: syntax.Name,
    arguments: tuple[syntax.Argument, ...] | None,
) -> syntax.Variant:
    return syntax.Variant(name, parameters or (), base, arguments or (), span)


def parameters(span: Span, *items: syntax.ParameterOf | None) -> tuple[syntax.ParameterOf, ...]:
    return tuple(item for item in items if item is not None)


def parameter(span: Span, name: syntax.Name, default: syntax.Expression | None) -> syntax.ParameterOf:
    return syntax.ParameterOf(name.name, default, span)


# ---- statements --------------------------------------------------------------------------------


def body(span: Span, *statements: syntax.Statement | None) -> syntax.Body:
    return syntax.Body(tuple(s for s in statements if s is not None), span)


def let(
    span: Span,
    name: syntax.Name,
    parameters: tuple[syntax.ParameterOf, ...] | None,
    value: syntax.Expression,
) -> syntax.Let:
    return syntax.Let(name, parameters, value, span)


def default(span: Span, operation: syntax.Name, arguments: tuple[syntax.Argument, ...]) -> syntax.Default:
    return syntax.Default(operation, arguments, span)


def group(span: Span, *names: syntax.Name) -> syntax.GroupDeclaration:
    return syntax.GroupDeclaration(names, span)


def input(span: Span, name: syntax.Name, shape: syntax.Expression) -> syntax.InputDeclaration:
    return syntax.InputDeclaration(name, shape, span)


def output(
    span: Span, reference: syntax.Reference, condition: syntax.Name | None
) -> syntax.OutputDeclaration:
    return syntax.OutputDeclaration(reference, condition, span)


def chain(span: Span, *links: syntax.Step | syntax.From) -> syntax.Chain:
    return syntax.Chain(links, span)


def from_(span: Span, reference: syntax.Reference) -> syntax.From:
    return syntax.From(reference, span)


def step(
    span: Span, label: syntax.Label | None, action: syntax.Action, repeat: syntax.Expression | None
) -> syntax.Step:
    return syntax.Step(label, action, repeat, span)


def skip_step(span: Span, label: syntax.Label | None, action: syntax.Action) -> syntax.Step:
    return syntax.Step(label, action, None, span)


def label(span: Span, text: str) -> syntax.Label:
    if text[0] == '"':
        return syntax.Label(unquote(text), True, span)
    return syntax.Label(text, False, span)


def reference(span: Span, *parts: str) -> syntax.Reference:
    if parts[0].startswith('"'):
        return syntax.Reference(unquote(parts[0]), span)
    return syntax.Reference(".".join(parts), span)


# ---- steps -------------------------------------------------------------------------------------


def call(
    span: Span,
    callee: syntax.Expression,
    arguments: tuple[syntax.Argument, ...] | None,
    branches: syntax.Body | None,
) -> syntax.Call:
    return syntax.Call(callee, arguments, branches, span)


def callee(span: Span, base: syntax.Expression, *indices: syntax.Expression) -> syntax.Expression:
    for index in indices:
        base = syntax.Index(base, index, base.span.to(index.span))
    return base


def bracket(span: Span, body: syntax.Body) -> syntax.Bracket:
    return syntax.Bracket(body, span)


def residual(span: Span, body: syntax.Body, skip: syntax.Step | None) -> syntax.Residual:
    return syntax.Residual(body, skip, span)


def on(span: Span, group: syntax.Name, body: syntax.Body) -> syntax.On:
    return syntax.On(group, body, span)


def columns(span: Span, *parts: Any) -> syntax.Columns:
    return syntax.Columns(parts[:-1], parts[-1], span)


def if_(
    span: Span, test: syntax.Expression, then: syntax.Body, otherwise: syntax.Body | syntax.If | None
) -> syntax.If:
    return syntax.If(test, then, otherwise, span)


def for_(span: Span, variable: syntax.Name, iterable: syntax.Expression, body: syntax.Body) -> syntax.For:
    return syntax.For(variable, iterable, body, span)


# ---- expressions -------------------------------------------------------------------------------


def conditional(
    span: Span, then: syntax.Expression, test: syntax.Expression, otherwise: syntax.Expression
) -> syntax.Conditional:
    return syntax.Conditional(then, test, otherwise, span)


def or_test(span: Span, *operands: syntax.Expression) -> syntax.Logical:
    return syntax.Logical("or", operands, span)


def and_test(span: Span, *operands: syntax.Expression) -> syntax.Logical:
    return syntax.Logical("and", operands, span)


def unary(span: Span, operator: str, operand: syntax.Expression) -> syntax.Unary:
    return syntax.Unary(operator, operand, span)


def binary(span: Span, first: syntax.Expression, *rest: Any) -> syntax.Binary:
    return syntax.Binary(first, tuple(zip(rest[::2], rest[1::2], strict=True)), span)


def range_of(span: Span, start: syntax.Expression, stop: syntax.Expression) -> syntax.RangeOf:
    return syntax.RangeOf(start, stop, span)


def index(span: Span, base: syntax.Expression, index: syntax.Expression) -> syntax.Index:
    return syntax.Index(base, index, span)


def attribute(span: Span, base: syntax.Expression, name: str) -> syntax.Attribute:
    return syntax.Attribute(base, name, span)


def call_of(span: Span, callee: syntax.Expression, arguments: tuple[syntax.Argument, ...]) -> syntax.CallOf:
    return syntax.CallOf(callee, arguments, span)


def list_(span: Span, *items: syntax.Expression | None) -> syntax.ListOf:
    return syntax.ListOf(tuple(item for item in items if item is not None), span)


def list_for(
    span: Span, item: syntax.Expression, name: syntax.Name, items: syntax.Expression
) -> syntax.ListFor:
    return syntax.ListFor(item, name, items, span)


def arguments(span: Span, *items: syntax.Argument | None) -> tuple[syntax.Argument, ...]:
    return tuple(item for item in items if item is not None)


def argument(span: Span, name: str | None, value: syntax.Expression) -> syntax.Argument:
    return syntax.Argument(name, value, span)


def name(span: Span, text: str) -> syntax.Name:
    return syntax.Name(text, span)


def in_name(span: Span, text: str) -> syntax.Name:
    return syntax.Name("in", span)


def number(span: Span, text: str) -> syntax.Constant:
    return syntax.Constant(int(text) if text.isdecimal() else float(text), span)


def string(span: Span, text: str) -> syntax.Constant:
    return syntax.Constant(unquote(text), span)


def true(span: Span, text: str) -> syntax.Constant:
    return syntax.Constant(True, span)


def false(span: Span, text: str) -> syntax.Constant:
    return syntax.Constant(False, span)


def none(span: Span, text: str) -> syntax.Constant:
    return syntax.Constant(None, span)


def builder(rule: str) -> Build:
    """The function of a rule: that of its name, with a ``_`` after it where Python has the name itself."""
    if rule in ("comparison", "sum", "product"):
        return binary
    build: Build = globals()[f"{rule}_" if rule in ("from", "if", "for", "list") else rule]
    return build
