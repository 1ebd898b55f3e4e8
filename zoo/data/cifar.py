"""``data=cifar10`` and ``data=cifar100``: photographs of 32×32, in their Python or their binary version."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.augment.base import AugmentOptions
from zoo.augment.shift import ShiftOptions
from zoo.data.arrays import ArraySplit, statistics
from zoo.data.base import DATASETS, DataOptions, DataSet
from zoo.data.fetch import Layout, Published, Remote, locate
from zoo.data.pickles import read_pickle
from zoo.errors import UserError
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np

SIDE = 32
PIXELS = 3 * SIDE * SIDE
URL = "https://www.cs.toronto.edu/~kriz/"

BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
CIFAR10 = Published(
    "cifar10",
    [
        Layout("cifar-10-batches-py", (*BATCHES, "test_batch", "batches.meta")),
        Layout("cifar-10-batches-bin", (*(f"{name}.bin" for name in BATCHES), "test_batch.bin")),
    ],
    [Remote("cifar-10-python.tar.gz", f"{URL}cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a")],
)
CIFAR100 = Published(
    "cifar100",
    [
        Layout("cifar-100-python", ("train", "test", "meta")),
        Layout(
            "cifar-100-binary", ("train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt")
        ),
    ],
    [Remote("cifar-100-python.tar.gz", f"{URL}cifar-100-python.tar.gz", "eb9058c3a382ffc7106e4002c42a8d85")],
)
ROOT = "folder with the {} version's files, or with its archive; null fetches it into the user's cache"
SIZE = "side in pixels to scale to; null keeps 32, or takes what the net needs"


@dataclass(frozen=True)
class Cifar10Options(DataOptions):
    """Options of ``data=cifar10``."""

    root: str | None = option(None, ROOT.format("Python or binary"), path=True)
    size: int | None = option(None, SIZE, low=1)


@dataclass(frozen=True)
class Cifar100Options(DataOptions):
    """Options of ``data=cifar100``."""

    root: str | None = option(None, ROOT.format("Python or binary"), path=True)
    size: int | None = option(None, SIZE, low=1)
    labels: str = option("fine", "the 100 fine classes or the 20 coarse ones", choices=("fine", "coarse"))


class Cifar:
    """What both have in common."""

    channels = 3
    native: int | None = SIDE
    augment: AugmentOptions = ShiftOptions(name="shift", pad=4, flip=0.5)
    classes: tuple[str, ...]
    data: Published
    splits: tuple[tuple[str, ...], tuple[str, ...]]
    """The files of training and of validation, without .bin."""
    key: str
    """The pickle's entry for labels."""
    place: tuple[int, int]
    """Which byte of a binary record is the label, and how many stand before the pixels."""

    def __init__(self, root: str | None, size: int | None) -> None:
        self.size = size
        layout, self.folder = locate(self.data, root)
        self.pickled = layout is self.data.layouts[0]

    def open(self) -> DataSet:
        """The 50,000 training images, and the 10,000 test images for validation."""
        train, val = (self._split(names) for names in self.splits)
        return DataSet(self.data.name, self.classes, train, val, *statistics(train.images))

    def _split(self, names: tuple[str, ...]) -> ArraySplit:
        import numpy as np

        read = self._from_pickle if self.pickled else self._from_binary
        parts = [read(self.folder / name) for name in names]
        pixels = np.concatenate([pixels for pixels, _ in parts])
        images = pixels.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
        return ArraySplit(np.ascontiguousarray(images), [label for _, labels in parts for label in labels])

    def _from_pickle(self, path: Path) -> "tuple[np.ndarray, list[int]]":
        import numpy as np

        batch = read_pickle(path)
        pixels, labels = batch.get("data"), batch.get(self.key)
        if not isinstance(pixels, np.ndarray) or pixels.ndim != 2 or pixels.shape[1] != PIXELS:
            raise UserError(f"{path}: it has no data of rows of {PIXELS:,} bytes")
        if not isinstance(labels, list) or len(labels) != len(pixels):
            raise UserError(f"{path}: it has no {self.key} for each of {len(pixels):,} images")
        if any(type(label) is not int or not 0 <= label < len(self.classes) for label in labels):
            raise UserError(f"{path}: {self.key} has another than the classes 0 to {len(self.classes) - 1}")
        return pixels, labels

    def _from_binary(self, path: Path) -> "tuple[np.ndarray, list[int]]":
        import numpy as np

        path = path.with_name(f"{path.name}.bin")
        label, before = self.place
        data = np.fromfile(path, dtype=np.uint8)
        if not len(data) or len(data) % (before + PIXELS):
            raise UserError(f"{path}: cut short; its length is no multiple of {before + PIXELS:,} bytes")
        records = data.reshape(-1, before + PIXELS)
        if records[:, label].max() >= len(self.classes):
            raise UserError(
                f"{path}: not {self.data.name}'s binary version: it has class {records[:, label].max()}"
            )
        return records[:, before:], records[:, label].tolist()


@DATASETS.register("cifar10", Cifar10Options)
class Cifar10(Cifar):
    """60,000 colour photographs of 32×32 in ten classes (Krizhevsky 2009)."""

    data = CIFAR10
    splits = BATCHES, ("test_batch",)
    key = "labels"
    place = 0, 1
    classes: tuple[str, ...] = (
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    )

    def __init__(self, options: Cifar10Options) -> None:
        super().__init__(options.root, options.size)


@DATASETS.register("cifar100", Cifar100Options)
class Cifar100(Cifar):
    """60,000 colour photographs of 32×32 in a hundred classes, or twenty (Krizhevsky 2009)."""

    data = CIFAR100
    splits = ("train",), ("test",)

    def __init__(self, options: Cifar100Options) -> None:
        super().__init__(options.root, options.size)
        self.key = f"{options.labels}_labels"
        self.place = (1, 2) if options.labels == "fine" else (0, 2)
        self.classes = self._names(f"{options.labels}_label_names", 100 if options.labels == "fine" else 20)

    def _names(self, key: str, count: int) -> tuple[str, ...]:
        if self.pickled:
            path = self.folder / "meta"
            found = read_pickle(path).get(key)
            listed = found if isinstance(found, list) else []
            names = [name.decode("latin1") if isinstance(name, bytes) else str(name) for name in listed]
        else:
            path = self.folder / f"{key}.txt"
            names = path.read_text(encoding="latin1").split()
        if len(names) != count:
            raise UserError(f"{path}: {count} names of classes are expected, and it has {len(names)}")
        return tuple(names)
