"""The right answers of a data set's validation images, as the challenge numbers and orders them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.boxes import places
from zoo.boxes.annotation import Thing
from zoo.challenge.score import Truth
from zoo.data.base import Split
from zoo.data.imagenet import devkit
from zoo.data.stems import stems
from zoo.errors import UserError
from zoo.synsets.hierarchy import wnids_of

NUMBER = re.compile(r"_val_(\d+)$")
"""The end of a validation image's name, with its number in the whole set."""


@dataclass(frozen=True)
class Ids:
    """The challenge's ids of classes, and which validation images are blacklisted."""

    by_wnid: dict[str, int]
    blacklist: frozenset[int]
    place: Path

    def of(self, classes: Sequence[str], whose: str) -> list[int]:
        """The ids of classes whose names are wnids, or begin with them; ``whose`` is for messages.

        Raises:
            UserError: they are no wnids, or not of the challenge.
        """
        wnids = wnids_of(classes)
        if wnids is None:
            raise UserError(
                f"{whose}: its classes, as {classes[0]}, are no wnids like n01440764, so that the challenge "
                "has no ids for them"
            )
        lost = next((wnid for wnid in wnids if wnid not in self.by_wnid), None)
        if lost is not None:
            raise UserError(f"{whose}: {self.place} has no class {lost}")
        return [self.by_wnid[wnid] for wnid in wnids]


def ids(given: str | None, options: Any) -> Ids:
    """From the development kit in the path that is ``given``, or below the data's folder.

    Raises:
        UserError: there is none, or it is damaged.
    """
    root = getattr(options, "root", None)
    place = None
    if given is not None:
        path = Path(given).expanduser()
        own = any((path / name).is_file() for name in devkit.META)
        place = path if own or path.is_file() else devkit.find(path)
    elif root is not None:
        place = devkit.find(Path(root).expanduser())
    if place is None:
        where = f"devkit={given}" if given is not None else f"data={options.name}"
        raise UserError(
            f"{where}: ImageNet's development kit is not there, which numbers the classes: devkit=PATH says "
            f"where {devkit.ARCHIVE} is, or what it unpacks to"
        )
    kit = devkit.read(place)
    return Ids({synset.wnid: synset.id for synset in kit.leaves}, kit.blacklist, place)


def order(names: Sequence[str]) -> list[int]:
    """The indices of images in the alphabetical order of their files' names."""
    return sorted(range(len(names)), key=lambda index: names[index])


def truth(known: Ids, options: Any, classes: Sequence[str], split: Split) -> Truth:
    """Of a split with these classes.

    Raises:
        UserError: its images have no names, or its classes no ids.
    """
    by_label = known.of(classes, f"data={options.name}")
    names = stems(split)
    placed = order(names)
    root = getattr(options, "root", None)
    boxes = None if root is None else places.find(Path(root).expanduser(), "val")

    def things(index: int) -> Sequence[Thing]:
        assert boxes is not None
        found = boxes.of(names[placed[index]])
        return () if found is None else found.things

    black = frozenset(
        index for index, own in enumerate(placed) if _number(names[own], index) in known.blacklist
    )
    return Truth(
        [by_label[split.labels[own]] for own in placed],
        {id: wnid for wnid, id in known.by_wnid.items()},
        black,
        None if boxes is None else things,
    )


def _number(name: str, index: int) -> int:
    """An image's number in the whole set: by its name, or by its place."""
    found = NUMBER.search(name)
    return int(found[1]) if found is not None else index + 1
