"""Where a name is defined, and where it is used."""

from __future__ import annotations

from netcompiler.lsp.names import Key, Occurrence
from netcompiler.lsp.positions import Stretch
from netcompiler.lsp.project import Project
from netcompiler.lsp.reading import Reading

Place = tuple[Reading, Stretch]
"""A file and a place in it."""


def name_at(project: Project, reading: Reading, offset: int) -> Occurrence | None:
    """The name at a character."""
    return project.index(reading).at(offset)


def definitions(project: Project, reading: Reading, offset: int) -> list[Place]:
    """Where the name at a character is defined; several places where branches name a step alike."""
    found = name_at(project, reading, offset)
    if found is None:
        return []
    if found.key.space == "file":
        other = project.reading(found.key.uri)
        return [] if other is None else [(other, Stretch(0, 0))]
    return [(other, symbol.at) for other, symbol in project.symbols(found.key)]


def references(project: Project, reading: Reading, offset: int, *, declared: bool) -> list[Place]:
    """Where the name at a character stands, in all known files; with ``declared``, definitions too."""
    found = name_at(project, reading, offset)
    if found is None:
        return []
    places = project.occurrences(found.key, readings_for(project, reading, found.key))
    return [(other, place.at) for other, place in places if declared or not place.defines]


def highlights(project: Project, reading: Reading, offset: int) -> list[Occurrence]:
    """The places of the name at a character in its own file."""
    found = name_at(project, reading, offset)
    if found is None:
        return []
    return [place for _, place in project.occurrences(found.key, [reading])]


def readings_for(project: Project, reading: Reading, key: Key) -> list[Reading]:
    """The files in which a name can stand."""
    if key.space in ("variable", "group"):
        return [reading]
    return list(project.readings())
