"""YAML text to plain values and back."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]


def dump(values: dict[str, Any]) -> str:
    """Plain values as YAML, in the order that they have."""
    return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True))


def load(text: str) -> dict[str, Any]:
    """The mapping in a YAML text; of Python's own types only.

    Raises:
        ValueError: it is no YAML, or no mapping.
    """
    if has_aliases(text):
        raise ValueError("it has aliases")
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(_flat(error)) from error
    if not isinstance(values, dict):
        raise ValueError("it holds no mapping")
    return values


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """A config's options by their names, as the command line has them: ``optimizer.lr``."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def has_aliases(text: str) -> bool:
    """Whether values refer to one another, by which a short text can stand for endless data.

    Raises:
        ValueError: it is no YAML.
    """
    try:
        return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError(_flat(error)) from error


def _flat(error: Exception) -> str:
    return " ".join(str(error).split())
