"""A laid-out part of a picture with coordinates of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from netcompiler.draw.picture import Point
from netcompiler.draw.tree import Box, Flow, Leaf

Way = Literal["arc", "out", "in", "spread", "gather", "turn", "via", "across"]
"""How a flow runs where it is not simply on from one leaf to the next:

- ``arc``: out of the source's side, past what stands between, into the target's side; the point gives the x;
- ``out``: out of the source's side, then on into the target;
- ``in``: on from the source, then into the target's side;
- ``spread``: to the side before the point's y, then straight on;
- ``gather``: straight on to the point's y, then to the side;
- ``turn``: around corners, as from the foot of one column to the head of the next;
- ``via``: through the given points;
- ``across``: out of the source's side into the target's facing side.
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """A leaf's place: its middle and its size."""

    leaf: Leaf
    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Area:
    """A box's place; the spine is where values enter and leave it."""

    box: Box
    left: float
    top: float
    right: float
    bottom: float
    spine: float


@dataclass(frozen=True, slots=True)
class Hint:
    """How a flow runs, with the places that matter for it."""

    flow: Flow
    way: Way
    points: tuple[Point, ...] = ()


@dataclass
class Cell:
    """Things with places around a spine, the vertical line x = 0 on which values come in at the top (y = 0).

    Attributes:
        left: how far it reaches to the left of the spine.
        right: how far it reaches to the right.
        height: how far down it reaches.
        exit: the x at which values leave.
        detours: flows to, in and from a skip connection that has layers of its own.
    """

    left: float = 0.0
    right: float = 0.0
    height: float = 0.0
    exit: float = 0.0
    spots: list[Spot] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    detours: list[Flow] = field(default_factory=list)

    @property
    def width(self) -> float:
        return self.left + self.right

    def put(self, cell: Cell, x: float, y: float) -> None:
        """Take in another cell with its spine at x and its top at y, and grow to hold it."""
        self.spots += [replace(spot, x=spot.x + x, y=spot.y + y) for spot in cell.spots]
        self.areas += [
            replace(
                a, left=a.left + x, right=a.right + x, top=a.top + y, bottom=a.bottom + y, spine=a.spine + x
            )
            for a in cell.areas
        ]
        self.hints += [
            replace(hint, points=tuple((px + x, py + y) for px, py in hint.points)) for hint in cell.hints
        ]
        self.detours += cell.detours
        self.grow(x - cell.left, x + cell.right, y + cell.height)

    def grow(self, left: float, right: float, bottom: float) -> None:
        """Reach at least this far."""
        self.left = max(self.left, -left)
        self.right = max(self.right, right)
        self.height = max(self.height, bottom)
