"""``protocol=center``: the square in the middle, as in the validation of the net's training."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.images.crop import centre_box, take
from zoo.protocols.base import PROTOCOLS, ProtocolOptions, Shows

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.images.picture import Picture


@dataclass(frozen=True)
class CenterOptions(ProtocolOptions):
    """Options of ``protocol=center``."""


@PROTOCOLS.register("center", CenterOptions)
@dataclass(frozen=True)
class Center:
    """The square in the middle."""

    options: CenterOptions
    side: int
    share: float

    @property
    def shows(self) -> Shows:
        """One view, as it is."""
        return Shows("centre crop")

    def views(self, picture: "Picture") -> "list[Tensor]":
        """The middle."""
        box = centre_box(picture.height, picture.width, self.share)
        return [take(picture, box, self.side, flip=False)]
