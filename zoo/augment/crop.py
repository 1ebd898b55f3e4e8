"""``augment=crop``: a random part of the image, of random size and shape."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.augment.base import AUGMENTS, FLIP, AugmentOptions, Place
from zoo.images.crop import Box, centre_box
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class CropOptions(AugmentOptions):
    """Options of ``augment=crop``."""

    least_area: float = option(0.08, "smallest share of an image that a crop takes", above=0, high=1)
    flip: float = option(0.5, FLIP, low=0, high=1)


@AUGMENTS.register("crop", CropOptions)
def crop(options: CropOptions, _suits: AugmentOptions) -> Place:
    """A random part of the image, of random size and shape (Szegedy et al. 2015): for photographs."""

    def place(height: int, width: int, _size: int, rng: "np.random.Generator") -> tuple[Box, bool]:
        box = random_box(height, width, options.least_area, rng)
        return box, bool(rng.random() < options.flip)

    return place


def random_box(height: int, width: int, least_area: float, rng: "np.random.Generator") -> Box:
    """A box of a random share of the area, ``least_area`` to 1, and a random shape, 3:4 to 4:3."""
    for _ in range(10):
        area = height * width * rng.uniform(least_area, 1.0)
        ratio = math.exp(rng.uniform(math.log(3 / 4), math.log(4 / 3)))
        box_width, box_height = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < box_width <= width and 0 < box_height <= height:
            top = int(rng.integers(0, height - box_height + 1))
            left = int(rng.integers(0, width - box_width + 1))
            return top, left, box_height, box_width
    return centre_box(height, width, 1.0)
