"""``protocol=multiscale``: whole images at five scales, through the net in its fully convolutional form.

He et al. (2016): "we adopt the fully-convolutional form as in [VGG, OverFeat], and average the scores at
multiple scales (images are resized such that the shorter side is in {224, 256, 384, 480, 640})". The final
linear layer becomes a convolution of 1×1 after an average pool of 7×7 with stride 1. Scores, the logits,
are averaged over places, mirror images and scales; every scale counts the same.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.images.crop import take_whole
from zoo.options import option
from zoo.protocols.base import PROTOCOLS, DenseOptions, Shows
from zoo.protocols.dense import too_small

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.images.picture import Picture

SCALES, OF = (224, 256, 384, 480, 640), 224
"""The paper's, and the side of its nets' images."""


@dataclass(frozen=True)
class MultiScaleOptions(DenseOptions):
    """Options of ``protocol=multiscale``."""

    scales: tuple[int, ...] = option(
        (),
        "lengths in pixels of the shorter side; [] is 224, 256, 384, 480, 640, in proportion for a net whose "
        "images are not 224",
        low=1,
    )


@PROTOCOLS.register("multiscale", MultiScaleOptions)
@dataclass(frozen=True)
class MultiScale:
    """Whole images at five scales, at every place (He et al. 2016)."""

    options: MultiScaleOptions
    side: int
    share: float

    def __post_init__(self) -> None:
        least = min(self.scales)
        if least < self.side:
            raise too_small("scales", least, self.side)

    @property
    def scales(self) -> tuple[int, ...]:
        """Of the shorter side, in pixels."""
        return self.options.scales or tuple(round(self.side * scale / OF) for scale in SCALES)

    @property
    def shows(self) -> Shows:
        """A view for each scale, and mirrored."""
        own = self.options
        words = f"dense at {', '.join(map(str, self.scales))} pixels and mirrored"
        return Shows(words, own.average, own.positions, dense=True, flips=True)

    def views(self, picture: "Picture") -> "list[Tensor]":
        """The whole picture at every scale, not square."""
        return [take_whole(picture, scale) for scale in self.scales]
