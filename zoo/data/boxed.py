"""Splits whose pictures have boxes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from zoo.boxes.annotation import Annotation
from zoo.boxes.boxed import Boxed
from zoo.boxes.places import find
from zoo.data.base import DataSet, Split


class BoxedSplit:
    """A split whose pictures have boxes, by the names of their files."""

    def __init__(
        self, split: Split, stem: Callable[[int], str], boxes: Callable[[str], Annotation | None]
    ) -> None:
        self.split = split
        self.stem = stem
        self.boxes = boxes

    @property
    def labels(self) -> Sequence[int]:
        """The class of every picture."""
        return self.split.labels

    def picture(self, index: int) -> Boxed:
        """One picture."""
        return Boxed(self.split.picture(index), lambda: self.boxes(self.stem(index)))


def boxed(data: DataSet, root: Path, train: Callable[[int], str], val: Callable[[int], str]) -> DataSet:
    """The data with the boxes below its folder; ``train`` and ``val`` give the names of its images."""
    of_train, of_val = find(root, "train"), find(root, "val")
    if of_train is not None:
        data = replace(data, train=BoxedSplit(data.train, train, of_train.of))
    if of_val is not None:
        data = replace(data, val=BoxedSplit(data.val, val, of_val.of))
    return data
