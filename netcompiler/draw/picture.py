"""A finished picture: shapes, lines and texts at their places. What styles make and `dot` writes.

Coordinates are in points; x grows to the right and y down.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
class Shape:
    """A polygon, or with ``closed`` False a line through its points. Shapes lie behind all else, in order.

    Attributes:
        fill: its colour; None for an outline.
        line: the outline's colour; None for none.
    """

    points: tuple[Point, ...]
    fill: str | None
    line: str | None
    width: float = 0.9
    dashed: bool = False
    closed: bool = True


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
    """All that is drawn, and how large the page is. Later things lie on top of earlier ones.

    Attributes:
        name: the net's name.
        width: the page's width in points, before ``zoom``.
        height: the page's height.
        paper: the background.
        zoom: how much larger the page is in the end: what ``--width`` asks for.
        outline: how wide the outlines of nodes and frames are.
    """

    name: str
    width: float
    height: float
    paper: str
    shapes: list[Shape] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    zoom: float = 1.0
    outline: float = 0.9

    def put(self, other: Picture, x: float, y: float) -> None:
        """Take in all of another picture, moved by x and y. Nodes of both must have different keys."""
        first = len(self.frames)

        def moved(points: Sequence[Point]) -> tuple[Point, ...]:
            return tuple((px + x, py + y) for px, py in points)

        def around(frame: int | None) -> int | None:
            return None if frame is None else frame + first

        self.shapes += [replace(shape, points=moved(shape.points)) for shape in other.shapes]
        self.frames += [
            replace(
                f,
                left=f.left + x,
                top=f.top + y,
                right=f.right + x,
                bottom=f.bottom + y,
                parent=around(f.parent),
            )
            for f in other.frames
        ]
        self.nodes += [replace(n, x=n.x + x, y=n.y + y, frame=around(n.frame)) for n in other.nodes]
        self.arrows += [
            replace(a, curve=moved(a.curve), tip=None if a.tip is None else (a.tip[0] + x, a.tip[1] + y))
            for a in other.arrows
        ]
        self.texts += [replace(text, x=text.x + x, y=text.y + y) for text in other.texts]

    def spans(self) -> Iterator[Span]:
        """Every piece of text in it."""
        for node in self.nodes:
            for line in node.lines:
                yield from line
        for text in self.texts:
            yield from text.line

    def smallest_text(self) -> float:
        """The size of its smallest text on the page in points; infinite without text."""
        return (
            min((span.size for span in self.spans() if span.text.strip()), default=float("inf")) * self.zoom
        )
