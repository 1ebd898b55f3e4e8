"""The general picture of any net: blocks as frames, repeats folded, skip connections as arcs."""

from __future__ import annotations

from netcompiler.draw.collapse import collapse
from netcompiler.draw.condense import condense
from netcompiler.draw.fold import fold
from netcompiler.draw.junctions import add_junctions
from netcompiler.draw.lanes import add_lanes
from netcompiler.draw.layout.arrange import Arranger
from netcompiler.draw.layout.cell import Cell
from netcompiler.draw.layout.lanes import lanes_cell
from netcompiler.draw.page import fit, paint
from netcompiler.draw.picture import Picture
from netcompiler.draw.theme import LIGHT, Theme
from netcompiler.draw.tree import Tree
from netcompiler.graph import Graph

_LIMITS = (float("inf"), 1300.0, 1000.0, 820.0, 700.0, 600.0, 500.0, 420.0, 340.0)
"""Heights of columns to try, in points."""


def plan(graph: Graph, depth: int | None = None) -> Tree:
    """What is drawn: the net, condensed and folded."""
    tree = condense(graph)
    fold(tree)
    if depth is not None:
        collapse(tree, depth)
    add_junctions(tree)
    if graph.groups:
        add_lanes(tree)
    return tree


def draw(graph: Graph, depth: int | None = None, theme: Theme = LIGHT) -> Picture:
    """The picture of a net; blocks are shown down to ``depth``, or all."""
    tree = plan(graph, depth)
    return paint(tree, _best(tree, theme), theme)


def _best(tree: Tree, theme: Theme) -> Cell:
    """The layout with the largest text on a page, and of equals the one with the fewest columns."""
    if tree.graph.groups:
        return lanes_cell(tree, Arranger(tree, theme, float("inf")))
    best: Cell | None = None
    for limit in _LIMITS:
        cell = Arranger(tree, theme, limit).level(tree.root.children).cell(limit)
        if best is None or fit(cell.width, cell.height) > fit(best.width, best.height) * 1.04:
            best = cell
    assert best is not None
    return best
