"""Text to syntax tree."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.parse.recovery import Recovery
from netcompiler.source import Source


def parse_file(source: Source, limits: Limits = DEFAULT_LIMITS) -> syntax.File:
    """The syntax tree of a whole file. Raises SpecError, with all its mistakes, for text that is none."""
    tree, found = _file(source.name, source.text, source.path, source.root, limits)
    if found:
        raise SpecError(found)
    return tree


def recover_file(
    source: Source, limits: Limits = DEFAULT_LIMITS
) -> tuple[syntax.File, tuple[Diagnostic, ...]]:
    """The syntax tree of what can be understood of a file, and what is wrong with the rest.

    Statements and definitions that cannot be understood are left out of the tree.
    """
    return _file(source.name, source.text, source.path, source.root, limits)


# A file is often read several times in a row, for one net after another.
@lru_cache(maxsize=8)
def _file(
    name: str, text: str, path: Path | None, root: Path | None, limits: Limits
) -> tuple[syntax.File, tuple[Diagnostic, ...]]:
    recovery = Recovery(Source(name, text, path, root), limits, "start")
    return recovery.file(), recovery.diagnostics


def forget() -> None:
    """Parse every file anew from here on, for what measures the parser."""
    _file.cache_clear()


def parse_expression(source: Source, limits: Limits = DEFAULT_LIMITS) -> syntax.Expression:
    """The syntax tree of one expression. Raises SpecError for text that is none."""
    recovery = Recovery(source, limits, "expression")
    tree = recovery.expression()
    if tree is None or recovery.diagnostics:
        raise SpecError(recovery.diagnostics)
    return tree
