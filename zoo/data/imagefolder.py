"""``data=imagefolder data.root=…``: any folder of class folders of images."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.augment.base import AugmentOptions
from zoo.augment.crop import CropOptions
from zoo.data.base import DATASETS, DataSet
from zoo.data.holdout import hold_out
from zoo.data.photos import PhotoOptions, opened, verify
from zoo.errors import UserError
from zoo.images.decode import EXTENSIONS
from zoo.images.photo import Photo, read
from zoo.options import option

if TYPE_CHECKING:
    from zoo.images.encoded import Files

Item = tuple[Path, int]
"""An image file and its class."""


@dataclass(frozen=True)
class ImageFolderOptions(PhotoOptions):
    """Options of ``data=imagefolder``."""

    root: str | None = option(
        None, "folder with train/ and val/, or with the class folders themselves", path=True
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
            verify(FileSplit(self.train), FileSplit(self.val))

    def open(self) -> DataSet:
        """The images, each read when it is asked for."""
        return opened("imagefolder", self.classes, FileSplit(self.train), FileSplit(self.val), self.options)


class FileSplit:
    """Image files, read when asked for."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.paths = [path for path, _ in items]
        self.labels = [label for _, label in items]

    @property
    def images(self) -> "Files":
        """The images' files."""
        import numpy as np

        from zoo.images.encoded import Files

        folders = sorted({str(path.parent) for path in self.paths})
        number = {folder: i for i, folder in enumerate(folders)}
        which = np.array([number[str(path.parent)] for path in self.paths], np.int32)
        return Files(folders, which, np.array([os.fsencode(path.name) for path in self.paths], np.bytes_))

    def stem(self, index: int) -> str:
        """The name of an image's file, without folder and ending."""
        return self.paths[index].stem

    def picture(self, index: int) -> Photo:
        """One image, in RGB."""
        return read(self.paths[index])


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
    train, val = hold_out([label for _, label in items], options.val_share, options.split_seed)
    if not val:
        raise UserError(
            f"{items[0][0].parent.parent}: one image a class is too few to hold any out for validation"
        )
    return [items[index] for index in train], [items[index] for index in val]
