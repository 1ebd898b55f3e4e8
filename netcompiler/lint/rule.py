"""What a rule is, and the registry of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from netcompiler.diagnostics import Diagnostic
from netcompiler.diagnostics.codes import add_code
from netcompiler.graph import Layer
from netcompiler.lint.survey import Survey
from netcompiler.lint.wiring import Wiring

OfFile = Callable[[Survey], Iterable[Diagnostic]]
OfLayer = Callable[[Layer, Wiring], Diagnostic | None]


@dataclass(eq=False, slots=True)
class Rule:
    """The checks of one code.

    Attributes:
        of_file: checks of a file's text.
        of_layer: checks of a layer, with the operations that each looks at, by name or kind.
    """

    of_file: list[OfFile] = field(default_factory=list)
    of_layer: list[tuple[frozenset[str], OfLayer]] = field(default_factory=list)


RULES: dict[str, Rule] = {}
"""Every rule by its code; filled when the modules of `rules/` are imported."""


def file_rule(code: str, title: str) -> Callable[[OfFile], OfFile]:
    """Decorator of a function that finds all of a file's warnings of one code."""

    def register(check: OfFile) -> OfFile:
        _rule(code, title).of_file.append(check)
        return check

    return register


def layer_rule(code: str, title: str, *operations: str) -> Callable[[OfLayer], OfLayer]:
    """Decorator of a function that looks at one layer; operations are named, or the kinds that they are of.

    It runs for each such layer of a net, so it must not look at more than a few others.
    """

    def register(check: OfLayer) -> OfLayer:
        _rule(code, title).of_layer.append((frozenset(operations), check))
        return check

    return register


def _rule(code: str, title: str) -> Rule:
    add_code(code, title)
    return RULES.setdefault(code, Rule())
