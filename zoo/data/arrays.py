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
