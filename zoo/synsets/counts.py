"""How many images each synset has, its own and those of all that is below it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zoo.data.base import DataSet, Split
from zoo.synsets.hierarchy import Hierarchy


@dataclass(frozen=True)
class Counts:
    """Images for training and for validation of each class, by wnid."""

    train: dict[str, int]
    val: dict[str, int]

    def own(self, wnid: str) -> int:
        """The images of which it is the class."""
        return self.train.get(wnid, 0) + self.val.get(wnid, 0)

    def total(self, wnids: Iterable[str]) -> int:
        """The images of several classes."""
        return sum(map(self.own, wnids))


def count(data: DataSet, wnids: Sequence[str]) -> Counts:
    """The images of a data set whose classes are ``wnids``, in their order."""
    return Counts(_by_class(data.train, wnids), _by_class(data.val, wnids))


def with_images(hierarchy: Hierarchy, counts: Counts) -> Hierarchy:
    """The synsets that have images, or below which there are some."""
    classes = {wnid for own in (counts.train, counts.val) for wnid, images in own.items() if images}
    return hierarchy.pruned(classes & hierarchy.graph.nodes)


def _by_class(split: Split, wnids: Sequence[str]) -> dict[str, int]:
    import numpy as np

    found = np.bincount(np.asarray(split.labels, np.int64), minlength=len(wnids))
    return dict(zip(wnids, found.tolist(), strict=True))
