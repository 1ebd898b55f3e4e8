"""A layout with everything around it: title, small print, legend."""

from __future__ import annotations

from netcompiler.draw import legend, words
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.layout.cell import Cell
from netcompiler.draw.paint import Painter
from netcompiler.draw.picture import Line, Picture, Span, Text
from netcompiler.draw.route import Router
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Tree

_PAGES = ((454.0, 640.0), (860.0, 440.0))
"""What must hold a picture: the text of an upright sheet of paper, and a slide."""

_MARGIN = 14.0
_TITLE = 46.0
_NARROWEST = 200.0


def fit(width: float, height: float) -> float:
    """How much a picture must shrink to fit a page: 1 for not at all."""
    return max(min(1.0, w / width, h / height) for w, h in _PAGES)


def compose(tree: Tree, cell: Cell, theme: Theme) -> Picture:
    """The finished picture of a layout."""
    title = _title(tree, theme)
    width = max(cell.width, *(line_width(line) for line in title), _NARROWEST)
    router = Router(cell, tree.homes(), theme)
    rows = legend.rows(legend.entries(tree, router, theme), width, theme)
    height = _TITLE + cell.height + (16 if rows else 0) + legend.ROW * len(rows)
    picture = Picture(tree.graph.name, width + 2 * _MARGIN, height + 2 * _MARGIN, theme.paper)
    whole = Cell()
    whole.put(cell, _MARGIN + cell.left + (width - cell.width) / 2, _MARGIN + _TITLE)
    Painter(tree, whole, theme, picture).paint()
    for index, line in enumerate(title):
        picture.texts.append(Text(line, _MARGIN, _MARGIN + 8 + 18 * index))
    for index, row in enumerate(rows):
        y = picture.height - _MARGIN - legend.ROW * (len(rows) - index - 0.5)
        legend.paint(picture, row, _MARGIN, y, theme)
    return picture


def _title(tree: Tree, theme: Theme) -> tuple[Line, Line]:
    graph = tree.graph
    parameters = sum(layer.parameters for layer in graph.layers())
    macs = sum(layer.macs for layer in graph.layers())
    facts = f"{words.count(parameters)} parameters · {words.count(macs)} MACs"
    return (
        (Span(measure.cut(graph.name), theme.title, theme.ink, bold=True),),
        (Span(facts, theme.small + 1, theme.quiet),),
    )
