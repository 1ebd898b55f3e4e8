"""The general picture of any net: blocks as frames, repeats folded, skip connections as arcs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from netcompiler.draw import legend
from netcompiler.draw.choice import choose
from netcompiler.draw.collapse import DEEPEST, collapse, nodes_at
from netcompiler.draw.condense import condense
from netcompiler.draw.costs import add_costs
from netcompiler.draw.errors import DrawError
from netcompiler.draw.fold import fold
from netcompiler.draw.junctions import add_junctions
from netcompiler.draw.lanes import add_lanes
from netcompiler.draw.layout.cell import Cell
from netcompiler.draw.layout.lanes import lanes_cell
from netcompiler.draw.layout.level import Arranger, Level
from netcompiler.draw.numbers import add_numbers
from netcompiler.draw.options import Options
from netcompiler.draw.page import LEGIBLE, MOST_ZOOM, SMALLEST, dress, facts, fit, margin_of, shrinking
from netcompiler.draw.paint import Painter
from netcompiler.draw.picture import Picture
from netcompiler.draw.route import Router
from netcompiler.draw.styles import Style
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Tree, leaves
from netcompiler.graph import Graph

_LIMITS = (float("inf"), 1300.0, 1000.0, 820.0, 700.0, 600.0, 500.0, 420.0, 340.0)
"""Heights of columns to try, in points."""

_PARTS = (4.0, 2.8, 2.0, 1.4, 1.15, 1.0, 0.88, 0.76, 0.66, 0.57, 0.5)
"""The same for a page of a width that is asked for, in its height."""

_FAILURES = 4
"""Heights in a row that are no better, after which no more are tried."""

_MANY_NODES = 400
"""Nodes from which on fewer levels are shown, unless a depth is asked for."""

_MOST_NODES = 10_000
"""Nodes, at most: a picture of more helps nobody, and takes minutes."""

_AROUND = 90.0
"""About how much the title and the legend add to a picture's height."""


def plan(graph: Graph, options: Options | None = None, detail: Detail | None = None) -> Tree:
    """What is drawn: the net, condensed and folded."""
    options = options or Options()
    tree = condense(graph)
    choose(tree, options.expand, options.fold)
    fold(tree)
    add_numbers(tree)
    if options.costs:
        add_costs(tree)
    if detail is None:
        detail = Detail(_depth(tree) if options.depth is None else options.depth)
    collapse(tree, detail.depth, once=detail.once)
    nodes = sum(1 for _ in leaves(tree.root))
    if nodes > _MOST_NODES:
        raise DrawError(
            f"a picture of this net would have {nodes:,} nodes, and {_MOST_NODES:,} is the most; put what "
            f"belongs together into blocks and show fewer levels of them"
        )
    add_junctions(tree)
    if graph.groups:
        add_lanes(tree)
    return tree


@dataclass(frozen=True)
class Detail:
    """How much of a net is shown.

    Attributes:
        depth: levels of blocks.
        once: True to show the first of several blocks that call the same definition, and the others as nodes.
        compact: True for smaller text and less room between things.
    """

    depth: int
    once: bool = False
    compact: bool = False


def draw(graphs: Sequence[Graph], options: Options) -> Picture:
    """The picture of a net, with blocks shown down to ``options.depth``: by default all, or fewer where they
    are many or would not be legible at the width asked for.
    """
    (graph,) = graphs
    laid = _whole(graph, options) if options.width is None else _for_width(graph, options)
    tree, cell, theme = laid.tree, laid.cell, laid.theme
    body = Picture(graph.name, cell.width, cell.height, theme.paper)
    whole = Cell()
    whole.put(cell, cell.left, 0.0)
    Painter(tree, whole, theme, body).paint()
    entries = legend.entries(tree, Router(cell, tree.homes(), theme), theme)
    return dress(body, entries, options, title=graph.name, facts=facts(graph) + laid.says)


@dataclass(frozen=True)
class _Laid:
    """A net laid out.

    Attributes:
        tree: what is drawn.
        cell: where it stands.
        theme: the colours and sizes it is laid out for.
        once: True where of several blocks of a kind the first alone is shown.
    """

    tree: Tree
    cell: Cell
    theme: Theme
    once: bool = False

    @property
    def says(self) -> str:
        """What a reader is to know of the blocks that are nodes."""
        some = self.once and any(leaf.role == "summary" for leaf in leaves(self.tree.root))
        return " · of each kind of block the first is open" if some else ""


def _whole(graph: Graph, options: Options) -> _Laid:
    tree = plan(graph, options)
    cell = _best(tree, options.theme, lambda cell: fit(cell.width, cell.height), _LIMITS)
    return _Laid(tree, cell, options.theme)


def _for_width(graph: Graph, options: Options) -> _Laid:
    """The most detailed picture that is legible at the width asked for and no higher than a page. Where every
    one is higher, the lowest of those that are legible.
    """
    margins = 2 * margin_of(options)

    def shrink(cell: Cell) -> float:
        return shrinking(cell.width + margins, cell.height + _AROUND, options)

    def is_legible(cell: Cell) -> bool:
        return options.room / (cell.width + margins) >= SMALLEST / options.theme.small

    def score(cell: Cell) -> float:
        # What is not legible is worse than what is too high.
        return shrink(cell) / MOST_ZOOM / (1 if is_legible(cell) else 10)

    limits = (float("inf"), *(part * options.tall for part in _PARTS))
    found: list[_Laid] = []
    for detail in _details(graph, options):
        theme = options.theme.compact() if detail.compact else options.theme
        tree = plan(graph, options, detail)
        cell = _best(tree, theme, score, limits)
        found.append(_Laid(tree, cell, theme, detail.once))
        if shrink(cell) >= LEGIBLE:
            return found[-1]
    legible = [laid for laid in found if is_legible(laid.cell)]
    return min(legible or found, key=lambda laid: laid.cell.height if legible else laid.cell.width)


def _details(graph: Graph, options: Options) -> list[Detail]:
    """From the most detailed picture to the least, compact ones last; with a depth asked for, just that."""
    if options.depth is not None:
        loose = [Detail(options.depth)]
    else:
        tree = condense(graph)
        fold(tree)
        deepest = _depth(tree)
        once = [Detail(deepest, once=True)] if deepest else []
        loose = [Detail(deepest), *once, *(Detail(depth) for depth in range(deepest - 1, -1, -1))]
    return [*loose, *(replace(detail, compact=True) for detail in loose)]


def _depth(tree: Tree) -> int:
    """As many levels of blocks as leave a picture that can be taken in."""
    counts = nodes_at(tree)[: DEEPEST + 1]
    return max((depth for depth, count in enumerate(counts) if count <= _MANY_NODES), default=0)


def _best(tree: Tree, theme: Theme, score: Callable[[Cell], float], limits: Sequence[float]) -> Cell:
    """The layout with the best score, 1 at most, and of equals the one with the fewest columns."""
    if any(isinstance(item, Box) and item.lane is not None for item in tree.root.children):
        return lanes_cell(tree, Arranger(tree, theme, float("inf")))
    best: Cell | None = None
    failures = 0
    for limit in limits:
        if best is not None and not failures and limit > best.height:
            # The same again.
            continue
        cell = Level(Arranger(tree, theme, limit), tree.root.children).cell(limit)
        if best is None or score(cell) > score(best) * 1.04:
            best, failures = cell, 0
        else:
            failures += 1
        # Lower columns than those that fit, or than some that fit worse, will not fit better.
        if score(best) == 1 or failures == _FAILURES:
            break
    assert best is not None
    return best


STYLE = Style(
    "any net: blocks as frames, repeats folded, skip connections as arcs",
    draw,
    knows=frozenset({"depth", "expand", "fold", "costs"}),
)
