"""How an option is declared: its type, its default, its bounds and its meaning, once, in a dataclass."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rule:
    """What a value must keep to beyond its type, and what the option means."""

    meaning: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    above: float | None = None
    path: bool = False
    """Whether it is the path of a file or folder: a run keeps it whole, to be found from anywhere."""


def option(
    default: Any,
    meaning: str,
    *,
    choices: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    path: bool = False,
) -> Any:
    """A dataclass field for one option.

    ``low`` and ``high`` are the least and the greatest value allowed; ``above`` is a bound that the value
    itself must not reach.
    """
    rule = Rule(meaning, tuple(choices), low, high, above, path)
    return dataclasses.field(default=default, metadata={"rule": rule})


def rule_of(field: "dataclasses.Field[Any]") -> Rule:
    """The rule that ``option`` put on a field."""
    rule = field.metadata["rule"]
    assert isinstance(rule, Rule)
    return rule


@dataclass(frozen=True)
class Named:
    """The options of one registered thing; ``name`` says which."""

    name: str = option("", "the choice's name")
