"""Nets as columns of layers side by side, in rows of one output size: the ResNet paper's Figure 3."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.draw.options import Options
from netcompiler.draw.picture import Picture
from netcompiler.draw.stages import stages
from netcompiler.draw.styles import Style
from netcompiler.draw.styles.paper.fit import fitting
from netcompiler.draw.styles.paper.refuse import refuses
from netcompiler.graph import Graph


def draw(graphs: Sequence[Graph], options: Options) -> Picture:
    """The picture of nets: of every layer where that fits a page, otherwise with repeats folded."""
    return fitting([stages(graph) for graph in graphs], options)


STYLE = Style(
    "nets as columns of layers in rows of one output size, as the ResNet paper's Figure 3",
    draw,
    refuses,
    several=True,
    knows=frozenset({"costs"}),
)
