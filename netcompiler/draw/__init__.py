"""Pictures of nets. Nothing here needs torch, and Graphviz is loaded only when a picture is made."""

from __future__ import annotations

from netcompiler.draw.errors import DrawError
from netcompiler.graph import Graph

__all__ = ["FORMATS", "DrawError", "draw"]

FORMATS = ("svg", "png", "pdf", "dot")
"""What `draw` can make."""


def draw(graph: Graph, format: str, *, depth: int | None = None, dpi: int = 144) -> bytes:
    """A picture of a net in one of `FORMATS`."""
    from netcompiler.draw import dot, render
    from netcompiler.draw.styles import graph as style

    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    picture = style.draw(graph, depth)
    if format == "dot":
        return dot.write(picture).encode()
    return render.render(picture, format, dpi)
