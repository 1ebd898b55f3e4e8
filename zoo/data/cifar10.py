"""``data=cifar10 data.root=…``: CIFAR-10 in its binary form, six files of 10,000 images."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.augment.base import AugmentOptions
from zoo.augment.shift import ShiftOptions
from zoo.data.arrays import ArraySplit
from zoo.data.base import DATASETS, DataOptions, DataSet
from zoo.errors import UserError
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np

SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE
"""A byte for the class, then the pixels by channel."""
TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
VAL = ("test_batch.bin",)


@dataclass(frozen=True)
class Cifar10Options(DataOptions):
    """Options of ``data=cifar10``."""

    root: str | None = option(None, "folder with data_batch_1.bin to data_batch_5.bin and test_batch.bin")
    size: int | None = option(
        None, "side in pixels to scale to; null keeps 32, or takes what the net needs", low=1
    )


@DATASETS.register("cifar10", Cifar10Options)
class Cifar10:
    """60,000 colour photographs of 32×32 in ten classes (Krizhevsky 2009), from cifar-10-binary.tar.gz."""

    channels = 3
    native: int | None = SIDE
    classes: tuple[str, ...] = (
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    )
    augment: AugmentOptions = ShiftOptions(name="shift", pad=4, flip=0.5)

    def __init__(self, options: Cifar10Options) -> None:
        if options.root is None:
            raise UserError("data=cifar10 needs its folder: data.root=path/to/cifar-10-batches-bin")
        self.size = options.size
        self.root = Path(options.root).expanduser()
        for name in (*TRAIN, *VAL):
            if not (self.root / name).is_file():
                raise UserError(f"data.root={self.root}: {name} of CIFAR-10's binary version is not there")

    def open(self) -> DataSet:
        """The 50,000 training images, and the 10,000 test images for validation."""
        train, val = self._split(TRAIN), self._split(VAL)
        scaled = train.images.reshape(-1, 3)
        mean, std = scaled.mean(axis=0) / 255, scaled.std(axis=0) / 255
        return DataSet("cifar10", self.classes, train, val, tuple(mean.tolist()), tuple(std.tolist()))

    def _split(self, names: tuple[str, ...]) -> ArraySplit:
        import numpy as np

        records = np.concatenate([self._records(self.root / name) for name in names])
        images = records[:, 1:].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
        return ArraySplit(np.ascontiguousarray(images), records[:, 0].tolist())

    def _records(self, file: Path) -> "np.ndarray":
        import numpy as np

        data = np.fromfile(file, dtype=np.uint8)
        if not len(data) or len(data) % RECORD:
            raise UserError(f"{file}: cut short; its length is no multiple of {RECORD:,} bytes")
        records = data.reshape(-1, RECORD)
        if records[:, 0].max() >= len(self.classes):
            raise UserError(f"{file}: not CIFAR-10's binary version: it has class {records[:, 0].max()}")
        return records
