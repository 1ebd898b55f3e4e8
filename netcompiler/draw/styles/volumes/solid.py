"""Boxes in oblique projection: x to the right is channels, upwards height, up and to the right depth."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from netcompiler.draw.picture import Point
from netcompiler.draw.styles.volumes.scene import Volume, Window

_DEEP = (0.40, 0.28)
"""Where a unit of depth goes on the page: to the right, and up."""

_BAR = (4.5, 7.0)
"""Width and depth of the bar of a fully connected layer, in points: its length alone is to scale."""


@dataclass(frozen=True)
class Scale:
    """The one scale of a picture.

    Attributes:
        unit: points for an element of height or depth.
        root: points for the root of a number of channels, or of a fully connected layer's units.
    """

    unit: float
    root: float


@dataclass(frozen=True)
class Solid:
    """A box on the page.

    Attributes:
        left: the left edge of its front.
        bottom: the lower edge of its front.
        width: of its front.
        height: of its front.
        deep: how far its back lies to the right and up.
    """

    left: float
    bottom: float
    width: float
    height: float
    deep: Point

    @property
    def right(self) -> float:
        """The right edge of its front."""
        return self.left + self.width

    @property
    def end(self) -> float:
        """Its rightmost point."""
        return self.right + self.deep[0]

    @property
    def top(self) -> float:
        """Its highest point."""
        return self.bottom - self.height - self.deep[1]

    def at(self, across: float, down: float, deep: float) -> Point:
        """A point in it: shares of its width from the left, of its height from the top, of its depth."""
        return (
            self.left + across * self.width + deep * self.deep[0],
            self.bottom - (1 - down) * self.height - deep * self.deep[1],
        )

    @property
    def front(self) -> tuple[Point, ...]:
        """The corners of its front."""
        return self.at(0, 0, 0), self.at(1, 0, 0), self.at(1, 1, 0), self.at(0, 1, 0)

    @property
    def lid(self) -> tuple[Point, ...]:
        """The corners of its upper face."""
        return self.at(0, 0, 0), self.at(0, 0, 1), self.at(1, 0, 1), self.at(1, 0, 0)

    @property
    def side(self) -> tuple[Point, ...]:
        """The corners of its right face: the map of the last channel."""
        return self.at(1, 0, 0), self.at(1, 0, 1), self.at(1, 1, 1), self.at(1, 1, 0)

    @property
    def outline(self) -> tuple[Point, ...]:
        """The corners of all that is seen of it, clockwise."""
        return (
            self.at(0, 0, 0),
            self.at(0, 0, 1),
            self.at(1, 0, 1),
            self.at(1, 1, 1),
            self.at(1, 1, 0),
            self.at(0, 1, 0),
        )

    def inner(self, window: Window, place: Point) -> Solid:
        """The box that a window covers whose middle is at ``place``: shares of height and depth."""
        down, deep = (_clamped(p, r) for p, r in zip(place, window.reach, strict=True))
        tall, far = window.reach
        corner = self.at(1 - window.channels, down + tall / 2, deep - far / 2)
        return Solid(
            corner[0],
            corner[1],
            window.channels * self.width,
            tall * self.height,
            (far * self.deep[0], far * self.deep[1]),
        )

    def moved(self, x: float, y: float) -> Solid:
        """The same box elsewhere."""
        return Solid(self.left + x, self.bottom + y, self.width, self.height, self.deep)


def solid(volume: Volume, scale: Scale) -> Solid:
    """The box of a volume, its middle at height 0 and the left edge of its front at 0."""
    if volume.is_map:
        channels, height, depth = volume.shape
        width, tall, far = scale.root * sqrt(channels), scale.unit * height, scale.unit * depth
    else:
        (width, far), tall = _BAR, scale.root * sqrt(volume.shape[0])
    deep = far * _DEEP[0], far * _DEEP[1]
    return Solid(0.0, (tall + deep[1]) / 2, width, tall, deep)


def _clamped(place: float, reach: float) -> float:
    """A middle so that a window does not stick out."""
    return min(max(place, reach / 2), 1 - reach / 2)
