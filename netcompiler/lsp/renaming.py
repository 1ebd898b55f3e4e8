"""Giving a name another name, wherever it stands."""

from __future__ import annotations

import re
from dataclasses import replace

from netcompiler import pipeline
from netcompiler.elaborate.expressions import SHAPE_NAMES
from netcompiler.elaborate.names import MODULE_ATTRIBUTES
from netcompiler.elaborate.words import WORDS
from netcompiler.lsp.names import Key, Kind, Occurrence
from netcompiler.lsp.navigation import name_at, readings_for
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.project import Project
from netcompiler.lsp.reading import Reading
from netcompiler.lsp.resolve import resolve
from netcompiler.lsp.words import KEYWORDS
from netcompiler.operations.base import OPERATIONS
from netcompiler.source import Source

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RENAMED = {Kind.NET, Kind.BLOCK, Kind.PARAMETER, Kind.VARIABLE, Kind.LABEL, Kind.INPUT, Kind.GROUP}

Edits = dict[str, tuple[Reading, list[Stretch]]]
"""The places to write a new name to, by file."""


class RenameError(Exception):
    """A name cannot be given; the text says why."""


def renamed_at(project: Project, reading: Reading, offset: int) -> Occurrence:
    """The name at a character. Raises `RenameError` where there is none that can be changed."""
    found = name_at(project, reading, offset)
    if found is None:
        raise RenameError("there is no name here that can be changed")
    if found.kind not in _RENAMED or not found.key.uri:
        raise RenameError(f"this {found.kind.value} is the language's own, its name stays")
    symbols = project.symbols(found.key)
    if not symbols:
        raise RenameError("it is not known where this is defined")
    if any("{" in symbol.name for _, symbol in symbols):
        raise RenameError("this name has a variable in it: change it by hand")
    return found


def rename(project: Project, reading: Reading, offset: int, name: str) -> Edits:
    """The places to write a new name to. Raises `RenameError` for a name that cannot be given here."""
    found = renamed_at(project, reading, offset)
    key = project.settle(found.key)
    _check_word(name, key)
    readings = readings_for(project, reading, key)
    places = project.occurrences(key, readings)
    edits: Edits = {}
    for other, place in places:
        edits.setdefault(other.uri, (other, []))[1].append(place.at)
    for other, _ in edits.values():
        _check_sound(other)
    for other, stretches in edits.values():
        _check_meaning(project, other, stretches, key, name)
    if len(edits) == 1:  # of several files each alone does not say whether they go together
        _check_mistakes(*next(iter(edits.values())), name)
    return edits


def _check_word(name: str, key: Key) -> None:
    if not _NAME.fullmatch(name):
        raise RenameError(f"`{name}` is not a name: letters, digits and `_`, no digit first")
    if name in KEYWORDS:
        raise RenameError(f"`{name}` is a word of the language")
    if key.space == "definition" and name in OPERATIONS:
        raise RenameError(f"`{name}` is an operation, a definition cannot have its name")
    if key.space == "definition" and name in WORDS:
        raise RenameError(f"`{name}` is a step of the language")
    own = name in MODULE_ATTRIBUTES or (name.startswith("__") and name.endswith("__"))
    if key.space in ("label", "group") and own:
        raise RenameError(f"`{name}` is an attribute of every torch.nn.Module")
    if key.space in ("parameter", "variable") and (name in SHAPE_NAMES or name in OPERATIONS):
        raise RenameError(f"`{name}` would hide what the language calls so")


def _check_sound(reading: Reading) -> None:
    if reading.wrong:
        line = reading.wrong[0].span.line if reading.wrong[0].span is not None else 1
        raise RenameError(f"mend the syntax of {reading.source.name}, line {line}, first")


def _check_meaning(project: Project, reading: Reading, places: list[Stretch], key: Key, name: str) -> None:
    """Raise `RenameError` unless with the new name all means what it did: it is tried."""
    changed = Reading(
        reading.uri, replace(reading.source, text=_written(reading.text, places, name)), None, reading.limits
    )
    index = resolve(changed, project.files)
    shift = len(name) - (places[0].end - places[0].start)
    keys = set()
    for number, place in enumerate(sorted(places)):
        found = index.at(place.start + number * shift)
        if found is None or found.at.end - found.at.start != len(name) or found.key.space != key.space:
            raise _taken(reading, name)
        keys.add(project.settle(found.key) if found.key.owner != key.owner else found.key)
    if len(keys) > 1 or len(index.of(keys)) != len(places):
        raise _taken(reading, name)


def _check_mistakes(reading: Reading, places: list[Stretch], name: str) -> None:
    """Raise `RenameError` where the new name makes a mistake, such as a name that is there twice."""
    before = _mistakes(reading.source, reading)
    changed = replace(reading.source, text=_written(reading.text, places, name))
    after = _mistakes(changed, reading)
    new = [message for message in after if message not in before]
    if new and len(after) > len(before):
        raise RenameError(f"with this name {new[0]}")


def _mistakes(source: Source, reading: Reading) -> list[str]:
    return [d.message for d in pipeline.check(source, reading.limits, {}) if d.severity == "error"]


def _written(text: str, places: list[Stretch], name: str) -> str:
    """A text with another name at some places."""
    parts = []
    done = 0
    for place in sorted(places):
        parts += [text[done : place.start], name]
        done = place.end
    return "".join(parts) + text[done:]


def _taken(reading: Reading, name: str) -> RenameError:
    return RenameError(f"`{name}` is the name of something else in {reading.source.name} already")
