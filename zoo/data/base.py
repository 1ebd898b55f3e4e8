"""What a data set is to the rest of the zoo, and their registry.

A builder gives a ``Source``: it has looked at the data, so that mistakes show early, and knows the classes.
Once the net has settled the size of the images, ``open`` gives the data itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from zoo.options import Named
from zoo.registry import Registry

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class BrokenImageError(Exception):
    """An image that cannot be read; ``str()`` names the file and says why."""


class Split(Protocol):
    """Images with labels, by index."""

    @property
    def labels(self) -> Sequence[int]:
        """The class of every image."""

    def read(self, index: int, rng: "np.random.Generator | None") -> "Tensor":
        """One image, uint8 [channels, height, width]; with ``rng``, augmented by draws from it alone.

        Raises:
            BrokenImageError: the image cannot be read.
        """


@dataclass(frozen=True)
class DataSet:
    """Training and validation images of one size; ``mean`` and ``std`` by channel, for values in [0, 1]."""

    name: str
    classes: tuple[str, ...]
    train: Split
    val: Split
    mean: tuple[float, ...]
    std: tuple[float, ...]


class Source(Protocol):
    """A data set before the size of its images is settled."""

    classes: tuple[str, ...]
    channels: int
    native: int | None
    """The side, in pixels, that the images have; None where every image has its own."""
    size: int | None
    """The side that the user asks for; None leaves it to ``native`` and to what the net declares."""

    def open(self, size: int) -> DataSet:
        """The data as square images of side ``size``."""


@dataclass(frozen=True)
class DataOptions(Named):
    """A data set's options derive from this."""


DATASETS: Registry[Source] = Registry("data")
