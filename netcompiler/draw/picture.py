"""A finished picture: shapes, lines and texts at their places. What styles make and `dot` writes.

Coordinates are in points; x grows to the right and y down.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one face."""

    text: str
    size: float
    color: str
    bold: bool = False


Line = tuple[Span, ...]
"""One line of text."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text. ``x`` is its left end, its middle or its right end, and ``y`` its middle."""

    line: Line
    x: float
    y: float
    anchor: Literal["start", "middle", "end"] = "start"


@dataclass(frozen=True, slots=True)
class Frame:
    """A rounded rectangle around nodes and other frames: a cluster.

    Attributes:
        parent: index of the frame around it, or None.
        sheets: how many more sheets lie behind it: a pile stands for several copies.
        label: what it is called, for readers of the DOT text and for tooltips.
    """

    left: float
    top: float
    right: float
    bottom: float
    fill: str
    line: str
    parent: int | None = None
    sheets: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its middle, its size and the lines of text in it.

    Attributes:
        key: what arrows know it by.
        frame: index of the frame it stands in, or None.
        tooltip: what an SVG shows on hover.
    """

    key: Hashable
    shape: Literal["box", "circle", "point"]
    x: float
    y: float
    width: float
    height: float
    fill: str
    line: str
    lines: tuple[Line, ...] = ()
    frame: int | None = None
    sheets: int = 0
    tooltip: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line from node to node: a Bézier curve of 3n + 1 points, then a straight tip.

    Attributes:
        tip: where the arrow's head ends; None for a line without a head.
    """

    source: Hashable
    target: Hashable
    curve: tuple[Point, ...]
    tip: Point | None
    color: str
    width: float = 1.0
    dashed: bool = False
    tooltip: str = ""


@dataclass
class Picture:
    """All that is drawn, and how large the page is. Later things lie on top of earlier ones."""

    name: str
    width: float
    height: float
    paper: str
    frames: list[Frame] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
