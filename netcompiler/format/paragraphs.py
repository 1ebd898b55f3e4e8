"""Where an empty line may be put between two definitions.

The comment at the head of a paragraph is the title of all nets in it, so an empty line can change titles.
"""

from __future__ import annotations

from dataclasses import dataclass

from netcompiler.format.leaves import Leaf


@dataclass(slots=True)
class _Definition:
    """A statement of the file: its first leaf, and whether an empty line stands before it and in it."""

    first: Leaf
    parted: bool
    inside: bool = False


def partings(found: list[Leaf]) -> list[bool]:
    """For each statement of a file, whether an empty line may be put before it."""
    paragraphs: list[list[_Definition]] = []
    before: _Definition | None = None
    for definition in _definitions(found):
        if before is None or definition.parted or before.inside:
            paragraphs.append([])
        paragraphs[-1].append(definition)
        before = definition
    return [may for paragraph in paragraphs for may in _within(paragraph)]


def _definitions(found: list[Leaf]) -> list[_Definition]:
    definitions: list[_Definition] = []
    depth = 0
    for leaf in found:
        if leaf.starts and not depth:
            definitions.append(_Definition(leaf, _parted(leaf)))
        elif _parted(leaf):
            definitions[-1].inside = True
        depth += (leaf.kind == "LBRACE") - (leaf.kind == "RBRACE")
    return definitions


def _parted(leaf: Leaf) -> bool:
    return leaf.blank or (bool(leaf.above) and any(comment.blank for comment in leaf.above))


def _within(paragraph: list[_Definition]) -> list[bool]:
    """No, where a net that has its title from above, or none, would get another one."""
    head = paragraph[0].first
    titled = bool(head.above) and not head.blank
    nets = [number for number, definition in enumerate(paragraph) if definition.first.kind == "NET"]
    last = nets[-1] if nets else -1
    return [
        number == 0 or number > last or not (titled or definition.first.above)
        for number, definition in enumerate(paragraph)
    ]
