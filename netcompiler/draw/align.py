"""Stages of several nets in rows of one size each, as the ResNet paper's figure and table have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from netcompiler.draw.stages import Stage, Stages
from netcompiler.operations.base import Shape


@dataclass(frozen=True, eq=False)
class Row:
    """What the nets do at one size.

    Attributes:
        size: the spatial size; ``()`` for vectors and for 1×1.
        stages: each net's stage; None for a net that has none here.
    """

    size: Shape
    stages: tuple[Stage | None, ...]

    @property
    def names(self) -> list[str]:
        """The names that the nets give to it, each once."""
        return list(dict.fromkeys(stage.name for stage in self.stages if stage is not None and stage.name))


def aligned(nets: Sequence[Stages]) -> list[Row]:
    """Rows with as many stages of the same size side by side as can be; the order of each net is kept."""
    rows: list[Row] = []
    for number, net in enumerate(nets):
        rows = _taken_in(rows, net.stages, number)
    return rows


def _taken_in(rows: Sequence[Row], stages: Sequence[Stage], number: int) -> list[Row]:
    """The rows with the stages of one more net, the one of this number."""
    result: list[Row] = []
    above, left = 0, 0
    for i, j in [*_common([row.size for row in rows], [stage.size for stage in stages]), (None, None)]:
        result += _merged(rows[above:i], stages[left:j], number)
        if i is not None and j is not None:
            result.append(Row(rows[i].size, (*rows[i].stages, stages[j])))
            above, left = i + 1, j + 1
    return result


def _merged(rows: Sequence[Row], stages: Sequence[Stage], number: int) -> list[Row]:
    """Rows and stages that have no size in common, larger sizes first where the order leaves a choice."""
    old = [Row(row.size, (*row.stages, None)) for row in rows]
    new = [Row(stage.size, (*[None] * number, stage)) for stage in stages]
    result: list[Row] = []
    while old and new:
        result.append((old if prod(old[0].size) >= prod(new[0].size) else new).pop(0))
    return result + old + new


def _common(rows: Sequence[Shape], stages: Sequence[Shape]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence."""
    best = [[0] * (len(stages) + 1) for _ in range(len(rows) + 1)]
    for i in reversed(range(len(rows))):
        for j in reversed(range(len(stages))):
            same = rows[i] == stages[j]
            best[i][j] = best[i + 1][j + 1] + 1 if same else max(best[i + 1][j], best[i][j + 1])
    found = []
    i = j = 0
    while i < len(rows) and j < len(stages):
        if rows[i] == stages[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return found
