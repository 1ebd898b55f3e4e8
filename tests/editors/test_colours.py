"""What colours specs: the Pygments lexer, the TextMate grammar, the syntax file of Vim."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, _TokenType

from netcompiler import vocabulary
from netcompiler.elaborate.functions import FUNCTIONS
from netcompiler.elaborate.words import WORDS
from netcompiler.highlight import NetLexer
from netcompiler.operations.base import OPERATIONS
from netcompiler.operations.initializers import INITIALIZERS
from netcompiler.parse.kinds import KEYWORDS
from netcompiler.parse.tokens import scan
from netcompiler.source import Source
from tests.docs.blocks import PAGES, ROOT, blocks
from tests.docs.scripts import script
from tests.editors.textmate import Engine, Piece

SPECS = sorted((ROOT / "specs").glob("*.net"))
EXAMPLE = """\
use "resnet.net": bottleneck, basic
default conv(bias=false, init=kaiming_normal(mode="fan_out"))  # a word
let wide(x) = max(8, floor(x)) if x != none else 4
block unit(width, input=1) {  # netc: ignore[W101] callers give it
  residual { "conv{i}.0": conv(width, 3) -> skip: relu * 2 } skip downsample: identity
  for i in 0..3 { from in -> reuse(conv1) -> add(in.channels) }
}
"""


def test_every_word_of_the_language_is_in_one_family() -> None:
    families = [
        vocabulary.CONSTANTS,
        vocabulary.OPERATORS,
        vocabulary.DEFINING,
        vocabulary.DECLARING,
        vocabulary.STATEMENTS,
        ("in",),
    ]
    assert sorted(word for family in families for word in family) == sorted(KEYWORDS)
    assert {*vocabulary.STEPS, *vocabulary.STEP_OPERATIONS} >= WORDS.keys() | OPERATIONS.keys() - {"input"}
    assert set(vocabulary.CALLED_FUNCTIONS) == FUNCTIONS.keys()
    assert set(vocabulary.INITIALISERS) == INITIALIZERS.keys()


# ---- Pygments ------------------------------------------------------------------------------------


def _tokens(text: str) -> list[tuple[_TokenType, str]]:
    return list(NetLexer().get_tokens(text))


def _kind(text: str, word: str) -> _TokenType:
    """The kind of a word in the example."""
    start = text.index(word)
    at = 0
    for kind, value in _tokens(text):
        if at == start:
            assert value == word
            return kind
        at += len(value)
    raise AssertionError(f"no token begins where {word} does")


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_specs_have_no_errors(spec: Path) -> None:
    text = spec.read_text(encoding="utf-8")
    tokens = _tokens(text)
    assert not [value for kind, value in tokens if kind in Error]
    assert "".join(value for _, value in tokens).strip() == text.strip()


def test_examples_of_the_pages_have_no_errors() -> None:
    found = [b for page in PAGES for b in blocks(page) if b.language == "net" and "wrong" not in b.rest]
    assert len(found) > 40
    for block in found:
        assert not [value for kind, value in _tokens(block.text) if kind in Error], block


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("use", Keyword.Namespace),
        ("bottleneck", Name.Class),
        ("basic", Name.Class),
        ("default", Keyword.Declaration),
        ("conv", Name.Builtin),
        ("bias", Name.Attribute),
        ("false", Keyword.Constant),
        ("kaiming_normal", Name.Builtin),
        ("# a word", Comment.Single),
        ("wide", Name.Function),
        ("max", Name.Builtin),
        ("8", Number.Integer),
        ("if", Keyword),
        ("none", Keyword.Constant),
        ("block", Keyword.Declaration),
        ("unit", Name.Class),
        ("input", Name.Attribute),
        ("# netc: ignore[W101] callers give it", Comment.Special),
        ("residual", Keyword),
        ("{i}", String.Interpol),
        ("->", Operator),
        ("skip", Name.Label),
        ("downsample", Name.Label),
        ("reuse", Keyword.Pseudo),
        ("relu", Name.Builtin),
        ("..", Operator),
    ],
)
def test_kinds(word: str, kind: _TokenType) -> None:
    assert _kind(EXAMPLE, word) is kind


@pytest.mark.parametrize("name", sorted({*KEYWORDS, *OPERATIONS, *WORDS, *INITIALIZERS}))
def test_every_word_has_a_colour(name: str) -> None:
    (first, *_) = [kind for kind, value in _tokens(f"{name} x") if value.strip()]
    assert first is not Name


def test_unfinished_text_ends() -> None:
    for text in ('"a{', '"', '"{', 'use "a', "net", "for", '"a": "b{c}', "use", "\\", "é = ½"):
        assert "".join(value for _, value in _tokens(text)).rstrip("\n") == text


def test_pygments_finds_it() -> None:
    assert {e.value for e in entry_points(group="pygments.lexers", name="netc")} == {
        "netcompiler.highlight:NetLexer"
    }
    assert type(get_lexer_by_name("net")).__name__ == "NetLexer"
    assert type(get_lexer_for_filename("resnet.net")).__name__ == "NetLexer"


# ---- TextMate, Vim -------------------------------------------------------------------------------

make_editors = script("make_editors")


@pytest.mark.parametrize("path", make_editors.FILES, ids=lambda path: path.name)
def test_files_are_fresh(path: Path) -> None:
    fresh = path.read_text(encoding="utf-8") == make_editors.FILES[path]()
    assert fresh, "run: python docs/make_editors.py"


@cache
def _engine() -> Engine:
    return Engine(json.loads(make_editors.GRAMMAR.read_text(encoding="utf-8")))


def _pieces(text: str) -> Iterator[tuple[int, Piece]]:
    """The pieces of a text, each with the character it begins at."""
    at = 0
    for line in text.splitlines(keepends=True):
        for piece in _engine().line(line.rstrip("\n")):
            yield at, piece
            at += len(piece.text)
        at += 1


_SCOPES = {
    "COMMENT": ("comment.",),
    "STRING": ("string.", "entity.name.tag."),
    "NUMBER": ("constant.numeric.",),
    "_ARROW": ("keyword.operator.arrow.",),
}
"""What tokens of a kind are in the grammar."""


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_the_grammar_agrees_with_the_compiler(spec: Path) -> None:
    """Tokens begin where the compiler says, and are what it says."""
    text = spec.read_text(encoding="utf-8")
    scopes = {at + n: piece.scopes for at, piece in _pieces(text) for n in range(len(piece.text))}
    assert all(character.isspace() or at in scopes for at, character in enumerate(text))
    scanned = scan(Source(spec.name, text))
    words = {word.upper() for word in KEYWORDS}
    for token in (*scanned.tokens, *scanned.comments):
        found = " ".join(scopes.get(token.start, ()))
        if token.kind in _SCOPES:
            assert found.startswith(_SCOPES[token.kind]), token
        elif token.kind in words:
            assert found.startswith(("keyword", "storage", "constant.language", "variable.language")), token
        elif token.kind == "NAME" and token.text in vocabulary.STEP_OPERATIONS:
            assert re.match(r"support\.function|entity\.name|variable|$", found), token


@pytest.mark.parametrize(
    ("word", "scope"),
    [
        ("use", "keyword.control.import"),
        ("bottleneck", "entity.name.type"),
        ("kaiming_normal", "support.function.initializer"),
        ("bias", "variable.parameter"),
        ("wide", "entity.name.function"),
        ("max", "support.function.builtin"),
        ("unit", "entity.name.type.definition"),
        ("input", "variable.parameter"),
        ("netc: ignore", "keyword.other.directive"),
        ("skip", "entity.name.tag.label"),
        ("relu", "support.function.operation"),
        ("reuse", "keyword.other.step"),
        ("i}", "variable.other"),
        ("channels", "variable.other.member"),
    ],
)
def test_scopes(word: str, scope: str) -> None:
    start = EXAMPLE.index(word)
    (piece,) = [piece for at, piece in _pieces(EXAMPLE) if at <= start < at + len(piece.text)]
    assert piece.scopes[-1] == f"{scope}.netc"


def test_vim_colours_a_spec(tmp_path: Path) -> None:
    """Vim itself reads the file, where there is one."""
    vim = shutil.which("vim")
    if vim is None:
        pytest.skip("no vim")
    (tmp_path / "tiny.net").write_text("net tiny(width=1) {\n  conv1: conv(8, 3) -> relu  # word\n}\n")
    names = r"for c in range(1, 40) | let r .= synIDattr(synID(2, c, 1), 'name') . ',' | endfor"
    commands = [
        "filetype plugin on",
        "syntax on",
        "edit tiny.net",
        f"let r = '' | {names}",
        "call writefile([&filetype, &commentstring, r], 'out')",
        "qall!",
    ]
    arguments = [vim, "-N", "-u", "NONE", "-i", "NONE", "-es", "--cmd"]
    arguments.append(f"set runtimepath^={make_editors.EDITORS / 'neovim'}")
    for command in commands:
        arguments += ["-c", command]
    subprocess.run(arguments, cwd=tmp_path, timeout=20, check=False, capture_output=True)
    filetype, comment, names = (tmp_path / "out").read_text().splitlines()
    assert (filetype, comment) == ("net", "# %s")
    found = [name for name in dict.fromkeys(names.split(",")) if name]
    assert found == ["netcLabel", "netcOperation", "netcNumber", "netcArrow", "netcComment"]
