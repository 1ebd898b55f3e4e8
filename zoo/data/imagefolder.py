"""``data=imagefolder data.root=…``: any folder of class folders of images."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.augment.base import AugmentOptions
from zoo.augment.crop import CropOptions
from zoo.data.base import DATASETS, BrokenImageError, DataOptions, DataSet
from zoo.errors import UserError
from zoo.images.decode import EXTENSIONS, decode
from zoo.images.picture import Pixels
from zoo.options import option

Item = tuple[Path, int]
"""An image file and its class."""

# The usual statistics of photographs in RGB (those of ImageNet's training images).
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class ImageFolderOptions(DataOptions):
    """Options of ``data=imagefolder``."""

    root: str | None = option(None, "folder with train/ and val/, or with the class folders themselves")
    size: int | None = option(
        None, "side in pixels that images are scaled to; null takes what the net declares", low=1
    )
    val_crop: float = option(
        0.875, "share of the shorter side that the centre crop keeps in validation", above=0, high=1
    )
    val_share: float = option(0.1, "share of each class held out where there is no val/", above=0, high=0.9)
    split_seed: int = option(0, "which images are held out; apart from the run's seed", low=0)
    verify: bool = option(
        False, "read every image once before training, instead of meeting a broken one later"
    )


@DATASETS.register("imagefolder", ImageFolderOptions)
class ImageFolder:
    """Your own images: root/train/CLASS/*.jpg and root/val/CLASS/*.jpg, or root/CLASS/*.jpg."""

    channels = 3
    native: int | None = None
    augment: AugmentOptions = CropOptions(name="crop")

    def __init__(self, options: ImageFolderOptions) -> None:
        if options.root is None:
            raise UserError("data=imagefolder needs a folder: data.root=path/to/images")
        root = Path(options.root).expanduser()
        if not root.is_dir():
            raise UserError(f"data.root={root}: {'not a folder' if root.exists() else 'no such folder'}")
        self.options = options
        self.size = options.size
        self.classes, self.train, self.val = _find(root, options)
        if options.verify:
            for path, _ in [*self.train, *self.val]:
                _verify(path)

    def open(self) -> DataSet:
        """The images, each read when it is asked for."""
        train, val = FileSplit(self.train), FileSplit(self.val)
        return DataSet("imagefolder", self.classes, train, val, MEAN, STD, self.options.val_crop)


class FileSplit:
    """Image files, read when asked for."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.paths = [path for path, _ in items]
        self.labels = [label for _, label in items]

    def picture(self, index: int) -> Pixels:
        """One image, in RGB."""
        return Pixels(decode(self.paths[index]))


def _find(root: Path, options: ImageFolderOptions) -> tuple[tuple[str, ...], list[Item], list[Item]]:
    train_root, val_root = root / "train", root / "val"
    if train_root.is_dir() and val_root.is_dir():
        classes = _classes(train_root)
        extra = sorted(set(_classes(val_root)) - set(classes))
        if extra:
            raise UserError(f"{val_root / extra[0]}: there is no class {extra[0]} in {train_root}")
        return classes, _items(train_root, classes), _items(val_root, classes, all_classes=False)
    if train_root.is_dir() or val_root.is_dir():
        has, lacks = ("train", "val") if train_root.is_dir() else ("val", "train")
        raise UserError(f"{root}: has {has}/ and lacks {lacks}/; it needs both, or class folders alone")
    classes = _classes(root)
    return classes, *_split(_items(root, classes), options)


def _classes(root: Path) -> tuple[str, ...]:
    names = sorted(path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not names:
        raise UserError(
            f"{root}: no class folders in it; images go in one folder a class, as {root / 'cat'}/1.jpg"
        )
    return tuple(names)


def _items(root: Path, classes: Sequence[str], all_classes: bool = True) -> list[Item]:
    items: list[Item] = []
    for label, name in enumerate(classes):
        found = [(path, label) for path in _images(root / name)]
        if not found and all_classes:
            raise UserError(
                f"{root / name}: no images in this class folder ({', '.join(sorted(EXTENSIONS))})"
            )
        items += found
    if not items:
        raise UserError(f"{root}: no images in its class folders ({', '.join(sorted(EXTENSIONS))})")
    return items


def _images(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in EXTENSIONS:
                yield Path(here, name)


def _split(items: list[Item], options: ImageFolderOptions) -> tuple[list[Item], list[Item]]:
    """Hold out a share of every class, and at least one image where a class has two."""
    import numpy as np

    rng = np.random.default_rng(options.split_seed)
    train: list[Item] = []
    val: list[Item] = []
    for label in range(items[-1][1] + 1):
        own = [item for item in items if item[1] == label]
        held = 0 if len(own) < 2 else min(len(own) - 1, max(1, round(len(own) * options.val_share)))
        out = set(rng.permutation(len(own))[:held].tolist())
        train += [item for i, item in enumerate(own) if i not in out]
        val += [item for i, item in enumerate(own) if i in out]
    if not val:
        raise UserError(
            f"{items[0][0].parent.parent}: one image a class is too few to hold any out for validation"
        )
    return train, val


def _verify(path: Path) -> None:
    try:
        decode(path)
    except BrokenImageError as error:
        raise UserError(str(error)) from error
