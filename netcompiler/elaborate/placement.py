"""Placement groups: ``on``, ``columns``, and where layers stand while they are elaborated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from netcompiler import syntax
from netcompiler.diagnostics import Label, suggest
from netcompiler.elaborate.environment import COLUMN, Here, Scope
from netcompiler.elaborate.values import LOST, Flow
from netcompiler.graph import Scope as GraphScope
from netcompiler.source import Span

if TYPE_CHECKING:
    from netcompiler.elaborate.steps import StepRunner


@dataclass(frozen=True, slots=True)
class Place:
    """The ``on`` or ``columns`` that a step stands in.

    Attributes:
        groups: one group for ``on``, all of them for ``columns``.
        columns: True inside ``columns``.
    """

    groups: tuple[str, ...]
    columns: bool


def run_on(action: syntax.On, here: Here, steps: StepRunner) -> Flow | None:
    """``on group { … }``: the value that enters may be read there although it stands elsewhere."""
    groups = _known_groups((action.group,), here.scope, steps)
    if groups is None or _inside_columns("on", action.group.span, steps):
        steps.run_body(action.body, here.on(LOST))
        return LOST
    return _run_in(Place(groups, columns=False), action, here, steps)


def run_columns(action: syntax.Columns, here: Here, steps: StepRunner) -> Flow | None:
    """``columns a, b { … }``: the same layers on each group."""
    groups = _known_groups(action.groups, here.scope, steps)
    if groups is None or _inside_columns("columns", action.span, steps):
        steps.run_body(action.body, Here(here.frame, Scope("", here.scope, None), LOST))
        return LOST
    if here.value is None:
        return steps.no_value(action.span)
    # Columns of the same groups in one scope go on where the earlier ones ended.
    inner = here.scope.columns.get(groups)
    if inner is None:
        inner = here.scope.columns[groups] = Scope(here.scope.inner_path(COLUMN), here.scope, None)
    return _run_in(Place(groups, columns=True), action, here.within(inner), steps)


def _run_in(place: Place, action: syntax.On | syntax.Columns, here: Here, steps: StepRunner) -> Flow | None:
    builder = steps.builder
    outside = builder.place
    builder.place = place
    if place.columns:
        scope = GraphScope(here.scope.path, None, {}, None, None, action.span)
        builder.open_scope(scope, is_column=True)
        builder.begin_part()
    entering = None if here.value is None else replace(here.value, admitted=place.groups)
    result = steps.run_body(action.body, here.on(entering))
    if place.columns:
        builder.end_part()
    builder.place = outside
    return here.value if result is entering else result


def _known_groups(names: tuple[syntax.Name, ...], scope: Scope, steps: StepRunner) -> tuple[str, ...] | None:
    net = scope.find_net()
    declared = net.groups if net is not None else {}
    known = True
    for index, name in enumerate(names):
        if name.name not in declared:
            hint = suggest(name.name, declared) or f"declare it in the net: `group {name.name}`"
            message = f"no placement group is called `{name.name}`"
            labels = [Label(span, "groups are declared here") for span in islice(declared.values(), 1)]
            steps.session.error("E201", message, name.span, help=hint, labels=labels)
            known = False
        elif name.name in {n.name for n in names[:index]}:
            first = next(n.span for n in names if n.name == name.name)
            message = f"group `{name.name}` stands here twice"
            labels = [Label(first, "first named here")]
            steps.session.error("E206", message, name.span, help="name each group once", labels=labels)
            known = False
    return tuple(n.name for n in names) if known else None


def _inside_columns(what: str, span: Span, steps: StepRunner) -> bool:
    if not steps.builder.columns:
        return False
    help = "close the columns first"
    steps.session.error("E215", f"`{what}` cannot stand inside `columns`", span, help=help)
    return True
