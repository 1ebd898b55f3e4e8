"""The one form of a spec's text."""

from __future__ import annotations

from netcompiler.format.align import align, comments
from netcompiler.format.layout import write
from netcompiler.format.leaves import leaves
from netcompiler.format.paragraphs import partings
from netcompiler.format.spacing import space
from netcompiler.format.tree import build
from netcompiler.limits import DEFAULT_LIMITS, Limits
from netcompiler.parse import parse_file
from netcompiler.source import Source

__all__ = ["format_source"]


def format_source(source: Source, limits: Limits = DEFAULT_LIMITS) -> str:
    """A text in its one form. Raises SpecError for a text with syntax errors.

    Nothing but blanks, line ends, commas before a closing bracket and the places of comments changes.
    """
    parse_file(source, limits)
    text, final = _form(source, limits)
    while not final:
        # Each empty line that is put in leaves fewer places where one may not be.
        before = text
        text, final = _form(Source(source.name, text), limits)
        final = final or text == before
    return text


def _form(source: Source, limits: Limits) -> tuple[str, bool]:
    """A text in its form, and whether empty lines stand everywhere that they may."""
    found = leaves(source, limits)
    space(found)
    may_part = partings(found)
    lines = write(build(found), may_part)
    align(lines)
    comments(lines)
    return "".join(f"\n{line}\n" if line.blank else f"{line}\n" for line in lines), all(may_part)
