"""Where the boxes of ImageNet lie: below the folder of the data, a file for each image that has some."""

import re
from dataclasses import dataclass
from pathlib import Path

from zoo.boxes.annotation import Annotation, read

TRAIN = (
    "ILSVRC2012_bbox_train_v2",
    "ILSVRC2012_bbox_train_dogs",
    "ILSVRC/Annotations/CLS-LOC/train",
    "Annotations/CLS-LOC/train",
    "Annotation",
    "bbox_train",
)
VAL = (
    "ILSVRC2012_bbox_val_v3/val",
    "ILSVRC2012_bbox_val_v3",
    "ILSVRC/Annotations/CLS-LOC/val",
    "Annotations/CLS-LOC/val",
    "bbox_val",
)
"""Folders as the archives of boxes unpack, as Kaggle has them, and as the site had those of all images."""
WNID = re.compile(r"n\d{8}")


@dataclass(frozen=True)
class Boxes:
    """The annotations of a split, in folders: ``STEM.xml``, or below a folder of the class's wnid."""

    folders: tuple[Path, ...]

    def of(self, stem: str) -> Annotation | None:
        """That of the image whose file has this name (without its ending); None where it has none.

        Raises:
            UserError: it cannot be read.
        """
        for path in self._paths(stem):
            if path.is_file():
                return read(path)
        return None

    def has(self, stem: str) -> bool:
        """Whether the image has one."""
        return any(path.is_file() for path in self._paths(stem))

    def _paths(self, stem: str) -> list[Path]:
        wnid = WNID.match(stem)
        names = [f"{stem}.xml"] if wnid is None else [f"{wnid[0]}/{stem}.xml", f"{stem}.xml"]
        return [folder / name for folder in self.folders for name in names]


def find(root: Path, split: str) -> Boxes | None:
    """The annotations of ``train`` or ``val`` below the folder of the data; None without any."""
    folders = tuple(root / name for name in {"train": TRAIN, "val": VAL}[split] if (root / name).is_dir())
    return Boxes(folders) if folders else None
