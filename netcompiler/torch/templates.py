"""Expressions with holes for their operands, as operations declare them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_HOLE = re.compile(r"\{(\d+|\*)\}")
_NUMBER = re.compile(r"(?<![\w.{])(?<!\de-)\d+(?![\w.}])")
_OPEN, _MIDDLE, _CLOSE = "\0", "\1", "\2"
_MARK = re.compile(f"{_OPEN}(\\w+){_MIDDLE}(\\d+){_CLOSE}")
_NODES = (
    ast.Expression,
    ast.Call,
    ast.keyword,
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Subscript,
    ast.Slice,
    ast.UnaryOp,
    ast.BinOp,
    ast.Compare,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
    ast.expr_context,
)


def fill(template: str, operands: Sequence[str], name: str) -> str:
    """The expression for these operands: each a name or a call.

    Its whole numbers are marked with `name`, so that scopes that differ in them can share a method.

    Raises:
        ValueError: the template holds more than calls, operators and plain data.
    """
    if _check(template):
        raise ValueError(f"{template!r} is no expression of torch and plain data")
    marked = _NUMBER.sub(lambda m: f"{_OPEN}{name}{_MIDDLE}{m[0]}{_CLOSE}", template)
    return _HOLE.sub(lambda m: ", ".join(operands) if m[1] == "*" else operands[int(m[1])], marked)


def marks(line: str) -> list[tuple[str, int]]:
    """The marked numbers of a line, with the names they were marked with."""
    return [(m[1], int(m[2])) for m in _MARK.finditer(line)]


def blank(line: str) -> str:
    """A line without its marked numbers; equal for lines that differ in nothing else."""
    return _MARK.sub(_OPEN, line)


def unmark(line: str, texts: Iterator[str]) -> str:
    """A line with texts for its marked numbers."""
    return _MARK.sub(lambda _: next(texts), line)


@lru_cache(maxsize=4096)
def is_call(template: str) -> bool:
    """True when the expression is a call, which can be an operand of any other expression."""
    return isinstance(_parse(template).body, ast.Call)


def _parse(template: str) -> ast.Expression:
    return ast.parse(_HOLE.sub(lambda m: "_0" if m[1] == "*" else f"_{m[1]}", template), mode="eval")


@lru_cache(maxsize=4096)
def _check(template: str) -> bool:
    """Whether something is wrong with a template."""
    target, _, expression = template.rpartition(" += ")
    if target and not _HOLE.fullmatch(target):
        return True
    return any(
        not isinstance(node, _NODES)
        or (isinstance(node, ast.Name) and not re.fullmatch(r"torch|nn|_\d+", node.id))
        or (isinstance(node, ast.Attribute) and node.attr.startswith("_"))
        for node in ast.walk(_parse(expression))
    )
