"""``protocol=dense``: the whole image at one scale, through the net in its fully convolutional form.

Simonyan & Zisserman (2015): "The class score map is spatially averaged (sum-pooled)", and "the soft-max class
posteriors of the original and flipped images are averaged". So scores are averaged over places, and
probabilities over the two views.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.errors import UserError
from zoo.images.crop import take_whole
from zoo.options import option
from zoo.protocols.base import AVERAGE, HOW, PROBABILITIES, PROTOCOLS, DenseOptions, Shows

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.images.picture import Picture


@dataclass(frozen=True)
class OneScaleOptions(DenseOptions):
    """Options of ``protocol=dense``."""

    average: str = option(PROBABILITIES, AVERAGE, choices=HOW)
    scale: int | None = option(
        None,
        "length in pixels of the shorter side; null is that of which the centre crop is a part",
        low=1,
    )


@PROTOCOLS.register("dense", OneScaleOptions)
@dataclass(frozen=True)
class Dense:
    """The whole image, at every place (Sermanet et al. 2014, Simonyan & Zisserman 2015)."""

    options: OneScaleOptions
    side: int
    share: float

    def __post_init__(self) -> None:
        if self.scale < self.side:
            raise too_small("scale", self.scale, self.side)

    @property
    def scale(self) -> int:
        """Of the shorter side, in pixels."""
        return self.options.scale or round(self.side / self.share)

    @property
    def shows(self) -> Shows:
        """One view, and mirrored."""
        own = self.options
        words = f"dense at {self.scale} pixels and mirrored"
        return Shows(words, own.average, own.positions, dense=True, flips=True)

    def views(self, picture: "Picture") -> "list[Tensor]":
        """The whole picture, not square."""
        return [take_whole(picture, self.scale)]


def too_small(option: str, scale: int, side: int) -> UserError:
    """That the net does not fit into an image."""
    return UserError(f"{option}={scale}: smaller than the images that the net takes ({side})")
