"""Showing people what is wrong: colours where they can be seen, and where there is more to read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netcompiler.diagnostics import Diagnostic

_MOST = 6
"""How many codes are named at the end."""


def colored(stream: IO[Any] | None) -> bool:
    """Whether to write colours: to a terminal that has them, and not with NO_COLOR (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream is not None and stream.isatty()


def shown(diagnostics: Sequence[Diagnostic], stream: IO[Any] | None) -> str:
    """The diagnostics as text for a stream."""
    color = colored(stream)
    return "\n\n".join(diagnostic.render(color=color) for diagnostic in diagnostics)


def read_on(diagnostics: Iterable[Diagnostic]) -> str | None:
    """The line that says how to read more of what is wrong with a text; None when nothing is."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics if diagnostic.span is not None})
    if not codes:
        return None
    named = " ".join(codes[:_MOST])
    return f"for more about {'this' if len(codes) == 1 else 'these'}: netc explain {named}"
