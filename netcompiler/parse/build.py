"""From Lark's tree to the syntax tree, without recursion, so that deep nesting is harmless."""

from __future__ import annotations

from typing import Any

from lark import Token, v_args
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.parse.lark_tokens import token_span
from netcompiler.source import Source, Span

Children = list[Any]
"""What the rules of a node's parts have given."""

_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def _unquote(token: Token, span: Span, limit: int) -> str:
    """The text of a string literal. Raises SpecError for an escape that the language does not have."""
    inner = str(token)[1:-1]
    if len(inner) > limit:
        raise SpecError([Diagnostic("E217", f"string is longer than {limit:,} characters", span)])
    if "\\" not in inner:
        return inner
    parts = []
    position = 0
    while position < len(inner):
        character = inner[position]
        if character == "\\":
            position += 1
            escape = inner[position]
            if escape not in _ESCAPES:
                known = ", ".join(f"\\{e}" for e in _ESCAPES)
                raise SpecError(
                    [
                        Diagnostic(
                            "E106", f"`\\{escape}` is no escape in a string", span, help=f"there are {known}"
                        )
                    ]
                )
            character = _ESCAPES[escape]
        parts.append(character)
        position += 1
    return "".join(parts)


@v_args(meta=True)
class Builder(Transformer_NonRecursive[Token, syntax.File | syntax.Expression]):
    """One method a rule of the grammar; children of absent optional parts are None."""

    def __init__(self, source: Source, text_limit: int) -> None:
        super().__init__()
        self.source = source
        self.text_limit = text_limit

    def _span(self, meta: Meta) -> Span:
        if meta.empty:
            return Span(self.source, 0, 0)
        return Span(self.source, meta.start_pos, meta.end_pos)

    # ---- definitions

    def start(self, meta: Meta, children: Children) -> syntax.File:
        return syntax.File(tuple(c for c in children if c is not None), self.source)

    def use(self, meta: Meta, children: Children) -> syntax.Use:
        return syntax.Use(children[0], tuple(children[1:]), self._span(meta))

    def block(self, meta: Meta, children: Children) -> syntax.Definition:
        name, parameters, body = children
        return syntax.Definition("block", name, parameters or (), body, self._span(meta))

    def net(self, meta: Meta, children: Children) -> syntax.Definition:
        name, parameters, body = children
        return syntax.Definition("net", name, parameters or (), body, self._span(meta))

    def variant(self, meta: Meta, children: Children) -> syntax.Variant:
        name, parameters, base, arguments = children
        return syntax.Variant(name, parameters or (), base, arguments or (), self._span(meta))

    def parameters(self, meta: Meta, children: Children) -> tuple[syntax.ParameterOf, ...]:
        return tuple(c for c in children if c is not None)

    def parameter(self, meta: Meta, children: Children) -> syntax.ParameterOf:
        return syntax.ParameterOf(children[0].name, children[1], self._span(meta))

    # ---- statements

    def body(self, meta: Meta, children: Children) -> syntax.Body:
        return syntax.Body(tuple(c for c in children if c is not None), self._span(meta))

    def let(self, meta: Meta, children: Children) -> syntax.Let:
        name, parameters, value = children
        return syntax.Let(name, parameters, value, self._span(meta))

    def default(self, meta: Meta, children: Children) -> syntax.Default:
        return syntax.Default(children[0], children[1], self._span(meta))

    def group(self, meta: Meta, children: Children) -> syntax.GroupDeclaration:
        return syntax.GroupDeclaration(tuple(children), self._span(meta))

    def input(self, meta: Meta, children: Children) -> syntax.InputDeclaration:
        return syntax.InputDeclaration(children[0], children[1], self._span(meta))

    def output(self, meta: Meta, children: Children) -> syntax.OutputDeclaration:
        return syntax.OutputDeclaration(children[0], children[1], self._span(meta))

    def chain(self, meta: Meta, children: Children) -> syntax.Chain:
        return syntax.Chain(tuple(children), self._span(meta))

    def from_(self, meta: Meta, children: Children) -> syntax.From:
        return syntax.From(children[0], self._span(meta))

    def step(self, meta: Meta, children: Children) -> syntax.Step:
        label, action, repeat = children
        return syntax.Step(label, action, repeat, self._span(meta))

    def skip_step(self, meta: Meta, children: Children) -> syntax.Step:
        label, action = children
        return syntax.Step(label, action, None, self._span(meta))

    def label(self, meta: Meta, children: Children) -> syntax.Label:
        (token,) = children
        span = token_span(self.source, token)
        if token.type == "STRING":
            return syntax.Label(_unquote(token, span, self.text_limit), True, span)
        return syntax.Label(str(token), False, span)

    def reference(self, meta: Meta, children: Children) -> syntax.Reference:
        span = self._span(meta)
        if children[0].type == "STRING":
            return syntax.Reference(_unquote(children[0], span, self.text_limit), span)
        return syntax.Reference(".".join(map(str, children)), span)

    # ---- steps

    def call(self, meta: Meta, children: Children) -> syntax.Call:
        callee, arguments, branches = children
        return syntax.Call(callee, arguments, branches, self._span(meta))

    def callee(self, meta: Meta, children: Children) -> syntax.Expression:
        base: syntax.Expression = children[0]
        for index in children[1:]:
            base = syntax.Index(base, index, base.span.to(index.span))
        return base

    def bracket(self, meta: Meta, children: Children) -> syntax.Bracket:
        return syntax.Bracket(children[0], self._span(meta))

    def residual(self, meta: Meta, children: Children) -> syntax.Residual:
        return syntax.Residual(children[0], children[1], self._span(meta))

    def on(self, meta: Meta, children: Children) -> syntax.On:
        return syntax.On(children[0], children[1], self._span(meta))

    def columns(self, meta: Meta, children: Children) -> syntax.Columns:
        return syntax.Columns(tuple(children[:-1]), children[-1], self._span(meta))

    def if_(self, meta: Meta, children: Children) -> syntax.If:
        test, then, otherwise = children
        return syntax.If(test, then, otherwise, self._span(meta))

    def for_(self, meta: Meta, children: Children) -> syntax.For:
        variable, iterable, body = children
        return syntax.For(variable, iterable, body, self._span(meta))

    # ---- expressions

    def conditional(self, meta: Meta, children: Children) -> syntax.Conditional:
        then, test, otherwise = children
        return syntax.Conditional(then, test, otherwise, self._span(meta))

    def or_test(self, meta: Meta, children: Children) -> syntax.Logical:
        return syntax.Logical("or", tuple(children), self._span(meta))

    def and_test(self, meta: Meta, children: Children) -> syntax.Logical:
        return syntax.Logical("and", tuple(children), self._span(meta))

    def unary(self, meta: Meta, children: Children) -> syntax.Unary:
        return syntax.Unary(str(children[0]), children[1], self._span(meta))

    def binary(self, meta: Meta, children: Children) -> syntax.Binary:
        first, *rest = children
        pairs = tuple((str(rest[i]), rest[i + 1]) for i in range(0, len(rest), 2))
        return syntax.Binary(first, pairs, self._span(meta))

    comparison = sum = product = binary

    def range_of(self, meta: Meta, children: Children) -> syntax.RangeOf:
        start, stop = children
        return syntax.RangeOf(start, stop, self._span(meta))

    def index(self, meta: Meta, children: Children) -> syntax.Index:
        base, index = children
        return syntax.Index(base, index, self._span(meta))

    def attribute(self, meta: Meta, children: Children) -> syntax.Attribute:
        return syntax.Attribute(children[0], str(children[1]), self._span(meta))

    def call_of(self, meta: Meta, children: Children) -> syntax.CallOf:
        callee, arguments = children
        return syntax.CallOf(callee, arguments, self._span(meta))

    def list(self, meta: Meta, children: Children) -> syntax.ListOf:
        return syntax.ListOf(tuple(c for c in children if c is not None), self._span(meta))

    def list_for(self, meta: Meta, children: Children) -> syntax.ListFor:
        item, name, items = children
        return syntax.ListFor(item, name, items, self._span(meta))

    def arguments(self, meta: Meta, children: Children) -> tuple[syntax.Argument, ...]:
        return tuple(c for c in children if c is not None)

    def argument(self, meta: Meta, children: Children) -> syntax.Argument:
        name, value = children
        return syntax.Argument(None if name is None else str(name), value, self._span(meta))

    def name(self, meta: Meta, children: Children) -> syntax.Name:
        return syntax.Name(str(children[0]), self._span(meta))

    def in_name(self, meta: Meta, children: Children) -> syntax.Name:
        return syntax.Name("in", self._span(meta))

    def number(self, meta: Meta, children: Children) -> syntax.Constant:
        text = str(children[0])
        value: int | float = int(text) if text.isdecimal() else float(text)
        return syntax.Constant(value, self._span(meta))

    def string(self, meta: Meta, children: Children) -> syntax.Constant:
        span = self._span(meta)
        return syntax.Constant(_unquote(children[0], span, self.text_limit), span)

    def true(self, meta: Meta, children: Children) -> syntax.Constant:
        return syntax.Constant(True, self._span(meta))

    def false(self, meta: Meta, children: Children) -> syntax.Constant:
        return syntax.Constant(False, self._span(meta))

    def none(self, meta: Meta, children: Children) -> syntax.Constant:
        return syntax.Constant(None, self._span(meta))


# Rules whose names are Python keywords.
for _rule in ("from", "if", "for"):
    setattr(Builder, _rule, getattr(Builder, f"{_rule}_"))
