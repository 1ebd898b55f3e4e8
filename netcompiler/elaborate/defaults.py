"""``default operation(argument=value)``."""

from __future__ import annotations

from netcompiler import syntax
from netcompiler.elaborate.argument_hints import unknown_argument
from netcompiler.elaborate.environment import Here
from netcompiler.elaborate.expressions import Evaluator
from netcompiler.elaborate.hints import alike, operation_hint
from netcompiler.operations.base import OPERATIONS


def add_default(statement: syntax.Default, here: Here, evaluator: Evaluator) -> None:
    """Put a ``default`` line in force in its frame, for what comes later."""
    frame = here.frame
    name = statement.operation.name
    operation = OPERATIONS.get(name)
    given = evaluator.arguments(statement.arguments, here)
    if operation is None:
        near = operation_hint(name) or alike(name, OPERATIONS)
        help = near or "defaults are for operations; a block has defaults of its own"
        evaluator.session.error(
            "E201", f"there is no operation `{name}`", statement.operation.span, help=help
        )
        return
    names = [p.name for p in operation.parameters]
    unknown = unknown_argument(names, operation.parameters, operation.sizes)
    accepted = dict(frame.defaults.get(name, {}))
    for argument in given:
        if argument.name is None:
            message = f"a default names its argument: `default {name}(argument=value)`"
            evaluator.session.error("E202", message, argument.span or statement.span)
        elif argument.name not in names:
            help, _ = unknown(argument, [n for n in names if n not in accepted])
            message = f"`{name}` has no argument `{argument.name}`"
            evaluator.session.error("E202", message, argument.span or statement.span, help=help)
        else:
            accepted[argument.name] = argument
    frame.defaults = {**frame.defaults, name: accepted}
