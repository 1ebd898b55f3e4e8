"""A ``default`` that fills in nothing."""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler.diagnostics import Diagnostic
from netcompiler.lint.rule import file_rule
from netcompiler.lint.survey import Survey


@file_rule("W108", "`default` that no step uses")
def unused_default(survey: Survey) -> Iterator[Diagnostic]:
    """A ``default`` after which its braces, or its file, have no step of its operation.

    A step that calls a parameter may run any operation, and counts.
    """
    for line in survey.defaults:
        if not line.used:
            name = line.statement.operation.name
            message = f"no step after this `default` is a `{name}`"
            help = f"a default holds for each `{name}` that is written after it in the same braces"
            yield Diagnostic("W108", message, line.statement.span, help=help)
