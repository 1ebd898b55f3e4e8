"""What a picture can be written as. A format is one entry here, and a module that writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from netcompiler.draw.picture import Picture

# The modules are imported when they are needed: Graphviz is not for DOT, and nothing but HTML needs the page.


def _dot(picture: Picture, _dpi: int) -> bytes:
    from netcompiler.draw import dot

    return dot.write(picture).encode()


def _tex(picture: Picture, _dpi: int) -> bytes:
    from netcompiler.draw import tikz

    return tikz.write(picture).encode()


def _rendered(format: str) -> Callable[[Picture, int], bytes]:
    def write(picture: Picture, dpi: int) -> bytes:
        from netcompiler.draw import render

        return render.render(picture, format, dpi)

    return write


WRITERS: Mapping[str, Callable[[Picture, int], bytes]] = MappingProxyType(
    {**{name: _rendered(name) for name in ("svg", "png", "pdf", "eps")}, "dot": _dot, "tex": _tex}
)
"""Writers by the format's name, which is a file's ending; each takes the picture and pixels an inch."""
