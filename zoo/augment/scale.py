"""``augment=scale``: the image at a random scale, and a square of it; AlexNet's, VGG's and ResNet's way."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.augment.base import AUGMENTS, FLIP, AugmentOptions, Place
from zoo.errors import UserError
from zoo.images.crop import Box
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np

    from zoo.images.picture import Picture


@dataclass(frozen=True)
class ScaleOptions(AugmentOptions):
    """Options of ``augment=scale``."""

    shortest: int = option(256, "least length in pixels that the shorter side is scaled to", low=1)
    longest: int = option(480, "greatest length in pixels that the shorter side is scaled to", low=1)
    flip: float = option(0.5, FLIP, low=0, high=1)


@AUGMENTS.register("scale", ScaleOptions)
def scale(options: ScaleOptions, _suits: AugmentOptions) -> Place:
    """Scaled to a random size, then a random square of it (Simonyan & Zisserman 2014): for photographs."""
    if options.longest < options.shortest:
        raise UserError(
            f"augment.longest={options.longest}: must be at least augment.shortest ({options.shortest})"
        )

    def place(picture: "Picture", size: int, rng: "np.random.Generator") -> tuple[Box, bool]:
        height, width = picture.height, picture.width
        if options.shortest < size:
            raise UserError(
                f"augment.shortest={options.shortest}: smaller than the images that the net takes ({size})"
            )
        shorter = int(rng.integers(options.shortest, options.longest + 1))
        # The square's side in the image's own pixels: cropping before scaling spares the rest.
        side = max(1, round(min(height, width) * size / shorter))
        top = int(rng.integers(0, height - side + 1))
        left = int(rng.integers(0, width - side + 1))
        return (top, left, side, side), bool(rng.random() < options.flip)

    return place
