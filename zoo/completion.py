"""What an override can become: for shell completion, from the same dataclasses as help and checks."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, get_type_hints

from zoo import catalog, recipes
from zoo.options import rule_of
from zoo.schema import GROUPS, Config, ModelOptions, TrainerOptions

DEFAULTS = {"trainer": TrainerOptions, "model": ModelOptions}


def overrides(words: Sequence[str], start: str) -> Iterator[str]:
    """Whole words that begin as ``start`` does; ``words`` are those before, whose choices have options."""
    key, equals, _ = start.partition("=")
    if equals:
        yield from (f"{key}={value}" for value in _values(key.lstrip("+"), _chosen(words)))
        return
    yield from (f"{name}=" for name in ("model", *GROUPS))
    yield from (f"{name}=" for name in _options(Config))
    for group, options in _chosen(words).items():
        if "." not in start:
            yield f"{group}."  # its options when that is typed: they are many
            continue
        yield from (f"{group}.{name}=" for name in _options(options))


def _chosen(words: Sequence[str]) -> dict[str, type[Any]]:
    """The options' class of every group, by the choices made so far; for others, by the default."""
    from zoo import yamls
    from zoo.config import CONFIGS

    content = yamls.load((CONFIGS / "config.yaml").read_text(encoding="utf-8"))
    names = {
        key: value for line in content["defaults"] if isinstance(line, dict) for key, value in line.items()
    }
    names |= dict(word.split("=", 1) for word in words if "=" in word)
    found: dict[str, type[Any]] = dict(DEFAULTS)
    for group, registry in GROUPS.items():
        if names[group] in registry.entries:
            found[group] = registry.entries[names[group]].options
    return found


def _options(options: type[Any]) -> Iterator[str]:
    for field in dataclasses.fields(options):
        leaf = "registry" not in field.metadata and "rule" in field.metadata
        if leaf and (field.name != "name" or options is Config):
            yield field.name


def _values(key: str, chosen: dict[str, type[Any]]) -> Sequence[str]:
    if key in GROUPS:
        return list(GROUPS[key].entries)
    if key in {"model", "recipe"}:
        return catalog.trainable() if key == "model" else list(recipes.names())
    group, _, name = key.rpartition(".")
    options = chosen.get(group, Config if not group else None)
    field = next((f for f in dataclasses.fields(options) if f.name == name), None) if options else None
    if options is None or field is None or "rule" not in field.metadata:
        return []
    if get_type_hints(options)[name] is bool:
        return ["true", "false"]
    return rule_of(field).choices
