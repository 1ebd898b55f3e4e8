"""``default operation(argument=value)``."""

from __future__ import annotations

from netcompiler import syntax
from netcompiler.diagnostics import suggest
from netcompiler.elaborate.environment import Here
from netcompiler.elaborate.expressions import Evaluator
from netcompiler.operations.base import OPERATIONS


def add_default(statement: syntax.Default, here: Here, evaluator: Evaluator) -> None:
    """Put a ``default`` line in force in its frame, for what comes later."""
    frame = here.frame
    name = statement.operation.name
    operation = OPERATIONS.get(name)
    given = evaluator.arguments(statement.arguments, here)
    if operation is None:
        help = suggest(name, OPERATIONS) or "defaults are for operations; a block has defaults of its own"
        evaluator.session.error(
            "E201", f"there is no operation `{name}`", statement.operation.span, help=help
        )
        return
    names = [p.name for p in operation.parameters]
    accepted = dict(frame.defaults.get(name, {}))
    for argument in given:
        if argument.name is None:
            message = f"a default names its argument: `default {name}(argument=value)`"
            evaluator.session.error("E202", message, argument.span or statement.span)
        elif argument.name not in names:
            help = suggest(argument.name, names) or f"it has {', '.join(names)}"
            message = f"`{name}` has no argument `{argument.name}`"
            evaluator.session.error("E202", message, argument.span or statement.span, help=help)
        else:
            accepted[argument.name] = argument
    frame.defaults = {**frame.defaults, name: accepted}
