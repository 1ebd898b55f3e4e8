"""A chunk's syntax tree, as far as its text can be understood."""

from __future__ import annotations

from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.limits import Limits
from netcompiler.parse.parser import _parser
from netcompiler.source import Source


def parse(source: Source, limits: Limits) -> tuple[syntax.File, tuple[Diagnostic, ...]]:
    """The tree of what can be understood, and what is wrong with the rest."""
    try:
        file = _parser().parse(source, "start", limits)
    except SpecError as error:
        return syntax.File((), source), error.diagnostics
    assert isinstance(file, syntax.File)
    return file, ()
