"""The downloads of ILSVRC 2012: training images by wnid, a flat folder or tar for validation, and the kit.

The classes of the validation images are in the development kit, as ids of the challenge in the order of the
files' names.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from zoo.data.imagenet import devkit, folders, tars
from zoo.data.imagenet import part as parts
from zoo.data.imagenet.layouts import Found, Look, by_wnid
from zoo.errors import UserError
from zoo.images.encoded import Files, Packed

if TYPE_CHECKING:
    from zoo.data.imagenet.source import ImageNetOptions

TRAIN_TAR, VAL_TAR = "ILSVRC2012_img_train.tar", "ILSVRC2012_img_val.tar"


class Official:
    """The downloads of ILSVRC 2012."""

    name, rank = "official", 3
    about = (
        "the official downloads (ILSVRC2012_img_train.tar, ILSVRC2012_img_val.tar and "
        "ILSVRC2012_devkit_t12.tar.gz, packed or unpacked into train/, val/ and ILSVRC2012_devkit_t12/)"
    )

    def look(self, root: Path) -> Look | None:
        found = {
            f"{TRAIN_TAR}, or train/ with what is in it": _train(root),
            f"{VAL_TAR}, or val/ with what is in it": _val(root),
            f"{devkit.ARCHIVE} or its content, for the classes of validation": devkit.find(root),
        }
        there = [str(place.relative_to(root)) for place in found.values() if place is not None]
        return Look(there, [what for what, place in found.items() if place is None]) if there else None

    def read(self, root: Path, options: "ImageNetOptions") -> Found:
        train, val, place = _train(root), _val(root), devkit.find(root)
        assert train is not None
        assert val is not None
        assert place is not None
        kit = devkit.read(place)
        images: Files | Packed = tars.flat(val) if val.is_file() else folders.flat(val)
        wnids = kit.val_wnids()
        if len(wnids) != len(images):
            raise UserError(
                f"{val}: {len(images):,} images, and the ground truth in {place} is of {len(wnids):,}: the "
                "order of the files says which class is whose, so all are needed, and no other image"
            )
        words = {synset.wnid: synset.words for synset in kit.synsets}
        return Found(by_wnid.part(train), parts.of(images, wnids), words, kit)


LAYOUT = Official()


def _train(root: Path) -> Path | None:
    unpacked = by_wnid.place(root, by_wnid.TRAIN)
    return unpacked or (root / TRAIN_TAR if (root / TRAIN_TAR).is_file() else None)


def _val(root: Path) -> Path | None:
    unpacked = next((root / name for name in by_wnid.VAL if folders.has_images(root / name)), None)
    return unpacked or (root / VAL_TAR if (root / VAL_TAR).is_file() else None)
