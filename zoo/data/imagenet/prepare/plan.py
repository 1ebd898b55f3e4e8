"""Which units there are to write: the same ones in every run, so that one goes on where another ended."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.data.imagenet.part import Part
from zoo.data.imagenet.prepare.units import Unit

if TYPE_CHECKING:
    import numpy as np

SAMPLED = 2000
"""Images whose sizes stand for those of all."""
DIGITS = 6


@dataclass(frozen=True)
class Split(ABC):
    """Training or validation: its images, in the order in which they are to be written, and its units."""

    name: str
    part: Part
    order: "np.ndarray"
    bounds: Sequence[int]
    """Where the units begin in that order, and where the last ends."""

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @cached_property
    def file_names(self) -> list[str]:
        """The name of each image's file, by index; with a number where two images have the same."""
        images = self.part.images
        names = [f"{images.stem(i)}{_suffix(images.name(i))}" for i in range(len(images))]
        if len(set(names)) == len(names):
            return names
        return [f"{Path(name).stem}_{i:08}{Path(name).suffix}" for i, name in enumerate(names)]

    def unit(self, out: Path, number: int) -> Unit:
        """One of the units."""
        own = self.order[self.bounds[number] : self.bounds[number + 1]]
        names = [self.file_names[i] for i in own.tolist()]
        images = self.part.images.taken(own)
        return Unit(out, out / self.path(number), images, names, self.part.label[own].tolist())

    @abstractmethod
    def path(self, number: int) -> str:
        """Where a unit lies below the output."""


class Shards(Split):
    """Units are shards."""

    def path(self, number: int) -> str:
        return f"{self.name}-{number:0{DIGITS}}.tar"


class Folders(Split):
    """Units are the folders of classes; of a class without images there is none."""

    def path(self, number: int) -> str:
        return f"{self.name}/{self.part.wnids[self.part.label[self.order[self.bounds[number]]]]}"


def shards(name: str, part: Part, each: int, seed: int) -> Split:
    """Shards of ``each`` images (the last has the rest), which are mixed: most readers take them in order."""
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(part))
    return Shards(name, part, order, [*range(0, len(part), each), len(part)])


def folders(name: str, part: Part) -> Split:
    """A folder for each class."""
    import numpy as np

    order = np.argsort(part.label, kind="stable")
    starts = np.flatnonzero(np.diff(part.label[order], prepend=-1))
    return Folders(name, part, order, [*starts.tolist(), len(part)])


def bytes_of(part: Part) -> int:
    """About how many bytes the images have, by those of some, evenly spread."""
    count = min(SAMPLED, len(part))
    looked = [part.images.length(i * len(part) // count) for i in range(count)]
    return int(sum(looked) * len(part) // max(1, count))


def fingerprint(splits: Sequence[Split], about: Sequence[object]) -> str:
    """What tells this work from any other: the images with their classes, and how they are written."""
    digest = hashlib.sha256(json.dumps([str(own) for own in about]).encode())
    for split in splits:
        digest.update(f"{split.name} {list(split.bounds)} {split.part.wnids}".encode())
        digest.update("\n".join(split.file_names).encode(errors="surrogateescape"))
        digest.update(split.part.label.tobytes())
    return digest.hexdigest()


def _suffix(name: str) -> str:
    dot = name.rpartition(".")[2]
    return f".{dot}" if 0 < len(dot) <= 5 and "/" not in dot else ".JPEG"
