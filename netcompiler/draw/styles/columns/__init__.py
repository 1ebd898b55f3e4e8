"""A net's stages as columns from left to right, each with one or two of its blocks and the rest as ×n."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netcompiler.draw import legend
from netcompiler.draw.collapse import nodes_at
from netcompiler.draw.errors import DrawError
from netcompiler.draw.layout.cell import Cell
from netcompiler.draw.legend import Entry
from netcompiler.draw.options import Options
from netcompiler.draw.page import SMALLEST, dress, facts, fit, margin_of
from netcompiler.draw.picture import Picture
from netcompiler.draw.route import Router
from netcompiler.draw.styles import Style
from netcompiler.draw.styles.columns.cells import cells
from netcompiler.draw.styles.columns.pack import Columns, Packer
from netcompiler.draw.styles.columns.paint import Painter
from netcompiler.draw.styles.columns.plan import Plan, plan, refuses
from netcompiler.draw.styles.columns.texts import Detail, Texts
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import leaves
from netcompiler.graph import Graph

_AROUND = 80.0
"""About the height of title and legend."""

_MOST_NODES = 3_000
"""Nodes, at most: a picture of more helps nobody."""

_STACKED = 0.75
"""What text may shrink by for the sake of one stage in each column."""

_EMPTY = 0.4
"""How much of a picture is taken where it looks empty: one long column beside short ones."""

_SMALLEST_FIT = 0.55
"""What a picture may shrink to on a page; where it would be smaller, fewer levels of blocks are shown."""


def draw(graphs: Sequence[Graph], options: Options) -> Picture:
    """The picture of a net's stages."""
    (graph,) = graphs
    way = _best(graph, options)
    cell = way.packer.cell(way.columns)
    cell.detours += [projection.flow for projection in way.plan.projections]
    body = Picture(graph.name, cell.width, cell.height, options.theme.paper)
    whole = Cell()
    whole.put(cell, cell.left, 0.0)
    painter = Painter(way.plan, way.texts, whole, body)
    painter.paint()
    entries = _entries(way.plan, painter.router, options.theme)
    return dress(body, entries, options, title=graph.name, facts=facts(graph))


@dataclass(frozen=True)
class _Way:
    """A way to draw a net.

    Attributes:
        plan: what of it is drawn.
        detail: how much nodes say.
        texts: the words in nodes.
        packer: where its parts go, and how large they are.
        columns: which of them stand in which column.
    """

    plan: Plan
    detail: Detail
    texts: Texts
    packer: Packer
    columns: Columns

    @property
    def stacked(self) -> bool:
        """True when several stages stand in one column."""
        return self.columns.stages < sum(part.stage is not None for part in self.plan.parts)


def _best(graph: Graph, options: Options) -> _Way:
    """The way that shows the most and is legible: on the page's width, or on a page of the usual size."""
    every: list[_Way] = []
    for chosen in _plans(graph, options):
        ways = list(_ways(chosen, options))
        every += ways
        good = [way for way in ways if _is_good(way, options)]
        if good:
            return max(good, key=lambda way: _rank(way, options))
    if options.width is None:
        return max(every, key=lambda way: _fit(way, options))
    legible = [way for way in every if _is_legible(way, options)]
    return min(legible or every, key=lambda way: way.columns.height if legible else way.columns.width)


def _plans(graph: Graph, options: Options) -> Iterator[Plan]:
    """The net with all levels of blocks, then with fewer and fewer; with as many as asked for alone."""
    chosen = plan(graph, options, options.depth)
    levels = len(nodes_at(chosen.tree))
    count = sum(1 for _ in leaves(chosen.tree.root))
    if count <= _MOST_NODES:
        yield chosen
    for depth in range(levels - 2, 0, -1) if options.depth is None else ():
        chosen = plan(graph, options, depth)
        count = sum(1 for _ in leaves(chosen.tree.root))
        if count <= _MOST_NODES:
            yield chosen
    if count > _MOST_NODES:
        raise DrawError(
            f"a picture of this net in columns would have {count:,} nodes, and {_MOST_NODES:,} is the most; "
            f"put what belongs together into blocks"
        )


def _ways(chosen: Plan, options: Options) -> Iterator[_Way]:
    for detail in reversed(Detail) if options.width is not None else (Detail.FULL,):
        texts = Texts(chosen, options.theme, detail, costs=options.costs)
        packer = Packer(chosen, cells(chosen, texts), options.theme.space)
        for columns in packer.ways():
            yield _Way(chosen, detail, texts, packer, columns)


def _is_good(way: _Way, options: Options) -> bool:
    if options.width is None:
        return _fit(way, options) >= _SMALLEST_FIT
    width, height = _size(way, options)
    return _is_legible(way, options) and height * min(1.0, options.room / width) <= options.tall


def _is_legible(way: _Way, options: Options) -> bool:
    """True when the smallest text is large enough at the width asked for."""
    return _size(way, options)[0] <= options.room * options.theme.small / SMALLEST


def _rank(way: _Way, options: Options) -> tuple[float, ...]:
    """The larger the better: at a given width one stage in each column, unless that leaves most of it empty,
    and of those the most said.
    """
    if options.width is not None:
        return way.columns.filled > _EMPTY, way.columns.stages, way.detail, -way.columns.height
    size = _fit(way, options) * (_STACKED if way.stacked else 1.0)
    return round(size, 3), -way.columns.height


def _fit(way: _Way, options: Options) -> float:
    return fit(*_size(way, options))


def _size(way: _Way, options: Options) -> tuple[float, float]:
    """About the width and the height of the page."""
    margins = 2 * margin_of(options)
    return way.columns.width + margins, way.columns.height + margins + _AROUND


def _entries(chosen: Plan, router: Router, theme: Theme) -> list[Entry]:
    found = legend.kinds(leaf.kind for leaf in leaves(chosen.tree.root))
    lines = {projection.flow for projection in chosen.projections}
    past = [flow.target for flow in chosen.tree.flows if router.is_skip(flow) and flow not in lines]
    if past:
        adds = all(leaf.layers[0].operation.name == "add" for leaf in past)
        found.append(Entry("identity shortcut" if adds else "skip connection", color=theme.skip))
    for words in dict.fromkeys(p.words for p in chosen.projections):
        learned = any(p.learned for p in chosen.projections if p.words == words)
        name = "projection shortcut" if learned else "shortcut"
        found.append(Entry(f"{name}: {words}", color=theme.skip, dashed=True))
    return found


STYLE = Style(
    "stages as columns: one or two blocks of each, the rest as ×n",
    draw,
    refuses=refuses,
    knows=frozenset({"depth", "expand", "fold", "costs"}),
)
