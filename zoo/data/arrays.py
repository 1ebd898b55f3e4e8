"""Pictures that lie in memory: what small data sets are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.images.picture import Pixels

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class ArraySplit:
    """``images`` is uint8 [count, height, width, channels]."""

    images: "np.ndarray"
    labels: Sequence[int]

    def picture(self, index: int) -> Pixels:
        """One of them."""
        return Pixels(self.images[index])


def statistics(images: "np.ndarray") -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel of uint8 [count, height, width, channels], for [0, 1].

    By counts of the 256 levels: exact, and without a copy of the images as floats.
    """
    import numpy as np

    levels = np.arange(256) / 255
    means, deviations = [], []
    for channel in range(images.shape[3]):
        counts = np.bincount(images[..., channel].reshape(-1), minlength=256)
        mean = float(counts @ levels / counts.sum())
        means.append(mean)
        deviations.append(float(np.sqrt(counts @ (levels - mean) ** 2 / counts.sum())))
    return tuple(means), tuple(deviations)
