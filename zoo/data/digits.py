"""``data=digits``: the 1,797 handwritten digits that scikit-learn ships (UCI, 8×8, 17 grey levels)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.data.base import DATASETS, DataOptions, DataSet
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

SIDE = 8
LEVELS = 16


@dataclass(frozen=True)
class DigitsOptions(DataOptions):
    """Options of ``data=digits``."""

    size: int | None = option(
        None,
        "side in pixels to scale to; null keeps 8, or takes what the net declares if 8 is too small",
        low=1,
    )
    val_share: float = option(0.2, "share of each digit held out for validation", above=0, high=0.9)
    split_seed: int = option(0, "which images are held out; apart from the run's seed", low=0)
    shift: int = option(
        1, "training images move by up to this many of their 8 pixels, each way", low=0, high=4
    )


@DATASETS.register("digits", DigitsOptions)
class Digits:
    """Real handwritten digits, 8×8 grey, shipped with scikit-learn: no download."""

    channels = 1
    native: int | None = SIDE
    classes = tuple("0123456789")

    def __init__(self, options: DigitsOptions) -> None:
        self.options = options
        self.size = options.size

    def open(self, size: int) -> DataSet:
        """Training and validation digits, the same split for the same ``split_seed``."""
        import numpy as np
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split

        bunch = load_digits()
        images = np.rint(bunch.images * (255 / LEVELS)).astype(np.uint8)
        labels = bunch.target.astype(int)
        train, val = train_test_split(
            np.arange(len(labels)),
            test_size=self.options.val_share,
            random_state=self.options.split_seed,
            stratify=labels,
        )
        train, val = np.sort(train), np.sort(val)
        scaled = images[train] / 255.0
        return DataSet(
            "digits",
            self.classes,
            DigitSplit(images[train], labels[train].tolist(), size, self.options.shift),
            DigitSplit(images[val], labels[val].tolist(), size, 0),
            (float(scaled.mean()),),
            (float(scaled.std()),),
        )


class DigitSplit:
    """Digits in memory: ``images`` is uint8 [count, 8, 8]."""

    def __init__(self, images: "np.ndarray", labels: Sequence[int], size: int, shift: int) -> None:
        import numpy as np

        self.labels = labels
        self.size = size
        self.shift = shift
        # Moving an image is then a slice: what comes in from outside is paper (0).
        self.padded = np.pad(images, ((0, 0), (shift, shift), (shift, shift)))

    def read(self, index: int, rng: "np.random.Generator | None") -> "Tensor":
        """One digit, uint8 [1, size, size], moved by up to ``shift`` pixels if ``rng`` is given."""
        import torch

        top, left = rng.integers(0, 2 * self.shift + 1, 2) if rng is not None else (self.shift, self.shift)
        image = torch.from_numpy(self.padded[index, top : top + SIDE, left : left + SIDE]).unsqueeze(0)
        return image if self.size == SIDE else _scale(image, self.size)


def _scale(image: "Tensor", size: int) -> "Tensor":
    from torch.nn.functional import interpolate

    sides = (size, size)
    return interpolate(image.unsqueeze(0), sides, mode="bilinear", antialias=True, align_corners=False)[0]
