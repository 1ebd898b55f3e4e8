"""``data=digits``: the 1,797 handwritten digits that scikit-learn ships (UCI, 8×8, 17 grey levels)."""

from dataclasses import dataclass

from zoo.augment.base import AugmentOptions
from zoo.augment.shift import ShiftOptions
from zoo.data.arrays import ArraySplit
from zoo.data.base import DATASETS, DataOptions, DataSet
from zoo.options import option

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


@DATASETS.register("digits", DigitsOptions)
class Digits:
    """Real handwritten digits, 8×8 grey, shipped with scikit-learn: no download."""

    channels = 1
    native: int | None = SIDE
    classes = tuple("0123456789")

    augment: AugmentOptions = ShiftOptions(name="shift", pad=1, flip=0.0)

    def __init__(self, options: DigitsOptions) -> None:
        self.options = options
        self.size = options.size

    def open(self) -> DataSet:
        """Training and validation digits, the same split for the same ``split_seed``."""
        import numpy as np
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split

        bunch = load_digits()
        images = np.rint(bunch.images * (255 / LEVELS)).astype(np.uint8)[..., None]
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
            ArraySplit(images[train], labels[train].tolist()),
            ArraySplit(images[val], labels[val].tolist()),
            (float(scaled.mean()),),
            (float(scaled.std()),),
        )
