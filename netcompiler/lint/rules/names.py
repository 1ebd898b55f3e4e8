"""Names that nothing reads, and names that hide others."""

from __future__ import annotations

from collections.abc import Iterator

from netcompiler.diagnostics import Diagnostic, Label
from netcompiler.lint.rule import file_rule
from netcompiler.lint.survey import Survey

_MEANT = "begin its name with `_`"


@file_rule("W101", "parameter is never used")
def unused_parameter(survey: Survey) -> Iterator[Diagnostic]:
    """A parameter that no line of its block, net or function reads.

    A block that is passed as a value has the parameters that those give who call such blocks.
    """
    for variable in survey.variables:
        passed = variable.block is not None and variable.block in survey.values
        wanted = variable.used or passed or variable.name.startswith("_")
        if variable.kind == "parameter" and not wanted:
            message = f"{variable.owner} never uses its parameter `{variable.name}`"
            help = f"take it out; one that callers give all the same may {_MEANT}"
            yield Diagnostic("W101", message, variable.span, help=help)


@file_rule("W105", "value is never used")
def unused_let(survey: Survey) -> Iterator[Diagnostic]:
    """A ``let`` that nothing reads."""
    for variable in survey.variables:
        if variable.kind == "let" and not variable.used and not variable.name.startswith("_"):
            where = f" in {variable.owner}" if variable.owner else ""
            help = f"take it out, or {_MEANT}"
            yield Diagnostic("W105", f"nothing{where} reads `{variable.name}`", variable.span, help=help)


@file_rule("W105", "value is never used")
def unused_name(survey: Survey) -> Iterator[Diagnostic]:
    """A name that a ``use`` takes from another file, and nothing calls."""
    for taken in survey.taken:
        if not taken.used:
            message = f"nothing in this file calls `{taken.name.name}` of `{taken.file.value}`"
            yield Diagnostic("W105", message, taken.name.span, help="take it out of the `use`")


@file_rule("W109", "name hides another one")
def hidden_name(survey: Survey) -> Iterator[Diagnostic]:
    """A variable in inner braces that has the name of one around it, in the same block, net or function."""
    for variable in survey.variables:
        if variable.hides is not None:
            message = f"`{variable.name}` hides the `{variable.name}` of the braces around it"
            labels = (Label(variable.hides.span, "hidden in the inner braces"),)
            yield Diagnostic("W109", message, variable.span, help="give it another name", labels=labels)
