"""DOT text to bytes, through the Graphviz that pygraphviz carries, or through a ``dot`` program."""

from __future__ import annotations

import os
import re
import shutil
import struct
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from pathlib import Path

from netcompiler.draw import fonts, svg
from netcompiler.draw.dot import write
from netcompiler.draw.errors import DrawError
from netcompiler.draw.picture import Picture

_NAMES = {"svg": "svg", "png": "png", "pdf": "pdf", "eps": "eps:cairo"}
"""What Graphviz calls the formats. Nothing else is ever passed to it: it ends the process on some.

Its own EPS has no letters beyond Latin-1 and names fonts that it does not embed.
"""

RENDERED = tuple(_NAMES)
"""The formats that Graphviz makes."""

_SCALE = 4.0
"""How much larger than life a picture is given to Graphviz, so that its text is spaced evenly.

Graphviz takes whole sizes of text alone; those of themes are multiples of half a point.
"""

_MOST_PIXELS = 32_767
_POINTS = 72

_PNG = b"\x89PNG\r\n\x1a\n"

_NAMED = 8
"""Missing letters that an error names."""

_LOCK = threading.Lock()
"""Graphviz keeps its state in global variables."""

_INSTALL = (
    "install what pygraphviz needs (on Debian and Ubuntu: apt-get install libglib2.0-0 libx11-6 libxext6 "
    "libxrender1 libexpat1), or put Graphviz's `dot` program on PATH"
)


def render(picture: Picture, format: str, dpi: int) -> bytes:
    """A picture in one of the formats of `RENDERED`; ``dpi`` counts for png alone."""
    if format not in RENDERED:
        raise ValueError(f"unknown format {format!r}; known are {', '.join(RENDERED)}")
    dot = write(picture, _SCALE, cut_dashes=format != "svg")
    if format != "svg":
        _check_letters(picture, format)
    if format == "png":
        _check_pixels(picture, dpi)
        dot = dot.replace("{\n", f'{{\n  graph [dpi="{dpi}"];\n', 1)
    with _LOCK, _our_fonts():
        data = _with_library(dot, format)
        if data is None:
            data = _with_program(dot, format)
    if format == "svg":
        return svg.finish(data, _SCALE)
    return _with_resolution(data, dpi) if format == "png" else _undated(data)


def _with_resolution(data: bytes, dpi: int) -> bytes:
    """A PNG that says how many pixels make a metre, so that it is printed at its size."""
    per_metre = round(dpi / 0.0254)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    # Right after the header, which has a length of its own.
    end = len(_PNG) + 12 + struct.unpack_from(">I", data, len(_PNG))[0]
    return data[:end] + chunk + data[end:]


def _undated(data: bytes) -> bytes:
    """A PDF or EPS without the time it was made at, so that the same picture is the same file.

    Blanks take the time's place: PDF files hold the positions of what is in them.
    """
    pattern = rb"/CreationDate \([^)]*\)|(?m:^%%CreationDate: .*$)"
    return re.sub(pattern, lambda found: b" " * len(found.group()), data)


def _check_letters(picture: Picture, format: str) -> None:
    """Letters that the shipped font lacks would become boxes where nothing else can stand in for it.

    A browser that shows an SVG takes them from the reader's own fonts.
    """
    lacking = fonts.missing("".join(span.text for span in picture.spans()))
    if lacking:
        some = " ".join(lacking[:_NAMED]) + (" …" if len(lacking) > _NAMED else "")
        raise DrawError(
            f"the font of pictures has no {some}: draw it as SVG, which takes them from the reader's own "
            f"fonts, or use Latin, Greek or Cyrillic letters for {format}"
        )


def _check_pixels(picture: Picture, dpi: int) -> None:
    """PNG files made with Graphviz end at a number of pixels, without a word about it."""
    if dpi < 1:
        raise ValueError(f"dpi must be 1 or more, not {dpi}")
    longest = max(picture.width, picture.height) * picture.zoom
    if longest * dpi / _POINTS <= _MOST_PIXELS:
        return
    raise DrawError(
        f"a PNG of this net would be {longest * dpi / _POINTS:,.0f} pixels long, and {_MOST_PIXELS:,} is the "
        f"most; draw it as SVG or PDF, show fewer levels of blocks, or ask for "
        f"{int(_MOST_PIXELS * _POINTS / longest)} dpi or less"
    )


def _with_library(dot: str, format: str) -> bytes | None:
    """Render in this process. None when pygraphviz or a library it needs is missing."""
    try:
        import pygraphviz
    except ImportError:
        return None
    with _captured_errors() as errors:
        # A fresh graph for each picture: a second layout of the same one starts from the first's remains.
        graph = pygraphviz.AGraph(string=dot)
        try:
            data = graph.draw(path=None, format=_NAMES[format], prog="nop2")
        except Exception as error:
            raise DrawError(f"Graphviz cannot draw this: {errors() or error}") from error
        finally:
            graph.close()
        if not data:
            raise DrawError(f"Graphviz gave an empty picture: {errors() or 'it does not say why'}")
    return bytes(data)


def _with_program(dot: str, format: str) -> bytes:
    """Render with the ``neato`` that comes with ``dot``."""
    import graphviz

    renderer = _NAMES[format].partition(":")[2]
    try:
        data: bytes = graphviz.pipe(
            "neato", format, dot.encode(), renderer=renderer or None, neato_no_op=2, quiet=True
        )
    except graphviz.ExecutableNotFound as error:
        raise DrawError(f"pygraphviz cannot be loaded and there is no `dot` program: {_INSTALL}") from error
    except graphviz.CalledProcessError as error:
        raise DrawError(f"Graphviz cannot draw this: {error}") from error
    return data


@cache
def _fontconfig() -> tempfile.TemporaryDirectory[str]:
    """A folder with the shipped font and a configuration that knows nothing else.

    Fontconfig writes to its cache and into the folders it finds fonts in, so the font is not used where it is
    installed. The folder lives as long as the process: font files are opened whenever a new size is met.
    """
    folder = tempfile.TemporaryDirectory(prefix="netcompiler-")
    for bold in (False, True):
        shutil.copy(fonts.path(bold, "ttf"), folder.name)
    path = escape(folder.name)
    (Path(folder.name) / "fonts.conf").write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"<dir>{path}</dir>\n<cachedir>{path}</cachedir>\n"
        "<config><rescan><int>0</int></rescan></config>\n</fontconfig>\n",
        encoding="utf-8",
    )
    return folder


@contextmanager
def _our_fonts() -> Iterator[None]:
    """Let fontconfig see the shipped font alone, so that pictures are the same on every machine."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(Path(_fontconfig().name) / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@contextmanager
def _captured_errors() -> Iterator[Callable[[], str]]:
    """Keep what Graphviz and fontconfig print to standard error; gives a function that returns it so far.

    They print from C, past `sys.stderr`, and also about things that do not matter here.
    """
    try:
        saved = os.dup(2)
    except OSError:  # a process without standard error: what is printed goes nowhere
        yield lambda: ""
        return
    with tempfile.TemporaryFile() as file:

        def printed() -> str:
            file.seek(0)
            return file.read().decode(errors="replace").strip()

        sys.stderr.flush()
        os.dup2(file.fileno(), 2)
        try:
            yield printed
        finally:
            os.dup2(saved, 2)
            os.close(saved)
