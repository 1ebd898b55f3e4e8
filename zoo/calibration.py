"""Whether a net is as often right as it is sure to be (Guo et al., On calibration of modern nets, 2017)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

BINS = 15
"""As in the paper, of equal width: bin m has confidences above m / BINS, and up to (m + 1) / BINS."""


@dataclass(frozen=True)
class Bin:
    """The images of which a net is about equally sure."""

    low: float
    high: float
    images: int
    confidence: float
    """Mean probability of the first guess; 0 without images."""
    accuracy: float
    """Share of right first guesses; 0 without images."""


@dataclass(frozen=True)
class Calibration:
    """A reliability diagram as numbers."""

    bins: tuple[Bin, ...]

    @property
    def ece(self) -> float:
        """The expected calibration error: how far accuracy and confidence are apart, on average."""
        images = sum(each.images for each in self.bins)
        apart = sum(each.images * abs(each.accuracy - each.confidence) for each in self.bins)
        return apart / images if images else 0.0


def calibration(confidence: "np.ndarray", right: "np.ndarray") -> Calibration:
    """From the probability of each image's first guess, float [images], and whether it is right, bool."""
    import numpy as np

    places = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    images = np.bincount(places, minlength=BINS)
    some = np.maximum(images, 1)
    sure = np.bincount(places, confidence, BINS) / some
    accurate = np.bincount(places, right, BINS) / some
    rows = zip(images.tolist(), sure.tolist(), accurate.tolist(), strict=True)
    return Calibration(tuple(Bin(m / BINS, (m + 1) / BINS, *row) for m, row in enumerate(rows)))
