"""What a protocol of evaluation is, and the registry of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from zoo.options import Named, option
from zoo.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor

    from zoo.images.picture import Picture

PROBABILITIES, LOGITS = "probabilities", "logits"
AVERAGE = "what is averaged over views of an image"
POSITIONS = "what is averaged over the places of a map of scores"
HOW = (PROBABILITIES, LOGITS)


@dataclass(frozen=True)
class ProtocolOptions(Named):
    """A protocol's options derive from this."""


@dataclass(frozen=True)
class DenseOptions(ProtocolOptions):
    """What every protocol has that takes whole images."""

    positions: str = option(LOGITS, POSITIONS, choices=HOW)
    average: str = option(LOGITS, AVERAGE, choices=HOW)


@dataclass(frozen=True)
class Shows:
    """How views are made into one answer, and how it is said."""

    words: str
    """As in "centre crop"."""
    average: str = LOGITS
    """Of views: a mean of logits, or of probabilities."""
    positions: str = LOGITS
    """Of places in a map of scores, in the same way."""
    dense: bool = False
    """Whether views are whole images, for the net in its fully convolutional form."""
    flips: bool = False
    """Whether each view is also shown mirrored."""

    @property
    def averaged(self) -> str:
        """What is averaged over what, in words; empty for one view alone."""
        places = f"{self.positions} over places, " if self.dense else ""
        return f"{places}{self.average} over views" if self.flips else ""


class Views(Protocol):
    """A protocol for a net whose images have a certain size. Equal ones make the same views."""

    @property
    def shows(self) -> Shows:
        """What is done with the views."""

    def views(self, picture: "Picture") -> "list[Tensor]":
        """As many for every picture: uint8 [channels, height, width] each.

        Raises:
            BrokenImageError: the picture cannot be read.
        """


PROTOCOLS: Registry[Views] = Registry("protocol")
"""Builders get their options, the side of the net's images in pixels, and the share of the shorter side that
the centre crop of its training kept."""
