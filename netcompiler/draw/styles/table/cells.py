"""What a net does in one stage, as the items of a table's cell."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from netcompiler.draw.parts import Fork, Knot, Step
from netcompiler.draw.repeats import repeats
from netcompiler.draw.shortcuts import shortcut
from netcompiler.draw.stages import Block, Stage
from netcompiler.draw.styles.table import words
from netcompiler.draw.styles.table.words import Words

Fence = Literal["", "brackets", "bars"]
"""What stands around the lines of an item: ``brackets`` of a building block, ``bars`` of branches."""


@dataclass(frozen=True)
class Item:
    """Lines of a cell that belong together.

    Attributes:
        lines: one below the other.
        times: how often they come in a row.
        fence: what stands around them.
        pools: True for a pool that stands before all else.
    """

    lines: tuple[str, ...]
    times: int = 1
    fence: Fence = ""
    pools: bool = False


@dataclass(frozen=True)
class Cell:
    """What a net does in one stage.

    Attributes:
        head: the pools it starts with.
        body: the rest.
        strides: strides of the first of several blocks, which the lines leave out.
        joins: what merges branches between bars: ``concat`` …
    """

    head: tuple[Item, ...] = ()
    body: tuple[Item, ...] = ()
    strides: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Unit:
    """A block before repeats are found.

    Attributes:
        lines: its words.
        kind: what it is; ``run`` is a block of the spec with nothing but steps.
        join: what merges its branches.
        pools: True for a single pool.
    """

    lines: tuple[Words, ...]
    kind: Literal["step", "run", "shortcut", "branches"]
    join: str = ""
    pools: bool = False

    @property
    def key(self) -> Hashable:
        """Equal for layers that are alike, and for blocks that are alike but for strides."""
        lines = (line.whole if self.kind == "step" else line.text for line in self.lines)
        return self.kind, self.join, tuple(lines)


def cell(stage: Stage, joined: Mapping[Step, str]) -> Cell:
    """The cell of a stage.

    Args:
        stage: the stage.
        joined: for merges of values from other stages, where these come from.
    """
    units = [unit for block in stage.blocks if (unit := _unit(block, joined)).lines]
    strides: set[str] = set()
    items = list(_items(units, strides))
    split = 0
    while stage.size and split < len(items) and items[split].pools:
        split += 1
    joins = frozenset(unit.join for unit in units if unit.join)
    return Cell(tuple(items[:split]), tuple(items[split:]), frozenset(strides), joins)


def _unit(block: Block, joined: Mapping[Step, str]) -> _Unit:
    if len(block.parts) > 1:
        return _Unit(tuple(words.of_row(block.parts)), "run")
    (part,) = block.parts
    if isinstance(part, Step):
        line = words.of_step(part, joined.get(part, ""))
        return _Unit((line,) if line else (), "step", pools=part.leaf.kind == "pool")
    if isinstance(part, Knot):
        return _Unit((words.of_knot(part),), "step")
    way = shortcut(part)
    if way is None:
        return _Unit(tuple(words.of_branches(part)), "branches", join=_join(part))
    if way.gates:
        return _Unit(tuple(words.of_row((part,))), "step")
    return _Unit(tuple(words.of_row(way.body)), "shortcut")


def _join(fork: Fork) -> str:
    return fork.merge.leaf.layers[0].operation.name if fork.merge is not None else "outputs"


def _items(units: Sequence[_Unit], strides: set[str]) -> list[Item]:
    """The items that units make, repeats folded."""
    result: list[Item] = []
    branches = {unit.key for unit in units if unit.kind == "branches"}
    for at, length, times in repeats([unit.key for unit in units], branches):
        segment = units[at : at + length]
        others = [units[at + length * i : at + length * (i + 1)] for i in range(1, times)]
        if times == 1 and segment[0].kind == "run":
            result += _items([_Unit((line,), "step") for line in segment[0].lines], strides)
        else:
            result.append(_item(segment, others, strides))
    return result


def _item(segment: Sequence[_Unit], others: Sequence[Sequence[_Unit]], strides: set[str]) -> Item:
    """The item of a segment and of those after it that are alike, whose strides may differ."""
    lines = [line for unit in segment for line in unit.lines]
    every = [lines, *([line for unit in other for line in unit.lines] for other in others)]
    same = all(other == lines for other in every)
    if not same:
        strides |= {line.stride for other in every for line in other if line.stride}
    shown = tuple(line.whole if same else line.text for line in lines)
    kinds = {unit.kind for unit in segment}
    fence: Fence = ""
    if kinds == {"branches"}:
        fence = "bars"
    elif kinds != {"step"} or len(shown) > 1:
        fence = "brackets"
    return Item(shown, len(every), fence, pools=segment[0].pools and len(segment) == 1)
