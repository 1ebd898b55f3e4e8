"""``protocol=10crop``: four corners and the middle, and the mirror images of all five.

Krizhevsky, Sutskever & Hinton (2012) scale the shorter side to 256, cut the central 256×256 out, take squares
of 224 from its corners and its middle with their mirror images, and average "the predictions made by the
network's softmax layer". He et al. (2016) call theirs "the standard 10-crop testing"; the program of Facebook
that reproduces their nets (fb.resnet.torch) takes the corners of the whole image and averages logits:
``square=false average=logits``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.images.crop import Box, take
from zoo.options import option
from zoo.protocols.base import AVERAGE, HOW, PROBABILITIES, PROTOCOLS, ProtocolOptions, Shows

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.images.picture import Picture


@dataclass(frozen=True)
class TenCropOptions(ProtocolOptions):
    """Options of ``protocol=10crop``."""

    average: str = option(PROBABILITIES, AVERAGE, choices=HOW)
    square: bool = option(True, "take corners of the central square; false takes those of the whole image")


@PROTOCOLS.register("10crop", TenCropOptions)
@dataclass(frozen=True)
class TenCrop:
    """Corners, middle and their mirror images (Krizhevsky et al. 2012)."""

    options: TenCropOptions
    side: int
    share: float

    @property
    def shows(self) -> Shows:
        """Five views, and mirrored."""
        return Shows("10 crops", self.options.average, flips=True)

    def views(self, picture: "Picture") -> "list[Tensor]":
        """Top left, top right, bottom left, bottom right, middle."""
        boxes = five(picture.height, picture.width, self.share, square=self.options.square)
        return [take(picture, box, self.side, flip=False) for box in boxes]


def five(height: int, width: int, share: float, *, square: bool) -> list[Box]:
    """Squares of the corners and the middle, their sides ``share`` of the shorter side; in pixels."""
    shorter = min(height, width)
    side = max(1, round(shorter * share))
    tall, wide = (shorter, shorter) if square else (height, width)
    top, left = (height - tall) // 2, (width - wide) // 2
    bottom, right = top + tall - side, left + wide - side
    corners = [(row, column, side, side) for row in (top, bottom) for column in (left, right)]
    return [*corners, ((height - side) // 2, (width - side) // 2, side, side)]
