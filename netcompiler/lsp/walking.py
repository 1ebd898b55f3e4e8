"""What nodes of the syntax tree are made of."""

from __future__ import annotations

from netcompiler import syntax

Expression = syntax.Expression | syntax.ListFor
"""All expressions, lists made by a rule included."""


def bodies_of(action: syntax.Action) -> list[syntax.Body]:
    """The braces straight in an action."""
    match action:
        case syntax.Call():
            return [] if action.branches is None else [action.branches]
        case syntax.If():
            bodies = [action.then]
            while isinstance(action.otherwise, syntax.If):
                action = action.otherwise
                bodies.append(action.then)
            return bodies if action.otherwise is None else [*bodies, action.otherwise]
        case _:
            return [action.body]


def parts_of(node: Expression) -> list[syntax.Expression]:
    """The expressions that one is made of."""
    match node:
        case syntax.ListOf():
            return list(node.items)
        case syntax.Index():
            return [node.base, node.index]
        case syntax.Unary():
            return [node.operand]
        case syntax.Binary():
            return [node.first, *(expression for _, expression in node.rest)]
        case syntax.Logical():
            return list(node.operands)
        case syntax.Conditional():
            return [node.then, node.test, node.otherwise]
        case syntax.RangeOf():
            return [node.start, node.stop]
        case _:
            return []
