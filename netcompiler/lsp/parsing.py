"""A chunk's syntax tree, as far as its text can be understood."""

from __future__ import annotations

from netcompiler import syntax
from netcompiler.diagnostics import Diagnostic
from netcompiler.limits import Limits
from netcompiler.parse.recovery import Recovery
from netcompiler.source import Source


def parse(source: Source, limits: Limits) -> tuple[syntax.File, tuple[Diagnostic, ...]]:
    """The tree of what can be understood, and what is wrong with the rest.

    As `netcompiler.parse.recover_file`, but the spans are in this very source.
    """
    recovery = Recovery(source, limits, "start")
    return recovery.file(), tuple(recovery.diagnostics)
