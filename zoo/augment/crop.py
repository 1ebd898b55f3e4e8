"""``augment=crop``: a random part of the image, of random size and shape."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.augment.base import AUGMENTS, FLIP, AugmentOptions, Place
from zoo.boxes.boxed import Boxed
from zoo.boxes.overlap import covers_some
from zoo.images.crop import Box, centre_box
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np

    from zoo.images.picture import Picture

WITH_BOXES = 100
"""Tries to place a crop on a box."""


@dataclass(frozen=True)
class CropOptions(AugmentOptions):
    """Options of ``augment=crop``."""

    least_area: float = option(0.08, "smallest share of an image that a crop takes", above=0, high=1)
    box_share: float = option(
        0.0,
        "a crop has at least this share of one of the boxes around things, in images that have some (0.1 is "
        "Inception's); 0 leaves boxes alone",
        low=0,
        high=1,
    )
    flip: float = option(0.5, FLIP, low=0, high=1)


@AUGMENTS.register("crop", CropOptions)
def crop(options: CropOptions, _suits: AugmentOptions) -> Place:
    """A random part of the image, of random size and shape (Szegedy et al. 2015): for photographs."""

    def place(picture: "Picture", _size: int, rng: "np.random.Generator") -> tuple[Box, bool]:
        boxes = picture.boxes() if options.box_share and isinstance(picture, Boxed) else ()
        box = random_box(picture.height, picture.width, options.least_area, rng, boxes, options.box_share)
        return box, bool(rng.random() < options.flip)

    return place


def random_box(
    height: int,
    width: int,
    least_area: float,
    rng: "np.random.Generator",
    boxes: Sequence[Box] = (),
    share: float = 0.0,
) -> Box:
    """A box of a random share of the area, ``least_area`` to 1, and a random shape, 3:4 to 4:3.

    It has ``share`` of one of ``boxes`` at least, where there are any. So are images cropped in TensorFlow's
    program for Inception (Szegedy et al. 2015), which tries a hundred times and then takes the whole image;
    here that is the largest square, as near to the middle of the first box as the image allows.
    """
    for _ in range(WITH_BOXES if boxes else 10):
        area = height * width * rng.uniform(least_area, 1.0)
        ratio = math.exp(rng.uniform(math.log(3 / 4), math.log(4 / 3)))
        box_width, box_height = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < box_width <= width and 0 < box_height <= height:
            top = int(rng.integers(0, height - box_height + 1))
            left = int(rng.integers(0, width - box_width + 1))
            found = (top, left, box_height, box_width)
            if covers_some(boxes, found, share):
                return found
    return square_on(boxes[0], height, width) if boxes else centre_box(height, width, 1.0)


def square_on(box: Box, height: int, width: int) -> Box:
    """The largest square of an image, as near to the middle of a box as it can be."""
    side = min(height, width)
    top = round(box[0] + (box[2] - side) / 2)
    left = round(box[1] + (box[3] - side) / 2)
    return min(max(0, top), height - side), min(max(0, left), width - side), side, side
