"""Drawings of graphs, for tests."""

from __future__ import annotations

from netcompiler.draw.drawing import Drawing
from netcompiler.draw.options import Options
from netcompiler.draw.picture import Picture
from netcompiler.graph import Graph


def picture(*graphs: Graph, style: str = "graph", **options: object) -> Picture:
    """The picture of nets in a style, with `Options` by name."""
    return Drawing(graphs, style, Options(**options)).picture


def draw(*graphs_and_format: Graph | str, style: str = "graph", dpi: int = 192, **options: object) -> bytes:
    """The same as a file; the format comes last."""
    *graphs, format = graphs_and_format
    return Drawing(tuple(graphs), style, Options(**options), dpi).render(format)
