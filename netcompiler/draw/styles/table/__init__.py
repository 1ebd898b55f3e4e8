"""A table of nets by stages: the ResNet paper's Table 1, as a picture, in LaTeX and in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from netcompiler.draw.options import Options
from netcompiler.draw.picture import Picture
from netcompiler.draw.stages import stages
from netcompiler.draw.styles import Style
from netcompiler.draw.styles.table import latex, markdown, picture
from netcompiler.draw.styles.table.model import table
from netcompiler.graph import Graph

_MOST_STAGES = 60
"""Rows from which on a table is no longer one that can be read."""

_MOST_LINES = 300
"""Lines of text in a column, likewise."""


def draw(graphs: Sequence[Graph], options: Options) -> Picture:
    """The picture of the table of nets."""
    # The names of the nets stand in the head of the table: it needs no title.
    return picture.picture(table(graphs), options, title="")


def refuses(graph: Graph) -> str | None:
    """Why a net makes no table."""
    if len(graph.inputs) > 1:
        return "it has several inputs, and a table follows one"
    count = len(stages(graph).stages)
    if count > _MOST_STAGES:
        return f"it has {count} stages of different sizes, and {_MOST_STAGES} is the most"
    lines = table([graph]).lines
    if lines > _MOST_LINES:
        return f"its table would have {lines:,} lines, and {_MOST_LINES} is the most"
    return None


def _latex(graphs: Sequence[Graph], options: Options) -> str:
    return latex.write(table(graphs), options)


def _markdown(graphs: Sequence[Graph], options: Options) -> str:
    return markdown.write(table(graphs), options)


STYLE = Style(
    "a table of nets by stages, as the ResNet paper's Table 1",
    draw,
    refuses,
    several=True,
    texts=MappingProxyType({"tex": _latex, "md": _markdown}),
)
