"""A table of nets by stages, before it is set: rows, cells, totals and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netcompiler.cost import totals
from netcompiler.draw import notes, words
from netcompiler.draw.align import Row, aligned
from netcompiler.draw.parts import Step, steps
from netcompiler.draw.stages import Stages, stages
from netcompiler.draw.styles.table.cells import Cell, cell
from netcompiler.draw.styles.table.words import in_a_line
from netcompiler.graph import Graph

_MOST_NAMES = 2
"""Names of one row from different nets, at most; a row with more has none."""


@dataclass(frozen=True)
class TableRow:
    """A row.

    Attributes:
        name: what the nets call it; "" for nothing.
        size: the output size.
        cells: one for each net.
        inline: True where the items of a cell stand in one line: the classifier.
    """

    name: str
    size: str
    cells: tuple[Cell, ...]
    inline: bool


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        nets: the heads of the columns.
        rows: one for each stage.
        totals: further rows at the foot: what they count, and the number for each net.
        notes: sentences on how to read it.
    """

    nets: tuple[str, ...]
    rows: tuple[TableRow, ...]
    totals: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]

    @property
    def lines(self) -> int:
        """How many lines of text the nets have at most."""
        return max(
            sum(len(item.lines) for row in self.rows for item in (*row.cells[i].head, *row.cells[i].body))
            for i in range(len(self.nets))
        )

    @property
    def named(self) -> bool:
        """True when half of the rows or more have a name: a column with less in it says little."""
        return 2 * sum(row.name != "" for row in self.rows) >= len(self.rows)


def table(graphs: Sequence[Graph]) -> Table:
    """The table of nets."""
    nets = [stages(graph) for graph in graphs]
    joined = [_joined(net) for net in nets]
    rows = []
    for row in aligned(nets):
        cells = tuple(
            cell(stage, sources) if stage is not None else Cell()
            for stage, sources in zip(row.stages, joined, strict=True)
        )
        if not any(one.head or one.body for one in cells):
            # Nothing but turned or flattened values.
            continue
        name = " / ".join(row.names) if len(row.names) <= _MOST_NAMES else ""
        inline = not row.size and not any(item.fence for c in cells for item in c.body)
        rows.append(TableRow(name, _size(row, nets), cells, inline))
    return Table(
        tuple(graph.name for graph in graphs), tuple(rows), _totals(graphs), tuple(_notes(rows, nets))
    )


def _joined(net: Stages) -> dict[Step, str]:
    """What merges take from other stages: the name of the stage, and the layers on the way."""
    stage_of = {step: stage for stage in net.stages for block in stage.blocks for step in steps(block.parts)}
    found: dict[Step, list[str]] = {}
    for skip in net.skips:
        if skip.source is None:
            continue
        stage = stage_of.get(skip.source)
        source = (stage.name if stage is not None else "") or skip.source.leaf.title
        way = in_a_line(skip.through)
        found.setdefault(skip.target, []).append(f"{source} ({way})" if way else source)
    return {step: ", ".join(sources) for step, sources in found.items()}


def _size(row: Row, nets: Sequence[Stages]) -> str:
    """``56×56``; for vectors ``1×1`` beside images and ``1`` otherwise."""
    if row.size:
        return words.shape(row.size)
    ranks = [len(stage.size) for net in nets for stage in net.stages]
    rank: int = max(ranks, default=1)
    return words.shape((1,) * max(rank, 1))


def _totals(graphs: Sequence[Graph]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    sums = [totals(graph.layers()) for graph in graphs]
    return (
        ("parameters", tuple(words.count(one.parameters) for one in sums)),
        ("MACs", tuple(words.count(one.macs) for one in sums)),
    )


def _notes(rows: Sequence[TableRow], nets: Sequence[Stages]) -> list[str]:
    cells = [one for row in rows for one in row.cells]
    fences = {item.fence for one in cells for item in one.body}
    found = []
    if "brackets" in fences:
        found.append("Brackets hold a building block, × the number of such blocks in a row.")
    found += _on_strides(rows)
    if "bars" in fences:
        joins = sorted({join for one in cells for join in one.joins})
        found.append(f"Bars hold branches side by side, one a line, that meet in: {', '.join(joins)}.")
    return [*found, *notes.on_groups(nets), *notes.on_training(nets)]


def _on_strides(rows: Sequence[TableRow]) -> list[str]:
    """What the lines of folded blocks leave out: strides of the first."""
    where: dict[str, list[str]] = {}
    for row in rows:
        for stride in sorted({stride for one in row.cells for stride in one.strides}):
            where.setdefault(stride, []).append(row.name or row.size)
    return [
        f"The first block of {notes.all_of(names)} has stride {stride}." for stride, names in where.items()
    ]
