"""Specs, as careless as can be written: blanks, line ends and comments wherever the language allows them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from random import Random

from netcompiler.limits import DEFAULT_LIMITS
from netcompiler.parse import parse_file
from netcompiler.parse.tokens import Token, scan
from netcompiler.source import Source, Span

_FREE_AFTER = {"LBRACE", "_ARROW", "COMMA", "EQUAL", "COLON", "ELSE"}
_FREE_BEFORE = {"RBRACE", "_ARROW", "ELSE", "SKIP"}


def tree(text: str) -> object:
    """The syntax tree, without places."""
    return _plain(parse_file(Source("a.net", text)).items)


def _plain(node: object) -> object:
    if isinstance(node, tuple):
        return tuple(_plain(part) for part in node)
    if isinstance(node, Span):
        return None
    if is_dataclass(node):
        return (type(node).__name__, *(_plain(getattr(node, f.name)) for f in fields(node)))
    return node


def comments(text: str) -> list[str]:
    """All comments, in order."""
    return [comment.text.rstrip() for comment in scan(Source("a.net", text), DEFAULT_LIMITS).comments]


def mangled(text: str, seed: int, *, density: float) -> str:
    """The same spec, written otherwise; ``density`` of the places where a line may end have one."""
    random = Random(seed)
    tokens = scan(Source("a.net", text), DEFAULT_LIMITS).tokens
    parts = [_gap(random, must=False, may=True, density=density)]
    brackets: list[str] = []
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.kind == "_NEWLINE":
            parts.append(_gap(random, must=True, may=True, density=density))
            continue
        parts.append(token.text)
        if token.kind in ("LPAR", "LSQB", "LBRACE"):
            brackets.append(token.kind)
        elif token.kind in ("RPAR", "RSQB", "RBRACE"):
            brackets.pop()
        if after is None or after.kind != "_NEWLINE":
            inside = bool(brackets) and brackets[-1] != "LBRACE"
            may = inside or after is None or token.kind in _FREE_AFTER or after.kind in _FREE_BEFORE
            gap = _gap(random, must=False, may=may, density=density)
            parts.append(gap or (" " if _sticks(token, after) else ""))
    return "".join(parts)


def _sticks(token: Token, after: Token | None) -> bool:
    """Whether two tokens are another one without a blank between them."""
    if after is None:
        return False
    both = token.text[-1] + after.text[0]
    return both.replace("_", "a").isalnum() or both in ("**", "//", "->", "..", "==")


def _gap(random: Random, *, must: bool, may: bool, density: float) -> str:
    if not must and (not may or random.random() > density):
        return " " * random.choice((0, 0, 1, 1, 2, 5)) + "\t" * (random.random() < 0.05)
    lines = [_comment(random) if random.random() < density else " " * random.randrange(3)]
    while random.random() < 0.3:
        lines.append(" " * random.randrange(9) + _comment(random) if random.random() < density else "")
    end = random.choice(("\n", "\n", "\n", "\r\n"))
    return end.join(lines) + end + " " * random.randrange(9)


def _comment(random: Random) -> str:
    return f" # {random.choice(('why', 'what', 'netc: ignore[W101]', 'x' * 90))} {random.randrange(10**6)}"
