"""A drawing: nets in a style, ready to be written in any format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path

from netcompiler.draw import styles
from netcompiler.draw.errors import DrawError
from netcompiler.draw.formats import WRITERS
from netcompiler.draw.options import STYLE_OPTIONS, Options
from netcompiler.draw.page import fitted
from netcompiler.draw.picture import Picture
from netcompiler.graph import Graph
from netcompiler.write import write_whole

ALL_FORMATS = (*WRITERS, "html", "md")
"""Formats of any style; ``html`` is the interactive page of one net, ``md`` a table in Markdown."""


@dataclass(frozen=True)
class Drawing:
    """Nets in a style. A notebook shows it.

    Attributes:
        graphs: the nets.
        style: the style's name.
        options: what is asked of the picture.
        dpi: pixels an inch of a png.
    """

    graphs: tuple[Graph, ...]
    style: str = styles.DEFAULT
    options: Options = field(default_factory=Options)
    dpi: int = 192

    def __post_init__(self) -> None:
        style = styles.style(self.style)
        names = ", ".join(graph.name for graph in self.graphs)
        if len(self.graphs) != 1 and not style.several:
            fit = [name for name in styles.names() if styles.style(name).several]
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

    @cached_property
    def picture(self) -> Picture:
        """Everything at its place. Raises DrawError when it cannot be legible at the width asked for."""
        return fitted(styles.style(self.style).draw, self.graphs, self.options)

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

    def _repr_svg_(self) -> str:
        return self.render("svg").decode()


def _either(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
