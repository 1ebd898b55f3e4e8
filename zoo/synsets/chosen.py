"""A data set of which some classes are taken, or superclasses in their place."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zoo.data.base import DataSet, Source, Split
from zoo.data.choice import ChoiceOptions
from zoo.data.stems import stem
from zoo.errors import UserError
from zoo.options import Named
from zoo.synsets import find
from zoo.synsets.hierarchy import wnids_of
from zoo.synsets.select import Selection, asked, select

if TYPE_CHECKING:
    from zoo.images.picture import Picture


def chosen(source: Source, options: Named) -> Source:
    """The source as it is, or the part of it that the options choose.

    Raises:
        UserError: its classes are not wnids, or the options do not fit.
    """
    if not isinstance(options, ChoiceOptions) or not asked(options):
        return source
    wnids = wnids_of(source.classes)
    if wnids is None:
        raise UserError(
            f"data={options.name}: its classes, as {source.classes[0]}, are no wnids like n02084071, so that "
            "data.subtree and data.superclasses cannot choose among them"
        )
    return Chosen(source, select(options, source.classes, wnids, find.of_data(options, wnids)))


class Chosen:
    """A source with some of its classes, or with superclasses."""

    def __init__(self, source: Source, selection: Selection) -> None:
        self.classes = selection.classes
        self.channels = source.channels
        self.native = source.native
        self.size = source.size
        self.augment = source.augment
        self._source = source
        self._labels = selection.labels

    def open(self) -> DataSet:
        """The images of the classes that are taken, in their order.

        Raises:
            UserError: none of them is for validation.
        """
        data = self._source.open()
        train, val = (ChosenSplit(split, self._labels) for split in (data.train, data.val))
        if not train.labels or not val.labels:
            which = "validation" if train.labels else "training"
            raise UserError(f"data={data.name}: the classes that are taken have no images for {which}")
        return replace(data, classes=self.classes, train=train, val=val)


class ChosenSplit:
    """Some images of a split, with other labels; ``new`` has a label or None for each class."""

    def __init__(self, split: Split, new: Sequence[int | None]) -> None:
        import numpy as np

        self.split = split
        table = np.array([-1 if label is None else label for label in new])
        labels = table[np.asarray(split.labels, np.int64)]
        self.indices = np.flatnonzero(labels >= 0)
        self.labels: Sequence[int] = array("i", labels[self.indices].astype("int32").tobytes())

    def stem(self, index: int) -> str:
        """The name of an image's file, without folder and ending."""
        return stem(self.split, int(self.indices[index]))

    def picture(self, index: int) -> "Picture":
        """One of them."""
        return self.split.picture(int(self.indices[index]))
