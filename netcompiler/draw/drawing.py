"""A drawing: nets in a style, ready to be written in any format."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from os import PathLike
from pathlib import Path

from netcompiler.draw import styles
from netcompiler.draw.errors import DrawError
from netcompiler.draw.formats import WRITERS
from netcompiler.draw.options import STYLE_OPTIONS, Options
from netcompiler.draw.page import TooSmallError, fitted
from netcompiler.draw.picture import Picture
from netcompiler.graph import Graph
from netcompiler.limits import DEFAULT_LIMITS, Limits, how_to_raise
from netcompiler.write import write_whole

ALL_FORMATS = (*WRITERS, "html", "md")
"""Formats of any style; ``html`` is the interactive page of one net, ``md`` a table in Markdown."""

SHOWN = ("svg", "png")
"""Formats that a notebook shows, the default first."""

_PIXELS_PER_POINT = 96 / 72
"""Of CSS."""


@dataclass(frozen=True)
class Drawing:
    """Nets in a style. A notebook shows it.

    Attributes:
        graphs: the nets.
        style: the style's name.
        options: what is asked of the picture.
        dpi: pixels an inch of a png.
        shown: the format that a notebook shows it in, one of `SHOWN`.
        limits: how large the nets may be.
    """

    graphs: tuple[Graph, ...]
    style: str = styles.DEFAULT
    options: Options = field(default_factory=Options)
    dpi: int = 192
    shown: str = SHOWN[0]
    limits: Limits = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        self._check_sizes()
        if self.shown not in SHOWN:
            raise ValueError(f"a notebook shows {_either(SHOWN)}, not {self.shown}: name a file to write it")
        style = styles.style(self.style)
        names = ", ".join(graph.name for graph in self.graphs)
        if style.pair and len(self.graphs) != 2:
            raise DrawError(f"style {self.style} shows what differs between two nets, and this is {names}")
        if len(self.graphs) != 1 and not style.several:
            fit = [n for n in styles.names() if (one := styles.style(n)).several and not one.pair]
            raise DrawError(f"style {self.style} shows one net, not {names}; for several take {_either(fit)}")
        for option in STYLE_OPTIONS:
            if option not in style.knows and getattr(self.options, option) != getattr(Options(), option):
                fit = [name for name in styles.names() if option in styles.style(name).knows]
                raise DrawError(f"style {self.style} has no use for {option}; {_either(fit)} has")
        for graph in self.graphs:
            why = style.refuses(graph)
            if why is not None:
                fit = styles.that_fit(graph)
                raise DrawError(f"style {self.style} cannot show {graph.name}: {why}; take {_either(fit)}")

    def _check_sizes(self) -> None:
        """Refuse nets that no picture can show, before their layouts are looked for."""
        for graph in self.graphs:
            size = graph.nx.number_of_nodes() + graph.nx.number_of_edges()
            if size > self.limits.drawn:
                raise DrawError(
                    f"{graph.name} has {size:,} layers and connections, and a picture has at most "
                    f"{self.limits.drawn:,}; {how_to_raise('drawn').replace('`', '')}"
                )

    @cached_property
    def picture(self) -> Picture:
        """Everything at its place. Raises DrawError when it cannot be legible at the width asked for."""
        try:
            return fitted(styles.style(self.style).draw, self.graphs, self.options)
        except TooSmallError as error:
            ways = [f"make it {error.width:g} cm wide", *self._depths_that_fit(), *self._styles_that_fit()]
            raise DrawError(f"{error}: {_either(ways)}") from None

    def _depths_that_fit(self) -> Iterator[str]:
        """The most levels of blocks, fewer than asked for, that are legible at the width asked for."""
        depths = range((self.options.depth or 0) - 1, -1, -1)
        fitting = (depth for depth in depths if self._fits(self.style, replace(self.options, depth=depth)))
        yield from (f"show fewer levels with depth {depth}" for depth in islice(fitting, 1))

    def _styles_that_fit(self) -> Iterator[str]:
        """Other styles that are legible at the width asked for."""
        options = replace(self.options, **{name: getattr(Options(), name) for name in STYLE_OPTIONS})
        found = [name for name in styles.names() if name != self.style and self._fits(name, options)]
        if found:
            yield f"take style {_either(found)}"

    def _fits(self, style: str, options: Options) -> bool:
        try:
            Drawing(self.graphs, style, options, limits=self.limits)
            fitted(styles.style(style).draw, self.graphs, options)
        except DrawError:
            return False
        return True

    @property
    def formats(self) -> tuple[str, ...]:
        """What it can be written as."""
        own = styles.style(self.style).texts
        interactive = ("html",) if self.style == styles.DEFAULT else ()
        return (*WRITERS, *interactive, *(name for name in own if name not in WRITERS))

    def render(self, format: str = "svg") -> bytes:
        """The drawing as a file of this format.

        Raises:
            ValueError: for a format that is none of `formats`.
            DrawError: when it cannot be drawn; the message says what to install or to do.
        """
        if format not in self.formats:
            known = ", ".join(self.formats)
            raise ValueError(f"style {self.style} has no format {format!r}; it has {known}")
        own = styles.style(self.style).texts
        if format in own:
            return own[format](self.graphs, self.options).encode()
        if format == "html":
            from netcompiler.draw.html import page

            return page(self.graphs[0], self.options)
        return WRITERS[format](self.picture, self.dpi)

    def save(self, file: str | PathLike[str], format: str | None = None) -> None:
        """Write it to a file, whose ending says the format unless one is given.

        A failed draw leaves an existing file as it was. Raises as `render`, and OSError.
        """
        path = Path(file)
        write_whole(path, self.render(format or path.suffix.removeprefix(".").lower()))

    def _repr_svg_(self) -> str | None:
        data = self._to_show("svg")
        return None if data is None else data.decode()

    def _repr_png_(self) -> tuple[bytes, dict[str, int]] | None:
        data = self._to_show("png")
        if data is None:
            return None
        scale = self.picture.zoom * _PIXELS_PER_POINT
        size = {"width": self.picture.width * scale, "height": self.picture.height * scale}
        return data, {side: round(length) for side, length in size.items()}

    def _to_show(self, format: str) -> bytes | None:
        """A notebook's picture; a warning where there is none, since a cell's result is shown unasked."""
        if format != self.shown:
            return None
        try:
            return self.render(format)
        except DrawError as error:
            warnings.warn(f"no picture: {error}", stacklevel=3)
            return None

    def __repr__(self) -> str:
        names = ", ".join(graph.name for graph in self.graphs)
        return f"<Drawing of {names}, style {self.style}>"


def _either(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
