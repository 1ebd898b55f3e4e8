"""What every augmentation shares, and their registry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.images.crop import Box
from zoo.options import Named, option
from zoo.registry import Registry

if TYPE_CHECKING:
    import numpy as np

    from zoo.images.picture import Picture


@dataclass(frozen=True)
class AugmentOptions(Named):
    """What every augmentation has; all of it is off unless a choice says otherwise."""

    size: int | None = option(
        None, "side in pixels of training images; null is that of validation images", low=1
    )
    pca: float = option(
        0.0, "PCA lighting: standard deviation of the noise along the colours' axes (0.1 is usual)", low=0
    )
    rand_augment: int = option(0, "RandAugment: random operations an image (2 is usual)", low=0, high=16)
    rand_magnitude: float = option(9.0, "RandAugment: strength of its operations, 0 to 10", low=0, high=10)
    rand_std: float = option(0.5, "RandAugment: standard deviation of the strength", low=0)
    rand_share: float = option(0.5, "RandAugment: how often each operation is done", above=0, high=1)
    erase: float = option(0.0, "random erasing: how often a box of an image is blanked", low=0, high=1)
    mixup: float = option(
        0.0, "mixup: images are blended in pairs, by shares from Beta(mixup, mixup); 0 is off", low=0
    )
    cutmix: float = option(
        0.0, "cutmix: boxes move between images, by shares from Beta(cutmix, cutmix); 0 is off", low=0
    )


Place = Callable[["Picture", int, "np.random.Generator"], tuple[Box, bool]]
"""A picture and the side that is wanted → the box to scale to that side, and whether to mirror it."""

AUGMENTS: "Registry[Place | None]" = Registry("augment")
"""Builders get their options and those that suit the data; None stands for the centre, as in validation."""

FLIP = "how often a training image is mirrored"
