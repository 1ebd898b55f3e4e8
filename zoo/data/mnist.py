"""``data=mnist`` and ``data=fashion-mnist``: 70,000 grey images of 28×28 in files of the IDX format."""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.augment.base import AugmentOptions
from zoo.augment.shift import ShiftOptions
from zoo.data.arrays import ArraySplit, statistics
from zoo.data.base import DATASETS, DataOptions, DataSet
from zoo.data.fetch import Layout, Published, Remote, locate
from zoo.errors import UserError
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np

SIDE = 28
BYTES = 8
"""IDX's code for unsigned bytes."""
TRAIN = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
VAL = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def _published(name: str, url: str, sums: Sequence[str]) -> Published:
    files = (*TRAIN, *VAL)
    remotes = [Remote(f"{file}.gz", f"{url}{file}.gz", md5) for file, md5 in zip(files, sums, strict=True)]
    return Published(name, [Layout("raw", files, packed=True)], remotes)


MNIST = _published(
    "mnist",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
)
FASHION = _published(
    "fashion-mnist",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
)


@dataclass(frozen=True)
class MnistOptions(DataOptions):
    """Options of ``data=mnist`` and ``data=fashion-mnist``."""

    root: str | None = option(
        None,
        "folder with the four IDX files, .gz or not; null fetches them into the user's cache",
        path=True,
    )
    size: int | None = option(
        None, "side in pixels to scale to; null keeps 28, or takes what the net needs", low=1
    )


class Idx:
    """A data set of four IDX files."""

    channels = 1
    native: int | None = SIDE

    def __init__(
        self, options: MnistOptions, data: Published, classes: tuple[str, ...], augment: AugmentOptions
    ) -> None:
        self.name = data.name
        self.size = options.size
        self.classes = classes
        self.augment = augment
        self.layout, self.folder = locate(data, options.root)

    def open(self) -> DataSet:
        """60,000 training images, and the 10,000 test images for validation."""
        train, val = self._split(TRAIN), self._split(VAL)
        return DataSet(self.name, self.classes, train, val, *statistics(train.images))

    def _split(self, names: tuple[str, str]) -> ArraySplit:
        paths = [self.layout.file(self.folder, name) for name in names]
        images, labels = (read_idx(path) for path in paths)
        if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or not len(images):
            raise UserError(f"{paths[0]}: images of {SIDE}×{SIDE} are expected, and it has {images.shape}")
        if labels.shape != images.shape[:1]:
            raise UserError(f"{paths[1]}: {labels.size:,} labels for {len(images):,} images")
        if labels.max() >= len(self.classes):
            raise UserError(
                f"{paths[1]}: has class {labels.max()}, and there are {len(self.classes)} classes"
            )
        return ArraySplit(images[..., None], labels.tolist())


@DATASETS.register("mnist", MnistOptions)
def mnist(options: MnistOptions) -> Idx:
    """70,000 handwritten digits, 28×28 grey (LeCun et al. 1998)."""
    return Idx(options, MNIST, tuple("0123456789"), ShiftOptions(name="shift", pad=2, flip=0.0))


@DATASETS.register("fashion-mnist", MnistOptions)
def fashion(options: MnistOptions) -> Idx:
    """70,000 pieces of clothing, 28×28 grey, in ten classes (Xiao et al. 2017)."""
    classes = (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    )
    return Idx(options, FASHION, classes, ShiftOptions(name="shift", pad=2, flip=0.5))


def read_idx(path: Path) -> "np.ndarray":
    """The array in a file of the IDX format, of bytes; unpacked where the name ends in .gz.

    Raises:
        UserError: it is damaged, or not such a file.
    """
    import numpy as np

    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            head = file.read(4)
            if len(head) < 4 or head[:2] != b"\0\0" or head[2] != BYTES:
                raise UserError(f"{path}: not an IDX file of bytes")
            shape = np.frombuffer(file.read(4 * head[3]), ">u4").tolist()
            expected = int(np.prod(shape, dtype=object))
            content = file.read(expected + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile, ValueError, MemoryError, OverflowError) as error:
        raise UserError(f"{path}: damaged: {error}") from error
    if len(shape) != head[3] or len(content) != expected:
        raise UserError(f"{path}: damaged: {expected:,} bytes are expected after its head")
    return np.frombuffer(content, np.uint8).reshape(shape)
