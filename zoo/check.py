"""Plain values → an options dataclass, with every name and every type checked.

The values come from Hydra as dicts, lists, strings and numbers. OmegaConf's own structured configs are not
strict enough for this: they take 1.5 for an int and true for a float.
"""

import dataclasses
import math
import types
from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from zoo.errors import UserError
from zoo.options import Named, Rule, rule_of
from zoo.registry import Registry
from zoo.suggest import hint

Options = TypeVar("Options")

WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def build(cls: type[Options], raw: Mapping[str, Any], where: str = "") -> Options:
    """Make a ``cls`` from plain values; ``where`` is the path of its options, for messages.

    Raises:
        UserError: an unknown option, a value of the wrong type, or one out of bounds; one line.
    """
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for key, value in raw.items():
        path = f"{where}.{key}" if where else str(key)
        if key not in fields:
            prefix = f"{where}." if where else ""
            what = f" of {where}={raw['name']}" if where and "name" in raw else ""
            known = [name for name in fields if name != "name" or not where]
            within = [name for name, inner in hints.items() if not where and key in _names(inner)]
            if within:
                raise UserError(f"{path}: no such option; did you mean {within[0]}.{key}?")
            raise UserError(f"{path}: no such option{what}; {hint(str(key), known, prefix)}")
        values[key] = _field(fields[key], hints[key], value, path)
    return cls(**values)


def _names(options: object) -> list[str]:
    """Of the options in a class of them; none for anything else."""
    if not isinstance(options, type) or not dataclasses.is_dataclass(options):
        return []
    return [field.name for field in dataclasses.fields(options)]


def choose(registry: Registry[Any], raw: Any, where: str) -> Named:
    """The options of the registered thing that ``raw["name"]`` names.

    Raises:
        UserError: no such name, or a wrong option of it.
    """
    if not isinstance(raw, Mapping):
        raise UserError(f"{where}={raw}: no such choice; {hint(str(raw), registry.entries, where + '=')}")
    name = raw.get("name")
    if name is None:
        raise UserError(f"{where}.name: missing; {hint('', registry.entries, where + '.name=')}")
    if name not in registry.entries:
        raise UserError(f"{where}={name}: no such choice; {hint(str(name), registry.entries, where + '=')}")
    return build(registry.entries[name].options, raw, where)


def type_name(kind: Any) -> str:
    """A type as the help writes it: ``int``, ``float or null``, ``list of int``."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join("null" if part is type(None) else type_name(part) for part in inner)
    if origin is tuple:
        return f"list of {type_name(inner[0])}"
    if origin is dict:
        return "mapping"
    return str(kind.__name__)


def _field(field: "dataclasses.Field[Any]", kind: Any, value: Any, path: str) -> Any:
    if "registry" in field.metadata:
        return choose(field.metadata["registry"], value, path)
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise UserError(f"{path}={_show(value)}: it has options of its own, as {path}.{_first(kind)}=…")
        return build(kind, value, path)  # type: ignore[arg-type]
    return _bounded(_typed(kind, value, path), rule_of(field), path)


def _first(kind: Any) -> str:
    return next(field.name for field in dataclasses.fields(kind) if field.name != "name")


def _typed(kind: Any, value: Any, path: str) -> Any:
    if kind is Any:
        return value
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _typed(next(part for part in inner if part is not type(None)), value, path)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise UserError(f"{path}={_show(value)}: a list is expected, as {path}=[1,2]")
        return tuple(_typed(inner[0], item, f"{path}[{i}]") for i, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, Mapping):
            raise UserError(f"{path}={_show(value)}: values with names are expected, as {path}.NAME=…")
        return {str(key): _typed(inner[1], item, f"{path}.{key}") for key, item in value.items()}
    return _scalar(kind, value, path)


def _scalar(kind: type, value: Any, path: str) -> Any:
    if kind is bool and isinstance(value, bool):
        return value
    if isinstance(value, bool):
        pass  # Python's bool is an int; ours is not
    elif kind is int and (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
        return int(value)
    elif kind is float and isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    elif kind is str and isinstance(value, str | int | float):
        return str(value)  # Hydra reads name=7 as a number
    raise UserError(f"{path}={_show(value)}: {WORDS[kind]} is expected")


def _bounded(value: Any, rule: Rule, path: str) -> Any:
    if rule.choices and value is not None and value not in rule.choices:
        raise UserError(f"{path}={value}: one of {', '.join(rule.choices)} is expected")
    for number in value if isinstance(value, tuple) else (value,):
        if not isinstance(number, int | float) or isinstance(number, bool):
            continue
        if rule.low is not None and number < rule.low:
            raise UserError(f"{path}={_show(value)}: must be at least {rule.low:g}")
        if rule.high is not None and number > rule.high:
            raise UserError(f"{path}={_show(value)}: must be at most {rule.high:g}")
        if rule.above is not None and number <= rule.above:
            raise UserError(f"{path}={_show(value)}: must be greater than {rule.above:g}")
    return value


def _show(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return f"[{','.join(_show(item) for item in value)}]"
    return str(value)
