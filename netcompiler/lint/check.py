"""Running the rules."""

from __future__ import annotations

from functools import cache

import netcompiler.lint.rules  # noqa: F401  (registers every rule)
from netcompiler import syntax
from netcompiler.diagnostics import Reporter
from netcompiler.graph import Graph
from netcompiler.lint.rule import RULES, OfLayer
from netcompiler.lint.survey import Survey
from netcompiler.lint.wiring import Wiring
from netcompiler.operations.base import OPERATIONS, Operation


def lint_file(file: syntax.File, reporter: Reporter) -> None:
    """Warn of what a file says. It has no errors."""
    survey = Survey(file)
    for rule in RULES.values():
        for check in rule.of_file:
            for diagnostic in check(survey):
                reporter.report(diagnostic)


def lint_graph(graph: Graph, reporter: Reporter) -> None:
    """Warn of what a net does. It has no errors."""
    wiring = Wiring(graph)
    told: set[tuple[OfLayer, int]] = set()
    checks: dict[Operation, tuple[OfLayer, ...]] = {o: _checks(o) for o in OPERATIONS.values()}
    for layer in wiring.layers.values():
        for check in checks[layer.operation]:
            found = check(layer, wiring)
            if found is not None:
                # A step that a block's many calls run says the same each time.
                place = (check, id(layer.span))
                if place not in told:
                    told.add(place)
                    reporter.report(found)


@cache
def _checks(operation: Operation) -> tuple[OfLayer, ...]:
    known = {operation.kind, operation.name}
    return tuple(check for rule in RULES.values() for names, check in rule.of_layer if known & names)
