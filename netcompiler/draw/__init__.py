"""Pictures of nets. Nothing here needs torch, and Graphviz is loaded only when a picture is made."""

from __future__ import annotations

from netcompiler.draw.errors import DrawError
from netcompiler.graph import Graph

__all__ = ["FORMATS", "DrawError", "draw"]

FORMATS = ("svg", "png", "pdf", "dot")
"""What `draw` can make."""


def draw(graph: Graph, format: str, *, depth: int | None = None, dpi: int = 192) -> bytes:
    """A picture of a net in one of `FORMATS`.

    The same net gives the same bytes on every machine with the same Graphviz.

    Args:
        graph: the net.
        format: ``svg``, ``png``, ``pdf`` or ``dot``.
        depth: how many levels of blocks are shown; those below are single nodes. By default all are,
            unless the picture would have several hundred nodes.
        dpi: pixels an inch, for png.

    Raises:
        ValueError: for a format that is none of these, or a senseless option.
        DrawError: when it cannot be drawn; the message says what to install or to do.
    """
    from netcompiler.draw import dot, render
    from netcompiler.draw.styles import graph as style

    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    picture = style.draw(graph, depth)
    if format == "dot":
        return dot.write(picture).encode()
    return render.render(picture, format, dpi)
