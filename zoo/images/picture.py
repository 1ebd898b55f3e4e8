"""A picture whose pixels are read a part at a time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from zoo.images.crop import Box

if TYPE_CHECKING:
    import numpy as np


class Picture(Protocol):
    """What a data set gives for an image: its size at once, its pixels when a part is asked for."""

    @property
    def height(self) -> int:
        """In pixels."""

    @property
    def width(self) -> int:
        """In pixels."""

    def part(self, box: Box, side: int) -> "np.ndarray":
        """The pixels of a box that lies within the picture, uint8 [height, width, channels].

        They will be scaled to ``side`` × ``side``; a reader that can decode at a smaller scale may give fewer
        pixels than the box has, though never fewer than ``side`` where the box has as many.

        Raises:
            BrokenImageError: the picture cannot be read.
        """


@dataclass(frozen=True)
class Pixels:
    """A picture in memory: uint8 [height, width, channels]."""

    array: "np.ndarray"

    @property
    def height(self) -> int:
        return int(self.array.shape[0])

    @property
    def width(self) -> int:
        return int(self.array.shape[1])

    def part(self, box: Box, side: int) -> "np.ndarray":
        top, left, height, width = box
        return self.array[top : top + height, left : left + width]
