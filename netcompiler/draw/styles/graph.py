"""The general picture of any net: blocks as frames, repeats folded, skip connections as arcs."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.draw import legend
from netcompiler.draw.collapse import collapse, nodes_at
from netcompiler.draw.condense import condense
from netcompiler.draw.errors import DrawError
from netcompiler.draw.fold import fold
from netcompiler.draw.junctions import add_junctions
from netcompiler.draw.lanes import add_lanes
from netcompiler.draw.layout.cell import Cell
from netcompiler.draw.layout.lanes import lanes_cell
from netcompiler.draw.layout.level import Arranger, Level
from netcompiler.draw.options import Options
from netcompiler.draw.page import dress, facts, fit
from netcompiler.draw.paint import Painter
from netcompiler.draw.picture import Picture
from netcompiler.draw.route import Router
from netcompiler.draw.styles import Style
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Tree, leaves
from netcompiler.graph import Graph

_LIMITS = (float("inf"), 1300.0, 1000.0, 820.0, 700.0, 600.0, 500.0, 420.0, 340.0)
"""Heights of columns to try, in points."""

_FAILURES = 3
"""Heights in a row that are no better, after which no more are tried."""

_DEEPEST = 24
"""Levels of blocks, at most."""

_MANY_NODES = 400
"""Nodes from which on fewer levels are shown, unless a depth is asked for."""

_MOST_NODES = 10_000
"""Nodes, at most: a picture of more helps nobody, and takes minutes."""


def plan(graph: Graph, depth: int | None = None) -> Tree:
    """What is drawn: the net, condensed and folded."""
    tree = condense(graph)
    fold(tree)
    collapse(tree, _depth(tree) if depth is None else min(depth, _DEEPEST))
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


def _depth(tree: Tree) -> int:
    """As many levels of blocks as leave a picture that can be taken in."""
    counts = nodes_at(tree)[: _DEEPEST + 1]
    return max((depth for depth, count in enumerate(counts) if count <= _MANY_NODES), default=0)


def draw(graphs: Sequence[Graph], options: Options) -> Picture:
    """The picture of a net, with blocks shown down to ``options.depth``: by default all, or fewer if many."""
    (graph,) = graphs
    theme = options.theme
    tree = plan(graph, options.depth)
    cell = _best(tree, theme)
    body = Picture(graph.name, cell.width, cell.height, theme.paper)
    whole = Cell()
    whole.put(cell, cell.left, 0.0)
    Painter(tree, whole, theme, body).paint()
    entries = legend.entries(tree, Router(cell, tree.homes(), theme), theme)
    return dress(body, entries, options, title=graph.name, facts=facts(graph))


def _best(tree: Tree, theme: Theme) -> Cell:
    """The layout with the largest text on a page, and of equals the one with the fewest columns."""
    if any(isinstance(item, Box) and item.lane is not None for item in tree.root.children):
        return lanes_cell(tree, Arranger(tree, theme, float("inf")))
    best: Cell | None = None
    failures = 0
    for limit in _LIMITS:
        cell = Level(Arranger(tree, theme, limit), tree.root.children).cell(limit)
        if best is None or _fit(cell) > _fit(best) * 1.04:
            best, failures = cell, 0
        else:
            failures += 1
        # Lower columns than those that fit, or than some that fit worse, will not fit better.
        if _fit(best) == 1 or failures == _FAILURES:
            break
    assert best is not None
    return best


def _fit(cell: Cell) -> float:
    return fit(cell.width, cell.height)


STYLE = Style(
    "any net: blocks as frames, repeats folded, skip connections as arcs",
    draw,
    knows=frozenset({"depth", "expand", "fold", "costs"}),
)
