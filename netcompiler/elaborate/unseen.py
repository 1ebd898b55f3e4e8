"""Names that stand for something that cannot be read here: steps of a caller, placement groups, numbers."""

from __future__ import annotations

from collections.abc import Callable

from netcompiler.elaborate.environment import Here, Scope
from netcompiler.elaborate.session import Session
from netcompiler.elaborate.values import Block, kind_of, text_of
from netcompiler.source import Span
from netcompiler.syntax import Definition


def report_unseen(text: str, span: Span, here: Here, session: Session, *, step: bool = False) -> bool:
    """Report a name that stands for something that cannot be read here; False for any other name.

    ``step`` where a value of a layer is wanted, so that a variable with a number does not do.
    """
    return (
        (step and _variable(text, span, here, session))
        or _group(text, span, here, session)
        or _outside(text, span, here, session)
    )


def or_parameter(help: Callable[[], str | None], name: str, session: Session) -> str | None:
    """That help; without one, in a block, how the block gets a parameter of this name."""
    text = help()
    definition = next((block.definition for block in _running(session)), None)
    if text is not None or not isinstance(definition, Definition) or definition.kind != "block":
        return text
    names = [*(p.name for p in definition.parameters), name]
    return f"give the block a parameter: `block {definition.name.name}({', '.join(names)})`"


def _variable(text: str, span: Span, here: Here, session: Session) -> bool:
    found, value = here.frame.find(text)
    if not found:
        return False
    shown = kind_of(value)
    if shown in ("a number", "a string", "true or false", "a list"):
        shown = text_of(value, 40)
    message = f"`{text}` is {shown}, not the value of a layer"
    session.error("E218", message, span, help="name a step, `name: step`, or give it a layer's value")
    return True


def _group(text: str, span: Span, here: Here, session: Session) -> bool:
    """A placement group, or what is said to be in one: ``left.conv1``."""
    group, _, rest = text.partition(".")
    net = here.scope.find_net()
    if net is None or group not in net.groups:
        return False
    help = f"`columns` give their values through `gather`: `on {group} {{ gather }}`"
    if rest and here.scope.find(rest) is not None:
        help = f"a group is no part of a name: write `{rest}`"
    session.error("E201", f"`{group}` is a placement group, not a step", span, help=help)
    return True


def _outside(text: str, span: Span, here: Here, session: Session) -> bool:
    """A step of what calls the block around this place, however far out."""
    scope: Scope | None = here.scope
    running = _running(session)
    for outer in running[1:]:
        while scope is not None and scope.outer is not None:
            scope = scope.outer
        scope = None if scope is None else scope.caller
        if scope is not None and scope.find(text) is not None:
            kind = "net" if scope.find_net() is not None else "block"
            message = f"`{text}` is a step of {kind} `{outer.name}`, and `{running[0].name}` does not see it"
            help = "pass it as an argument; `in` is the value that a block is called on"
            session.error("E201", message, span, help=help)
            return True
    return False


def _running(session: Session) -> list[Block]:
    """What runs, inmost first: the block around this place, its caller, the caller's."""
    called = (getattr(call, "block", None) for call, _ in reversed(session.calls))
    return [block for block in called if isinstance(block, Block)]
