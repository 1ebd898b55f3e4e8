"""``zoo train --help``, written from the dataclasses."""

import dataclasses
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, get_type_hints

from zoo.check import type_name
from zoo.errors import UserError
from zoo.options import Named, rule_of
from zoo.schema import GROUPS, Config, ModelOptions, TrainerOptions
from zoo.suggest import hint

if TYPE_CHECKING:
    from zoo.catalog import Entry as Net
    from zoo.registry import Entry

OF_THEIR_OWN: dict[str, type[Any]] = {"model": ModelOptions, "trainer": TrainerOptions}
"""Groups of options that have no choices by options."""
WIDEST = 110
NARROWEST = 60
INDENT = "  "


def train_help(models: "Sequence[Net]", defaults: dict[str, str], recipes: dict[str, str]) -> str:
    """The whole text: usage, groups and their choices, and every option with type, default and meaning.

    ``models`` are the nets of the shipped specs; ``defaults`` is the choice of each group when none is given;
    ``recipes`` say what each is about.
    """
    width = _width()
    return (
        "\n".join([*_usage(), *_groups(models, defaults, recipes, width), *_options(defaults, width)]) + "\n"
    )


def topic_help(word: str, defaults: dict[str, str]) -> str:
    """The part of the text for one topic: a group, ``GROUP=CHOICE``, ``model`` or ``trainer``.

    Raises:
        UserError: there is no such topic.
    """
    width = _width()
    group, _, choice = word.partition("=")
    if word in OF_THEIR_OWN:
        lines = [*table(OF_THEIR_OWN[word], word, width)]
    elif group in GROUPS and (not choice or choice in GROUPS[group].entries):
        entries = GROUPS[group].entries
        shown = [entries[choice]] if choice else list(entries.values())
        lines = [*_choices(group, shown, defaults[group], width), ""]
        lines += _of_group(group, shown, defaults[group], width)
    else:
        known = GROUPS[group].entries if group in GROUPS else (*OF_THEIR_OWN, *GROUPS)
        raise UserError(
            f"--help {word}: no such topic; {hint(choice or word, known, f'{group}=' if choice else '')}"
        )
    return "\n".join(lines).rstrip("\n") + "\n"


def _width() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))


def _usage() -> list[str]:
    return [
        "usage: zoo train [-m] [--cfg job] [--from RUN] [--config-dir DIR] [GROUP=CHOICE | OPTION=VALUE] ...",
        "",
        "Train a net and keep weights, metrics, learning curves and the net's diagram in a run folder.",
        "",
        "  zoo train                                              resnet20 on handwritten digits",
        "  zoo train model=lenet trainer.epochs=30 optimizer.lr=0.05",
        "  zoo train model=resnet18 data=imagefolder data.root=path/to/images precision=bf16",
        "  zoo train model.spec=my.net model.params.width=32      a net of your own",
        "  zoo train model=lenet resume=true                      go on with that run",
        "  zoo train recipe=resnet_2015 data.root=path/to/images  an experiment of a paper",
        "  zoo train --from runs/lenet-digits                     a run again, exactly",
        "  zoo train -m model=resnet20,lenet optimizer.lr=0.1,0.05    four runs, one after the other",
        "",
        "  -m, --multirun      run every combination of the values that overrides list, separated by commas",
        "  --cfg job           print the whole configuration, checked, and stop",
        "  --from RUN          start from the configuration and the spec of the run in that folder",
        "  --config-dir DIR    also look for files there: DIR/optimizer/mine.yaml is optimizer=mine, and",
        "                      DIR/recipes/mine.yaml is recipe=mine",
        "  -h, --help          this text; --help data, --help trainer, --help optimizer=adamw … a part of it",
        "",
    ]


def _groups(
    models: "Sequence[Net]", defaults: dict[str, str], recipes: dict[str, str], width: int
) -> Iterator[str]:
    yield "Groups (GROUP=CHOICE):"
    names = ", ".join(net.name for net in models if net.classifies)
    yield from _entry("model", f"default {defaults['model']}: {names}", width, 12)
    others = ", ".join(net.name for net in models if not net.classifies)
    yield from _entry("", f"(no classes of images, so not trained here: {others})", width, 12)
    for name, registry in GROUPS.items():
        yield from _choices(name, list(registry.entries.values()), defaults[name], width)
    yield from _entry(
        "recipe", "none by default; a whole experiment, which other overrides change:", width, 12
    )
    for name, about in recipes.items():
        yield from _entry("", f"{name:<34}{about.rstrip(chr(46))}", width, 12, 34)
    yield ""


def _choices(group: str, entries: "Sequence[Entry[Any]]", default: str, width: int) -> Iterator[str]:
    yield from _entry(group, f"default {default}:", width, 12)
    for entry in entries:
        yield from _entry("", f"{entry.name:<14}{entry.summary.rstrip(chr(46))}", width, 12, 14)


def _options(defaults: dict[str, str], width: int) -> Iterator[str]:
    yield "Options (OPTION=VALUE), with type, default and meaning:"
    yield ""
    yield from table(Config, "", width)
    yield from table(ModelOptions, "model", width)
    for name, registry in GROUPS.items():
        yield from _of_group(name, list(registry.entries.values()), defaults[name], width)
    yield from table(TrainerOptions, "trainer", width)


def _of_group(group: str, entries: "Sequence[Entry[Any]]", default: str, width: int) -> Iterator[str]:
    """The options of a group's choices, each once: those that several have, and then each one's own."""
    having: dict[Row, list[str]] = {}
    for entry in entries:
        for row in _rows(entry.options, group):
            having.setdefault(row, []).append(entry.name)
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row, owners in having.items():
        alike.setdefault(tuple(owners), []).append(row)
    for names in sorted(alike, key=lambda names: -len(names)):
        several = len(names) > 1
        every = several and len(names) == len(entries)
        note = f"with every {group}" if every else f"with {group}={', '.join(names)}"
        note += " (the default)" if names == (default,) and len(entries) > 1 else ""
        yield from textwrap.wrap(f"{note}:", width, break_on_hyphens=False)
        yield from _table(alike[names], width)


Row = tuple[str, str, str]
"""An option, its type with its default, and its meaning."""


def table(options: type[Any], where: str, width: int) -> Iterator[str]:
    """The lines for a class of options, ``where`` being their group."""
    return _table(_rows(options, where), width)


def _rows(options: type[Any], where: str) -> list[Row]:
    hints = get_type_hints(options)
    rows = []
    for field in dataclasses.fields(options):
        if "registry" in field.metadata or "rule" not in field.metadata:
            continue
        if field.name == "name" and (where or issubclass(options, Named)):  # the choice itself
            continue
        rule = rule_of(field)
        kind = "|".join(rule.choices) if rule.choices else type_name(hints[field.name])
        path = f"{where}.{field.name}" if where else field.name
        rows.append((path, f"{kind} = {_default(field)}", rule.meaning))
    return rows


def _table(rows: Sequence[Row], width: int) -> Iterator[str]:
    if not rows:
        return
    left = max(len(path) for path, _, _ in rows) + 2
    middle = max(len(kind) for _, kind, _ in rows) + 2
    for path, kind, meaning in rows:
        yield from _entry(path, f"{kind:<{middle}}{meaning}", width, left, middle)
    yield ""


def _entry(name: str, text: str, width: int, left: int, hanging: int = 0) -> list[str]:
    first = f"{INDENT}{name:<{left}}"
    room = width - len(first) - hanging
    if hanging and room < 24:  # a narrow terminal: the meaning goes below
        head, meaning = text[:hanging].rstrip(), text[hanging:]
        return [
            first + head,
            *textwrap.wrap(meaning, width, initial_indent=INDENT * 3, subsequent_indent=INDENT * 3),
        ]
    head, body = text[:hanging], text[hanging:]
    lines = textwrap.wrap(body, room, break_on_hyphens=False) or [""]
    return [(first + head + lines[0]).rstrip(), *(" " * (len(first) + hanging) + line for line in lines[1:])]


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default_factory is not dataclasses.MISSING:
        return str(field.default_factory())
    value = field.default
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{','.join(f'{item:g}' for item in value)}]"
    return f"{value:g}" if isinstance(value, float) else str(value)
