"""Matching arguments with parameters: of operations and initialisers here, of blocks in blocks.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from netcompiler.diagnostics import suggest
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import UNKNOWN, Given, kind_of, text_of
from netcompiler.operations.base import ArgumentValue, Parameter, Required
from netcompiler.source import Span


def match_arguments(
    session: Session, what: str, names: Sequence[str], given: Iterable[Given], span: Span
) -> dict[str, Given]:
    """Arguments by parameter name; what does not fit is reported and left out.

    A later argument of the same name replaces an earlier one that came from another place (a partial
    call's), and is an error within one call.
    """
    matched: dict[str, Given] = {}
    position = 0
    for argument in given:
        place = argument.span or span
        if argument.name is None:
            # Positional arguments of a later call go on where names already given leave room.
            while position < len(names) and names[position] in matched:
                position += 1
            if position >= len(names):
                count = f"{len(names) or 'no'} argument" + ("s" if len(names) != 1 else "")
                listed = f": {', '.join(names)}" if names else ""
                session.error("E202", f"{what} has {count}{listed}; this is one more", place)
                continue
            matched[names[position]] = argument
            position += 1
        elif argument.name not in names:
            hint = suggest(argument.name, names) or (f"it has {', '.join(names)}" if names else "it has none")
            session.error("E202", f"{what} has no argument `{argument.name}`", place, help=hint)
        else:
            earlier = matched.get(argument.name)
            if earlier is not None and earlier.call is not None and earlier.call is argument.call:
                session.error("E206", f"{what} is given `{argument.name}` twice", place)
            matched[argument.name] = argument
    return matched


def bind_parameters(
    session: Session,
    name: str,
    parameters: Sequence[Parameter],
    given: Iterable[Given],
    defaults: Mapping[str, Given],
    *,
    span: Span,
) -> dict[str, ArgumentValue] | None:
    """Every parameter's value, checked: given, else by ``default``, else the declaration's.

    None when something is missing, wrong or unknown; it has been reported then.
    """
    what = f"`{name}`"
    names = [p.name for p in parameters]
    matched = match_arguments(session, what, names, given, span)
    values: dict[str, ArgumentValue] = {}
    complete = True
    for parameter in parameters:
        argument = matched.get(parameter.name) or defaults.get(parameter.name)
        if argument is None:
            if isinstance(parameter.default, Required):
                required = ", ".join(p.name for p in parameters if isinstance(p.default, Required))
                message = f"{what} needs `{parameter.name}`, {parameter.type.expects}"
                session.error("E203", message, span, help=f"it is written `{name}({required})`")
                complete = False
            else:
                values[parameter.name] = parameter.default
            continue
        if argument.value is UNKNOWN:
            complete = False
            continue
        try:
            values[parameter.name] = parameter.type.accept(argument.value)
        except ValueError as error:
            shown = text_of(argument.value) if kind_of(argument.value) != "an unknown value" else "this"
            message = f"{name}: `{parameter.name}` is {error}; this is {shown}"
            session.error("E205", message, argument.span or span)
            complete = False
    return values if complete else None
