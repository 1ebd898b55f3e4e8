"""The parser: Lark's LALR tables, built once and kept in the user's cache folder."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock

from lark import Lark
from lark.exceptions import UnexpectedInput, VisitError

from netcompiler import syntax
from netcompiler.diagnostics import SpecError
from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.parse.build import Builder
from netcompiler.parse.lark_tokens import TokenFilter
from netcompiler.parse.messages import explain
from netcompiler.source import Source


def parse_file(source: Source, limits: Limits = DEFAULT_LIMITS) -> syntax.File:
    """The syntax tree of a whole file. Raises SpecError for text that is not in the language."""
    return _file(source.name, source.text, source.path, source.root, limits)


# A file is often read several times in a row, for one net after another.
@lru_cache(maxsize=8)
def _file(name: str, text: str, path: Path | None, root: Path | None, limits: Limits) -> syntax.File:
    tree = _parser().parse(Source(name, text, path, root), "start", limits)
    assert isinstance(tree, syntax.File)
    return tree


def forget() -> None:
    """Parse every file anew from here on, for what measures the parser."""
    _file.cache_clear()


def parse_expression(source: Source, limits: Limits = DEFAULT_LIMITS) -> syntax.Expression:
    """The syntax tree of one expression. Raises SpecError for text that is none."""
    tree = _parser().parse(source, "expression", limits)
    assert not isinstance(tree, syntax.File)
    return tree


class _Parser:
    """Lark with our token filter; one source at a time."""

    def __init__(self) -> None:
        self.tokens = TokenFilter()
        self.lark = _lark(self.tokens)
        self.lock = Lock()

    def parse(self, source: Source, start: str, limits: Limits) -> syntax.File | syntax.Expression:
        with self.lock:
            self.tokens.begin(source, limits)
            try:
                tree = self.lark.parse(source.text, start=start)
            except UnexpectedInput as error:
                raise SpecError([explain(error, source, self.tokens)]) from None
        try:
            return Builder(source, limits.text).transform(tree)
        except VisitError as error:
            raise error.orig_exc from None


@cache
def _parser() -> _Parser:
    return _Parser()


def _lark(tokens: TokenFilter) -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")

    def make(store: str | bool) -> Lark:
        return Lark(
            grammar,
            parser="lalr",
            lexer="basic",
            start=["start", "expression"],
            propagate_positions=True,
            maybe_placeholders=True,
            postlex=tokens,
            cache=store,
        )

    folder = _cache_folder()
    if folder is not None:
        try:
            return make(str(folder / "grammar.bin"))
        except OSError:
            # A full disk or a folder that is not ours costs 60 ms, nothing else.
            pass
    return make(False)


def _cache_folder() -> Path | None:
    """A folder of the user's own: tables are unpickled from it, so it must never be a shared one."""
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("netcompiler")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = folder.stat()
    except (OSError, RuntimeError):
        return None
    if hasattr(os, "geteuid") and (info.st_uid != os.geteuid() or info.st_mode & 0o022):
        return None
    return folder
