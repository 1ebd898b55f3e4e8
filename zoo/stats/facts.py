"""What is known of each split: the class of every image, its header, and whether it has boxes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo import look
from zoo.boxes import places
from zoo.data.base import DataSet, Split
from zoo.stats.scan import DTYPE, FORMATS, can, scan

NAMES = {"train": "training", "val": "validation"}


@dataclass(frozen=True)
class Facts:
    """One split: ``label`` [images], ``boxed`` bool [images] or None where there are no annotations at all.

    ``header`` has entries of DTYPE for the images with the indices ``looked``: for all, or, of data that is
    not in files here, for some that are evenly spread.
    """

    name: str
    label: np.ndarray
    looked: np.ndarray
    header: np.ndarray
    boxed: np.ndarray | None

    @property
    def all_looked(self) -> bool:
        """Whether the headers of all images are known."""
        return len(self.looked) == len(self.label)


def gather(data: DataSet, root: Path | None, fresh: bool = False, workers: int | None = None) -> list[Facts]:
    """What is known of training and validation; ``root`` is the folder that annotations are looked for in.

    Raises:
        UserError: a process that read headers was killed.
    """
    return [
        _facts(name, split, root, fresh, workers)
        for name, split in (("train", data.train), ("val", data.val))
    ]


def _facts(name: str, split: Split, root: Path | None, fresh: bool, workers: int | None) -> Facts:
    label = np.asarray(split.labels, np.int32)
    images = _images(split)
    if images is not None and can(images):
        looked, header = np.arange(len(label)), scan(images, fresh, workers).table
    else:
        looked, header = _sampled(split)
    boxed = None if images is None or root is None else _boxed(images, name, root)
    return Facts(NAMES[name], label, looked, header, boxed)


def _images(split: Any) -> Any:
    """The files of a split's images, through what wraps it; None where it has none."""
    if hasattr(split, "images"):
        return split.images
    if not hasattr(split, "split"):
        return None
    found = _images(split.split)
    return found.taken(split.indices) if found is not None and hasattr(split, "indices") else found


def _sampled(split: Split) -> tuple[np.ndarray, np.ndarray]:
    found = look.sizes(split)
    count = len(found.heights) + len(found.broken)
    header = np.zeros(count, DTYPE)
    header["seen"] = True
    header["height"][: len(found.heights)] = found.heights
    header["width"][: len(found.widths)] = found.widths
    header["format"][: len(found.heights)] = FORMATS.index("other")
    looked = np.arange(count) * len(split.labels) // max(1, count)
    return looked, header


def _boxed(images: Any, name: str, root: Path) -> np.ndarray | None:
    found = places.find(root, name)
    if found is None:
        return None
    stems = {stem for folder in found.folders for stem in _annotated(str(folder))}
    return np.fromiter((images.stem(index) in stems for index in range(len(images))), bool, len(images))


def _annotated(folder: str) -> Iterator[str]:
    """The names of the images that have annotations in a folder or below it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".xml"):
                yield entry.name[:-4]
            elif entry.is_dir():
                yield from _annotated(entry.path)
