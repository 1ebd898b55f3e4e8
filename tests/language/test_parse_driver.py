"""The driver against Lark: both accept the same tokens, and build the same tree with the same places."""

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from netcompiler.parse import kinds as k
from netcompiler.parse.columns import Columns
from netcompiler.parse.driver import Run
from netcompiler.parse.nodes import builder
from netcompiler.parse.tokens import scan
from netcompiler.source import Source, Span
from tests.errors.golden import goldens

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.net"))
SMALL = [place for place in SPECS if place.stat().st_size < 3000]


@cache
def lark() -> Lark:
    grammar = files("netcompiler.parse").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start=["start", "expression"],
        propagate_positions=True,
        maybe_placeholders=True,
    )


def larks(tokens: Columns, start: str = "start") -> Tree[Token] | Token | None:
    """Lark's tree; None where it accepts no such tokens."""
    parser = lark().parse_interactive("", start=start)
    last = None
    try:
        for kind, text, begin, end in zip(
            tokens.kinds[:-1], tokens.texts, tokens.starts, tokens.ends, strict=False
        ):
            last = Token(k.KINDS[kind], text, begin, 1, 1, 1, 1, end)
            parser.feed_token(last)
        tree: Tree[Token] = parser.feed_eof(last)  # type: ignore[no-untyped-call]
        return tree
    except UnexpectedInput:
        return None


def ours(source: Source, tokens: Columns, start: str = "start") -> Any:
    """Our tree; None where no such tokens are accepted."""
    run = Run(source, tokens, start)
    return run.values[-1] if run.go(0) == len(tokens.kinds) else None


def nodes_of(tree: Any, source: Source) -> Any:
    """The syntax nodes of Lark's tree."""
    if not isinstance(tree, Tree):
        return tree if tree is None else str(tree)
    children = [nodes_of(child, source) for child in tree.children]
    meta = tree.meta
    span = Span(source, 0, 0) if meta.empty else Span(source, meta.start_pos, meta.end_pos)
    return builder(tree.data)(span, *children)


def plain(node: Any) -> Any:
    """A syntax tree as tuples."""
    if isinstance(node, Span):
        return (node.start, node.end)
    if isinstance(node, Source):
        return None
    if isinstance(node, tuple):
        return tuple(plain(part) for part in node)
    if is_dataclass(node):
        return (type(node).__name__, *[plain(getattr(node, field.name)) for field in fields(node)])
    return node


def read(place: Path) -> Source:
    return Source(place.name, place.read_text(encoding="utf-8"))


@pytest.mark.parametrize("place", SPECS, ids=lambda p: p.stem)
def test_the_same_tree_with_the_same_places(place: Path) -> None:
    source = read(place)
    tokens = scan(source).columns
    assert plain(ours(source, tokens)) == plain(nodes_of(larks(tokens), source))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "net n { }",
        "net n(a, b=2,) { (a) }",
        "net n { if a { } else if b { } else { x * 3 } }",
        "net n { f[0][(1)](a, b=(c + d) * e,) { } * -2 }",
        'block b { from in -> a: c -> from x.y.z -> from "a.b" }',
        "let f(x, y) = [x for x in [1, 2,]] if not -x ** 2 .. 3 else (none).a(b)[c]",
    ],
)
def test_what_the_specs_do_not_have(text: str) -> None:
    source = Source("a.net", text)
    tokens = scan(source).columns
    assert plain(ours(source, tokens)) == plain(nodes_of(larks(tokens), source))


def mutated(tokens: Columns, chance: random.Random) -> Columns:
    """The tokens with a few changed, in a way that often stays legal."""
    rows = list(zip(tokens.kinds, tokens.texts, tokens.starts, tokens.ends, strict=True))
    for _ in range(chance.randint(1, 3)):
        at, other = chance.randrange(len(rows) - 1), chance.randrange(len(rows) - 1)
        change = chance.randrange(5)
        if change == 0:
            del rows[at]
        elif change == 1:
            rows.insert(at, (*rows[other][:2], rows[at][2], rows[at][2]))
        elif change == 2:
            rows[at] = (*rows[other][:2], *rows[at][2:])
        elif change == 3:
            rows[at], rows[at + 1 - 2 * (at == len(rows) - 2)] = (
                rows[at + 1 - 2 * (at == len(rows) - 2)],
                rows[at],
            )
        else:
            kind = chance.randrange(1, k.SPACE)
            rows[at] = (kind, k.KINDS[kind].lower(), *rows[at][2:])
        if len(rows) < 3:
            break
    return Columns(*(list(column) for column in zip(*rows, strict=True)))


@pytest.mark.parametrize("place", SMALL, ids=lambda p: p.stem)
def test_accepts_what_lark_accepts(place: Path) -> None:
    source = read(place)
    tokens = scan(source).columns
    chance = random.Random(place.stem)
    for _ in range(40):
        changed = mutated(tokens, chance)
        if k.ERROR in changed.kinds or k.MISTAKE in changed.kinds:
            continue
        assert (ours(source, changed) is None) == (larks(changed) is None)


def test_short_statements_are_accepted_as_lark_accepts_them() -> None:
    """Tokens at random, mostly illegal and sometimes not: both must happen."""
    chance = random.Random(1)
    words = [
        "a",
        "1",
        "(",
        ")",
        "[",
        "]",
        "+",
        "-",
        "*",
        "**",
        "..",
        ".",
        ",",
        "not",
        "if",
        "else",
        "==",
        "or",
    ]
    accepted = 0
    for _ in range(16_000):
        text = " ".join(chance.choice(words) for _ in range(chance.randint(1, 6)))
        source = Source("a.net", text)
        scanned = scan(source)
        if scanned.diagnostics:
            continue
        tree = larks(scanned.columns, "expression")
        found = ours(source, scanned.columns, "expression")
        assert plain(found) == plain(nodes_of(tree, source)), text
        accepted += tree is not None
    assert accepted > 200


@pytest.mark.parametrize("golden", goldens(), ids=lambda g: g.path.stem)
def test_the_examples_of_errors(golden: Any) -> None:
    source = Source(golden.path.name, golden.spec)
    tokens = scan(source, golden.limits).columns
    assert (ours(source, tokens) is None) == (larks(tokens) is None)


def test_kinds_are_the_grammars() -> None:
    names = {terminal.name for terminal in lark().terminals if not terminal.name.startswith("__")}
    assert names - {"COMMENT"} == set(k.KINDS) - {"$END", "ERROR", "SPACE", "COMMENT", "MISTAKE"}


@pytest.mark.parametrize("place", SPECS[:8], ids=lambda p: p.stem)
def test_tokens_are_larks(place: Path) -> None:
    source = read(place)
    mine = [(t.kind, t.text, t.start, t.end) for t in scan(source).tokens if t.kind != "_NEWLINE"]
    words = {word.upper() for word in k.KEYWORDS}
    his = [(t.type, str(t), t.start_pos, t.end_pos) for t in lark().lex(source.text) if t.type != "_NEWLINE"]
    assert [
        ("NAME" if a[0] == "NAME" and b[0] in words else b[0], *b[1:]) for a, b in zip(mine, his, strict=True)
    ] == mine
