"""``augment=shift``: the whole image, moved by some pixels; what small images are trained with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.augment.base import AUGMENTS, FLIP, AugmentOptions, Place
from zoo.images.crop import Box
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np

    from zoo.images.picture import Picture


@dataclass(frozen=True)
class ShiftOptions(AugmentOptions):
    """Options of ``augment=shift``."""

    pad: int = option(4, "images move by up to this many of their own pixels, each way", low=0)
    flip: float = option(0.5, FLIP, low=0, high=1)


@AUGMENTS.register("shift", ShiftOptions)
def shift(options: ShiftOptions, _suits: AugmentOptions) -> Place:
    """The whole image, moved by a few pixels over black, and mirrored: for small images."""

    def place(picture: "Picture", _size: int, rng: "np.random.Generator") -> tuple[Box, bool]:
        top, left = rng.integers(-options.pad, options.pad + 1, 2).tolist()
        return (top, left, picture.height, picture.width), bool(rng.random() < options.flip)

    return place
