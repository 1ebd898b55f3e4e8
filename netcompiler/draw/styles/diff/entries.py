"""What a picture of two nets shows: one entry for each row, with what either net has there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from netcompiler.comparison.parts import Part
from netcompiler.draw.tree import Box, Leaf

Sign = Literal["=", "+", "−", "~"]
"""The same in both nets, in the second alone, in the first alone, changed."""

Sides = tuple[Leaf | None, Leaf | None]


@dataclass(eq=False)
class Entry:
    """A row of the picture, or a block with rows in it.

    Attributes:
        sign: what has happened to it.
        nodes: what stands in it, in the first net and in the second. For a block, none.
        wide: True for a node that stands across both nets; it is both of `nodes`.
        notes: what has changed.
        boxes: the block that either net has, for a block with rows in it.
        children: its rows.
        times: how many alike in a row it stands for.
        leaves: all leaves of either net that it stands for; for a block, none: its rows have them.
        parts: what a node stands for, where that is a whole block.
    """

    sign: Sign
    nodes: Sides = (None, None)
    wide: bool = False
    notes: tuple[str, ...] = ()
    boxes: tuple[Box | None, Box | None] = (None, None)
    children: list[Entry] = field(default_factory=list)
    times: int = 1
    leaves: tuple[list[Leaf], list[Leaf]] = field(default_factory=lambda: ([], []))
    parts: tuple[Part | None, Part | None] = (None, None)

    @property
    def is_block(self) -> bool:
        """True for a block with rows in it."""
        return bool(self.children)


def rows(entries: Sequence[Entry]) -> Iterator[Entry]:
    """All rows that are no blocks, from the top down."""
    for entry in entries:
        if entry.is_block:
            yield from rows(entry.children)
        else:
            yield entry
