"""``data=fake``: images of noise, of any number, size and classes, for benchmarks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.augment.base import AugmentOptions
from zoo.augment.none import NoneOptions
from zoo.data.base import DATASETS, DataOptions, DataSet
from zoo.images.picture import Pixels
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np

PLACES = 65_521
"""Where in the noise an image can begin: a prime, so that as many images differ."""
STRIDE = 7_919


@dataclass(frozen=True)
class FakeOptions(DataOptions):
    """Options of ``data=fake``."""

    count: int = option(1024, "training images", low=1)
    val_count: int = option(256, "validation images", low=1)
    classes: int = option(1000, "classes", low=1)
    size: int = option(224, "side in pixels", low=1)
    channels: int = option(3, "channels: 3 for colour, 1 for grey", low=1)
    seed: int = option(0, "seed of the noise and of the labels; apart from the run's seed", low=0)


@DATASETS.register("fake", FakeOptions)
class Fake:
    """Noise with random labels, which costs nothing to read: for benchmarks."""

    augment: AugmentOptions = NoneOptions(name="none")

    def __init__(self, options: FakeOptions) -> None:
        self.options = options
        self.channels = options.channels
        self.native: int | None = options.size
        self.size: int | None = options.size
        width = len(str(options.classes - 1))
        self.classes = tuple(f"{label:0{width}}" for label in range(options.classes))

    def open(self) -> DataSet:
        """The same images and labels for the same options."""
        import numpy as np

        own = self.options
        rng = np.random.default_rng(own.seed)
        shape = (own.size, own.size, own.channels)
        noise = rng.integers(0, 256, own.size**2 * own.channels + PLACES, np.uint8)
        train = NoiseSplit(noise, shape, rng.integers(0, own.classes, own.count).tolist(), 0)
        val = NoiseSplit(noise, shape, rng.integers(0, own.classes, own.val_count).tolist(), own.count)
        even = ((0.5,) * own.channels, (12**-0.5,) * own.channels)  # of numbers spread evenly over [0, 1]
        return DataSet("fake", self.classes, train, val, *even)


@dataclass(frozen=True)
class NoiseSplit:
    """Images cut out of one long noise; ``first`` is the number of the first among all images."""

    noise: "np.ndarray"
    shape: tuple[int, int, int]
    labels: list[int]
    first: int

    def picture(self, index: int) -> Pixels:
        """One of them."""
        height, width, channels = self.shape
        start = (self.first + index) * STRIDE % PLACES
        return Pixels(self.noise[start : start + height * width * channels].reshape(self.shape))
