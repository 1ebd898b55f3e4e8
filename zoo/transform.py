"""A picture → the image that the net is given; at random in training, the centre in validation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from zoo.augment.auto import settled
from zoo.augment.base import AUGMENTS, AugmentOptions, Place
from zoo.errors import UserError
from zoo.images.crop import centre_box, take

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from zoo.images.picture import Picture


Draw = Callable[[], "np.random.Generator"]
"""Gives an image's generator of random numbers, the same one at every call."""


class Transform(Protocol):
    """Makes of pictures what a loader stacks to batches."""

    def __call__(self, picture: "Picture", draw: Draw) -> Any:
        """An image, uint8 [channels, size, size], as a rule; what is random comes from ``draw()`` alone.

        Raises:
            BrokenImageError: the picture cannot be read.
        """


@dataclass(frozen=True)
class Centre:
    """The square in the middle, its side ``share`` of the shorter side, scaled to ``size``."""

    size: int
    share: float

    def __call__(self, picture: "Picture", draw: Draw) -> "Tensor":
        return take(picture, centre_box(picture.height, picture.width, self.share), self.size, False)


@dataclass(frozen=True)
class Training:
    """A random part of the picture, with random colours and holes, as ``options`` say.

    ``colour`` is the mean colour of the data, which fills holes.
    """

    options: AugmentOptions
    place: Place | None
    size: int
    share: float
    colour: Sequence[int]

    def __call__(self, picture: "Picture", draw: Draw) -> "Tensor":
        from zoo.images.erase import erase
        from zoo.images.lighting import light
        from zoo.images.rand_augment import rand_augment

        own = self.options
        box, flip = centre_box(picture.height, picture.width, self.share), False
        if self.place is not None:
            box, flip = self.place(picture, self.size, draw())
        image = take(picture, box, self.size, flip)
        if own.rand_augment:
            strength = (own.rand_augment, own.rand_magnitude, own.rand_std, own.rand_share)
            image = rand_augment(image, *strength, self.colour, draw())
        if own.pca:
            image = light(image, own.pca, draw())
        if own.erase and draw().random() < own.erase:
            image = erase(image, self.colour, draw())
        return image


def training(
    options: AugmentOptions, suits: AugmentOptions, size: int, share: float, mean: Sequence[float]
) -> Training:
    """The transform of training images, for options that ``auto`` leaves to those that suit the data.

    Raises:
        UserError: options that contradict each other or the data.
    """
    own = settled(options, suits)
    if own.pca and len(mean) != 3:
        raise UserError("augment.pca: PCA lighting moves colours, and these images have none")
    colour = [round(level * 255) for level in mean]
    return Training(own, AUGMENTS.build(own, suits), own.size or size, share, colour)
