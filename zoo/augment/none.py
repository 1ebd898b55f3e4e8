"""``augment=none``: training images are taken as validation images are."""

from dataclasses import dataclass

from zoo.augment.base import AUGMENTS, AugmentOptions


@dataclass(frozen=True)
class NoneOptions(AugmentOptions):
    """Options of ``augment=none``."""


@AUGMENTS.register("none", NoneOptions)
def none(_options: NoneOptions, _suits: AugmentOptions) -> None:
    """The centre of each image, as in validation."""
