"""What a data set is to the rest of the zoo, and their registry.

A builder gives a ``Source``: it has looked at the data, so that mistakes show early, and knows the classes.
Once the net has settled the size of the images, ``open`` gives the data itself. A data set gives pictures as
they are; cropping, scaling and augmenting them is ``zoo.transform``'s work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from zoo.augment.base import AugmentOptions
from zoo.options import Named
from zoo.registry import Registry

if TYPE_CHECKING:
    from zoo.images.picture import Picture


class Split(Protocol):
    """Pictures with labels, by index."""

    @property
    def labels(self) -> Sequence[int]:
        """The class of every picture."""

    def picture(self, index: int) -> "Picture":
        """One picture, with as many channels as the source says.

        Raises:
            BrokenImageError: it cannot be read.
        """


@dataclass(frozen=True)
class DataSet:
    """Training and validation pictures; ``mean`` and ``std`` by channel, for values in [0, 1]."""

    name: str
    classes: tuple[str, ...]
    train: Split
    val: Split
    mean: tuple[float, ...]
    std: tuple[float, ...]
    centre: float = 1.0
    """Share of the shorter side that the square in the middle keeps in validation."""


class Source(Protocol):
    """A data set before the size of its images is settled."""

    classes: tuple[str, ...]
    channels: int
    native: int | None
    """The side, in pixels, that the images have; None where every image has its own."""
    size: int | None
    """The side that the user asks for; None leaves it to ``native`` and to what the net declares."""
    augment: AugmentOptions
    """What ``augment=auto`` stands for with these images."""

    def open(self) -> DataSet:
        """The data itself."""


@dataclass(frozen=True)
class DataOptions(Named):
    """A data set's options derive from this."""


class DataSets(Registry[Source]):
    """The data sets; of what one gives, the classes that its options choose by their synsets are taken."""

    def build(self, options: Named, *arguments: Any) -> Source:
        """The source that ``options.name`` stands for.

        Raises:
            UserError: the data is not there, is not what it should be, or its options do not fit.
        """
        from zoo.synsets.chosen import chosen

        return chosen(super().build(options, *arguments), options)


DATASETS = DataSets("data")
