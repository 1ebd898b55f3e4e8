"""Paths among options: whole where a run keeps them, so that they are found again from any folder."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from zoo import yamls
from zoo.errors import UserError

Options = TypeVar("Options")


def whole(options: Options) -> Options:
    """The same options (a dataclass, with others within) with paths of files that are there made absolute.

    What is nothing here stays as it is: a URL, or the name of a data set on a hub.
    """
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(options):  # type: ignore[arg-type]
        value = getattr(options, field.name)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            changed[field.name] = whole(value)
        elif _is_path(field) and value is not None and (path := Path(value).expanduser()).exists():
            changed[field.name] = str(path.absolute())
    return dataclasses.replace(options, **changed)  # type: ignore[type-var]


def check(options: Any, base: Mapping[str, Any], run: Path | str, where: str = "") -> None:
    """That what an earlier run used is still there; ``base`` are that run's values of the same options.

    Raises:
        UserError: something is not, and the options do not say where it is now.
    """
    before = dict(yamls.flat(base))
    for key, value in _paths(options):
        moved = value == before.get(key) and Path(value).is_absolute() and not Path(value).exists()
        if moved:
            name = f"{where}{key}"
            raise UserError(
                f"{name}={value}: no longer there, and the run in {run} used it; "
                f"{name}=… says where it is now"
            )


def _paths(options: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The options that are paths, by their names, where they are given."""
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        if dataclasses.is_dataclass(value):
            yield from _paths(value, f"{prefix}{field.name}.")
        elif _is_path(field) and value is not None:
            yield f"{prefix}{field.name}", value


def _is_path(field: "dataclasses.Field[Any]") -> bool:
    return "rule" in field.metadata and bool(field.metadata["rule"].path)
