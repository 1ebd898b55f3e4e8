"""As Kaggle gives it: ILSVRC/Data/CLS-LOC/, with LOC_val_solution.csv and LOC_synset_mapping.txt beside."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.data.imagenet import folders, names
from zoo.data.imagenet import part as parts
from zoo.data.imagenet.folders import wnid_of
from zoo.data.imagenet.layouts import Found, Look
from zoo.errors import UserError

if TYPE_CHECKING:
    from zoo.data.imagenet.source import ImageNetOptions

IMAGES = Path("ILSVRC", "Data", "CLS-LOC")
SOLUTION, MAPPING = "LOC_val_solution.csv", "LOC_synset_mapping.txt"


class Kaggle:
    """Kaggle's archive."""

    name, rank = "kaggle", 2
    about = "Kaggle's archive, unpacked (ILSVRC/Data/CLS-LOC/, LOC_val_solution.csv, LOC_synset_mapping.txt)"

    def look(self, root: Path) -> Look | None:
        if not (root / IMAGES).is_dir():
            return None
        train, val = root / IMAGES / "train", root / IMAGES / "val"
        missing = [] if folders.has_classes(train) else [f"{IMAGES}/train/ with folders by wnid"]
        if not folders.has_images(val) and not folders.has_classes(val):
            missing.append(f"{IMAGES}/val/ with images")
        elif not folders.has_classes(val) and not (root / SOLUTION).is_file():
            missing.append(f"{SOLUTION}, which says the classes of the validation images")
        return Look([f"{IMAGES}/"], missing)

    def read(self, root: Path, options: "ImageNetOptions") -> Found:
        train, val = root / IMAGES / "train", root / IMAGES / "val"
        words = names.read(root / MAPPING) if (root / MAPPING).is_file() else {}
        if folders.has_classes(val):
            return Found(folders.by_wnid(train), folders.by_wnid(val), words)
        images = folders.flat(val)
        known = solution(root / SOLUTION)
        wnids = []
        for index in range(len(images)):
            wnid = known.get(images.stem(index))
            if wnid is None:
                raise UserError(f"{images.name(index)}: {SOLUTION} does not say its class")
            wnids.append(wnid)
        notes = [] if len(wnids) == len(known) else [f"{val}: {len(wnids):,} of the {len(known):,} images"]
        return Found(folders.by_wnid(train), parts.of(images, wnids), words, notes=notes)


LAYOUT = Kaggle()


def solution(path: Path) -> dict[str, str]:
    """The wnid of each validation image, by its name: the first word of its prediction.

    Raises:
        UserError: the file is not as it should be.
    """
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                wnid = wnid_of(row.get("PredictionString") or "")
                name = row.get("ImageId")
                if wnid is None or not name:
                    raise UserError(f"{path}: a row of it has no ImageId, or no wnid in PredictionString")
                found[name] = wnid
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return found
