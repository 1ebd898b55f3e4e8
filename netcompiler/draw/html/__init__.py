"""A net as one interactive page."""

from __future__ import annotations

from netcompiler.draw.options import Options
from netcompiler.graph import Graph


def page(graph: Graph, options: Options) -> bytes:
    """The page, which needs nothing but itself."""
    raise NotImplementedError(graph, options)
