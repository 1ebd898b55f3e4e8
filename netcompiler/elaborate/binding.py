"""Matching arguments with parameters: of operations and initialisers here, of blocks in blocks.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from netcompiler.diagnostics import Label
from netcompiler.elaborate.argument_hints import (
    NO_SIZES,
    Unknown,
    accepts,
    meant_word,
    unknown_argument,
    without_size,
)
from netcompiler.elaborate.functions import is_number
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.value_hints import meant_value
from netcompiler.elaborate.values import UNKNOWN, Given, kind_of, text_of
from netcompiler.operations.base import ArgumentValue, Parameter, Required
from netcompiler.source import Span

_MANY = 50
"""Names from which on they are looked up in a set."""


def match_arguments(
    session: Session,
    what: str,
    names: Sequence[str],
    given: Iterable[Given],
    span: Span,
    defined: Span | None = None,
    unknown: Unknown | None = None,
) -> dict[str, Given]:
    """Arguments by parameter name; what does not fit is reported and left out.

    A later argument of the same name replaces an earlier one that came from another place (a partial
    call's), and is an error within one call. ``defined`` is where the spec defines what is called. What an
    unknown name is meant for has an unknown value.
    """
    given = tuple(given)
    matched: dict[str, Given] = {}
    position = 0
    known: Collection[str] = names if len(names) < _MANY else set(names)
    for argument in given:
        place = argument.span or span
        if argument.name is None:
            # Positional arguments of a later call go on where names already given leave room.
            while position < len(names) and names[position] in matched:
                position += 1
            if position >= len(names):
                count = f"{len(names) or 'no'} argument" + ("s" if len(names) != 1 else "")
                listed = f": {', '.join(names)}" if names else ""
                message = f"{what} has {count}{listed}; this is one more"
                help = "take it out" if defined is None else f"take it out, or give {what} a parameter for it"
                session.error("E202", message, place, help=help, labels=definition(what, defined))
                continue
            matched[names[position]] = argument
            position += 1
        elif argument.name not in known:
            taken = {*matched, *(g.name for g in given)}
            left = [name for name in names if name not in taken]
            help, meant = (unknown or unknown_argument(names))(argument, left)
            message = f"{what} has no argument `{argument.name}`"
            session.error("E202", message, place, help=help, labels=definition(what, defined))
            if meant is not None:
                matched[meant] = Given(meant, UNKNOWN, argument.span, argument.call)
        else:
            earlier = matched.get(argument.name)
            if earlier is not None and earlier.call is not None and earlier.call is argument.call:
                labels = [] if earlier.span is None else [Label(earlier.span, "given here first")]
                message = f"{what} is given `{argument.name}` twice"
                session.error("E206", message, place, help="keep one of them", labels=labels)
            matched[argument.name] = argument
    return matched


def definition(what: str, defined: Span | None) -> tuple[Label, ...]:
    """The label of the place where the spec defines something; none for what the language has itself."""
    return () if defined is None else (Label(defined, f"{what} is defined here"),)


def bind_parameters(
    session: Session,
    name: str,
    parameters: Sequence[Parameter],
    given: Iterable[Given],
    defaults: Mapping[str, Given],
    *,
    span: Span,
    sizes: Mapping[str, int] = NO_SIZES,
) -> dict[str, ArgumentValue] | None:
    """Every parameter's value, checked: given, else by ``default``, else the declaration's.

    None when something is missing, wrong or unknown; it has been reported then. ``sizes`` are the arguments
    that torch.nn takes besides, see `netcompiler.operations.base.Operation`.
    """
    what = f"`{name}`"
    if _spread_list(session, name, parameters, given, span):
        return None
    names = [p.name for p in parameters]
    unknown = unknown_argument(names, parameters, sizes)
    matched = match_arguments(session, what, names, given, span, unknown=unknown)
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
            fewer = None
            if argument.name is None and is_number(argument.value):
                fewer = without_size(name, parameters, given, sizes)
            help = f"the input's size is left out here: `{fewer}`" if fewer else _wanted(parameter, argument)
            session.error("E205", message, argument.span or span, help=help)
            if fewer is not None:
                return None  # what comes after it has moved by one place
            complete = False
    return values if complete else None


def _spread_list(
    session: Session, name: str, parameters: Sequence[Parameter], given: Iterable[Given], span: Span
) -> bool:
    """Report the items of a list that are given one by one: torch's ``permute(0, 2, 3, 1)``; or False."""
    items = [g for g in given if g.name is None]
    if len(items) < 2 or not parameters or not all(is_number(g.value) for g in items):
        return False
    first = parameters[0]
    one_more = len(items) > len(parameters)
    if not one_more and accepts(first, items[0].value):
        return False
    values = tuple(g.value for g in items)
    if not accepts(first, values):
        return False
    place = items[0].span or span
    place = place.to(items[-1].span or place) if items[0].call is items[-1].call else place
    message = f"`{name}`: `{first.name}` is {first.type.expects}; here are {len(items)} numbers"
    session.error("E205", message, place, help=f"a list: `{name}({text_of(values)})`")
    return True


def _wanted(parameter: Parameter, argument: Given) -> str | None:
    """What may have been meant by a value that a parameter does not accept, or else what the parameter is."""
    meant = meant_value(parameter, argument)
    if meant is None and isinstance(argument.value, str):
        meant = meant_word(argument.value, parameter)
    if meant is not None:
        return meant
    return f"`{parameter.name}`: {parameter.doc}" if parameter.doc else None
