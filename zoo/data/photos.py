"""What the data sets of photographs in files have in common."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from zoo.data.base import DataSet, Split
from zoo.data.choice import ChoiceOptions
from zoo.errors import UserError
from zoo.images.photo import Photo
from zoo.images.picture import BrokenImageError
from zoo.options import option

# The usual statistics of photographs in RGB (those of ImageNet's training images).
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class PhotoSplit(Protocol):
    """A split whose pictures come from files."""

    @property
    def labels(self) -> Sequence[int]:
        """The class of every picture."""

    def picture(self, index: int) -> Photo:
        """One of them."""


@dataclass(frozen=True)
class PhotoOptions(ChoiceOptions):
    """What every data set of photographs has."""

    size: int | None = option(
        None, "side in pixels that images are scaled to; null takes what the net declares", low=1
    )
    val_crop: float = option(
        0.875, "share of the shorter side that the centre crop keeps in validation", above=0, high=1
    )
    val_share: float = option(
        0.1, "share of each class held out where the data has no images for validation", above=0, high=0.9
    )
    split_seed: int = option(0, "which images are held out; apart from the run's seed", low=0)
    verify: bool = option(
        False, "read every image once before training, instead of meeting a broken one later"
    )
    cache: str = option(
        "none",
        "keep decoded images for the next epochs, in memory or on a disk; their pixels are the same",
        choices=("none", "memory", "disk"),
    )
    cache_gb: float = option(8.0, "most that is kept, in gigabytes, by each process that trains", above=0)
    cache_folder: str | None = option(
        None, "folder on the disk that data.cache=disk uses; null is that of temporary files", path=True
    )


def opened(
    name: str, classes: tuple[str, ...], train: PhotoSplit, val: PhotoSplit, options: PhotoOptions
) -> DataSet:
    """The data set of two splits, with their pictures kept where the options say so.

    Raises:
        UserError: there is no room to keep them.
    """
    splits: list[Split] = [train, val]
    if options.cache != "none":
        from zoo.kept import kept

        folder = Path(options.cache_folder or tempfile.gettempdir()).expanduser()
        splits = [*kept((train, val), options.cache_gb, folder if options.cache == "disk" else None)]
    return DataSet(name, classes, splits[0], splits[1], MEAN, STD, options.val_crop)


def verify(*splits: PhotoSplit) -> None:
    """Decode every picture.

    Raises:
        UserError: one is broken; names it.
    """
    for split in splits:
        for index in range(len(split.labels)):
            try:
                split.picture(index).pixels(1)
            except BrokenImageError as error:
                raise UserError(str(error)) from error
