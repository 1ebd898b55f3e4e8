"""Stages in columns side by side: how many stages stand in a column, and where everything comes to stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from netcompiler.draw.layout.cell import Cell, Hint
from netcompiler.draw.styles.columns.plan import Plan
from netcompiler.draw.tree import Flow, leaves

GUTTER = 22.0
"""Between columns."""

TURN = 13.0
"""How far below a column and above the next one the way between them runs."""

BETWEEN = 20.0
"""Between what stands one below the other in a column."""

_MOST = 40
"""Columns, at most."""

_TRIES = 24
"""Heights that are tried for columns of about the same height."""


@dataclass(frozen=True)
class Columns:
    """Which parts stand in which column, by ranges of their places.

    Attributes:
        ranges: for each column its first part and the one after its last.
        stages: how many of the columns have stages.
        width: how wide all columns are together.
        height: how high they are.
        filled: how much of that is taken, 1 for all.
    """

    ranges: tuple[tuple[int, int], ...]
    stages: int
    width: float
    height: float
    filled: float


class Packer:
    """Puts the parts of a net, laid out as cells, into columns."""

    def __init__(self, plan: Plan, cells: Sequence[Cell], space: float) -> None:
        self._plan = plan
        self._cells = cells
        self._stages = [index for index, part in enumerate(plan.parts) if part.stage is not None]
        self._gutter, self._turn, self._between = GUTTER * space, TURN * space, BETWEEN * space

    def ways(self) -> Iterator[Columns]:
        """The ways to put the parts into columns: one stage in each or several, what comes before and after
        the stages in columns of its own or not.
        """
        last = len(self._cells)
        for count in range(min(len(self._stages), _MOST), 0, -1):
            for after in sorted({self._stages[-1] + 1, last}):
                starts = self._starts(count, after)
                for before in sorted({0, self._stages[0]}):
                    cuts = sorted({0, before, *starts[1:], after, last})
                    yield self._columns(tuple(pairwise(cuts)))

    def _starts(self, count: int, end: int) -> list[int]:
        """Where each of at most so many columns of the parts before ``end`` starts, so that the highest is as
        low as can be.
        """
        firsts = self._firsts()
        if count == len(firsts):
            return firsts
        heights = [self._height(start, end) for start, end in pairwise([*firsts, end])]
        low, high = max(heights), sum(heights) + self._between * len(heights)
        for _ in range(_TRIES):
            middle = (low + high) / 2
            low, high = (low, middle) if len(self._filled(heights, middle)) <= count else (middle, high)
        return [firsts[index] for index in self._filled(heights, high)]

    def _filled(self, heights: Sequence[float], limit: float) -> list[int]:
        """Where columns start that are filled up to a height, one after another."""
        starts, used = [0], heights[0]
        for index, height in enumerate(heights[1:], start=1):
            if used + self._between + height > limit:
                starts.append(index)
                used = height
            else:
                used += self._between + height
        return starts

    def _firsts(self) -> list[int]:
        """The first part of each column with one stage: what stands before a stage goes with it."""
        return [0, *(stage + 1 for stage in self._stages[:-1])]

    def _columns(self, ranges: tuple[tuple[int, int], ...]) -> Columns:
        leads = self._leads(ranges)
        width = sum(self._width(*r) for r in ranges) + self._gutter * (len(ranges) - 1)
        height = max(lead + self._height(*r) for lead, r in zip(leads, ranges, strict=True))
        turns = self._turn * (2 if len(ranges) > 1 else 0)
        taken = sum(self._width(*r) * self._height(*r) for r in ranges)
        stages = sum(any(start <= index < end for index in self._stages) for start, end in ranges)
        return Columns(ranges, stages, width, height + turns, taken / (width * height))

    def _leads(self, ranges: Sequence[tuple[int, int]]) -> list[float]:
        """How far down each column starts, so that the first stages of all columns stand side by side."""
        heads = [self._head(*r) for r in ranges]
        leads = [max(heads) - head for head in heads]
        if ranges[-1][0] > self._stages[-1]:
            leads[-1] = self._last_lead(ranges, leads)
        return leads

    def _last_lead(self, ranges: Sequence[tuple[int, int]], leads: Sequence[float]) -> float:
        """How far down a last column without stages starts: it stands at the foot of the others, near to
        where values come from, and so that the way there has no kink.
        """
        feet = [lead + self._height(*r) for lead, r in zip(leads[:-1], ranges[:-1], strict=True)]
        lead = max(max(feet) - self._height(*ranges[-1]), 0.0)
        straight = feet[-1] + 2 * self._turn
        return straight if straight - 2 * self._turn < lead < straight else lead

    def _head(self, start: int, end: int) -> float:
        """How much of a column stands above its first stage."""
        first = next((index for index in self._stages if start <= index < end), start)
        return sum(self._cells[index].height + self._between for index in range(start, first))

    def _height(self, start: int, end: int) -> float:
        return sum(c.height for c in self._cells[start:end]) + self._between * (end - start - 1)

    def _width(self, start: int, end: int) -> float:
        left, right = self._reach(start, end)
        return left + right

    def _reach(self, start: int, end: int) -> tuple[float, float]:
        """How far a column reaches to both sides of where its first part is entered."""
        x = left = right = 0.0
        for cell in self._cells[start:end]:
            left, right = max(left, cell.left - x), max(right, x + cell.right)
            x += cell.exit
        return left, right

    def cell(self, columns: Columns) -> Cell:
        """All parts at their places."""
        whole = Cell()
        edge = 0.0
        exits: list[tuple[float, float, float]] = []
        above = self._turn if len(columns.ranges) > 1 else 0.0
        for (start, end), lead in zip(columns.ranges, self._leads(columns.ranges), strict=True):
            left, right = self._reach(start, end)
            x, y = edge + left, above + lead
            if exits:
                self._join(whole, exits[-1], (x, y), edge - self._gutter / 2, start)
            for index in range(start, end):
                cell = self._cells[index]
                whole.put(cell, x, y)
                x += cell.exit
                y += cell.height + self._between
            exits.append((x, y - self._between, edge))
            edge += left + right + self._gutter
        # Below the last column nothing runs.
        feet = [y + above for _, y, _ in exits[:-1]]
        whole.grow(0.0, edge - self._gutter, max([whole.height, *feet]))
        return whole

    def _join(
        self,
        whole: Cell,
        source: tuple[float, float, float],
        target: tuple[float, float],
        gutter: float,
        start: int,
    ) -> None:
        """The way from the foot of a column up to the head of the next one."""
        head = target[1] - self._turn
        foot = max(source[1] + self._turn, head)
        way = ((source[0], foot), (gutter, foot), (gutter, head), (target[0], head))
        whole.hints += [Hint(flow, "turn", way) for flow in self._flows_into(start)]

    def _flows_into(self, index: int) -> list[Flow]:
        """The flows from the part before."""
        parts, flows = self._plan.parts, self._plan.tree.flows
        before = set(leaves(parts[index - 1].items))
        return [f for leaf in leaves(parts[index].items) for f in flows.into(leaf) if f.source in before]
