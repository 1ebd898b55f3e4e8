"""Folders or tars by wnid: train/ and val/ of them, or one set, as ImageNet-21k comes."""

from pathlib import Path
from typing import TYPE_CHECKING

from zoo.data.imagenet import folders, tars
from zoo.data.imagenet.layouts import Found, Look
from zoo.data.imagenet.part import Part

if TYPE_CHECKING:
    from zoo.data.imagenet.source import ImageNetOptions

TRAIN = ("train", "ILSVRC2012_img_train", "imagenet21k_train")
VAL = ("val", "validation", "ILSVRC2012_img_val", "imagenet21k_val")
WHOLE = ("fall11_whole.tar", "winter21_whole.tar")
"""The tars of tars by wnid as which all of ImageNet was published."""


class ByWnid:
    """Folders or tars by wnid."""

    name, rank = "wnids", 1
    about = "folders or tars by wnid (train/n01440764/*.JPEG and val/n01440764/*.JPEG, or one set of all)"

    def look(self, root: Path) -> Look | None:
        train, val = place(root, TRAIN), place(root, VAL)
        if train is not None and val is not None:
            return Look([train.name, val.name])
        if train is None and val is None:
            own = _alone(root)
            return Look([own.name]) if own is not None else None
        there, lacking = (train, VAL[0]) if train is not None else (val, TRAIN[0])
        assert there is not None
        advice = f"; data.root={there} holds a share of it out for validation" if train is not None else ""
        return Look([f"{there.name}/"], [f"{lacking}/ with folders or tars by wnid{advice}"])

    def read(self, root: Path, options: "ImageNetOptions") -> Found:
        train, val = place(root, TRAIN), place(root, VAL)
        if train is None or val is None:
            own = _alone(root)
            assert own is not None
            return Found(part(own), None)
        return Found(part(train), part(val))


LAYOUT = ByWnid()


def place(root: Path, names: tuple[str, ...]) -> Path | None:
    """The first folder of these names that has folders or tars by wnid in it."""
    return next((root / name for name in names if _has(root / name)), None)


def part(where: Path) -> Part:
    """The images of a folder of folders or of tars by wnid, or of a tar of such tars."""
    if where.is_file():
        return tars.by_wnid([where])
    if folders.has_classes(where):
        return folders.by_wnid(where)
    return tars.by_wnid(tars.in_folder(where))


def _has(folder: Path) -> bool:
    return folders.has_classes(folder) or bool(tars.in_folder(folder))


def _alone(root: Path) -> Path | None:
    if _has(root):
        return root
    return next((root / name for name in WHOLE if (root / name).is_file()), None)
