"""``data=webdataset data.root=…``: images in tar files, the shards of a WebDataset, here or behind a URL."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.augment.base import AugmentOptions
from zoo.augment.crop import CropOptions
from zoo.data.base import DATASETS, DataSet
from zoo.data.holdout import hold_out
from zoo.data.photos import PhotoOptions, opened, verify
from zoo.errors import UserError
from zoo.images.photo import Photo
from zoo.images.picture import BrokenImageError
from zoo.options import option
from zoo.suggest import hint

if TYPE_CHECKING:
    import numpy as np

    from zoo.shards import Samples


MOST_CLASSES = 1_000_000


@dataclass(frozen=True)
class WebDatasetOptions(PhotoOptions):
    """Options of ``data=webdataset``."""

    root: str | None = option(None, "folder that the shards are in, or its URL")
    train: str = option("train*.tar", "training shards in data.root: a name with * or {000..146}, or a URL")
    val: str | None = option("val*.tar", "the same for validation; null holds out a share of each class")
    label: str = option("cls", "ending of the file with a sample's class: cls or txt, or json")
    label_key: str = option("label", "the class's key where that file is JSON")
    image: str | None = option(None, "ending of the image, where samples have several: jpg, seg.png")
    names: str | None = option(
        None, "file with the classes' names, a line each, where samples give their numbers"
    )


@DATASETS.register("webdataset", WebDatasetOptions)
class WebDataset:
    """Photographs in tar shards, each with its class beside it, on a disk or behind a URL."""

    channels = 3
    native: int | None = None
    augment: AugmentOptions = CropOptions(name="crop")

    def __init__(self, options: WebDatasetOptions) -> None:
        from zoo import shards

        self.options = options
        self.size = options.size
        root = options.root or ""
        if not root and not all(map(shards.is_whole, filter(None, (options.train, options.val)))):
            raise UserError("data=webdataset needs its shards: data.root=path/to/folder, or a URL")
        fields = shards.Fields(options.label, options.label_key, options.image)
        train = shards.read_samples(shards.find(root, options.train, "data.train"), fields)
        held = None if options.val is None else shards.find(root, options.val, "data.val")
        val = shards.read_samples(held, fields) if held is not None else None
        self.classes = _classes(options.names, train.classes, val.classes if val is not None else [])
        self.train = ShardSplit(train, _labels(train.classes, self.classes))
        if val is not None:
            self.val = ShardSplit(val, _labels(val.classes, self.classes))
        else:
            self.train, self.val = _held_out(self.train, options)
        if options.verify:
            verify(self.train, self.val)

    def open(self) -> DataSet:
        """The images, each read from its place in its shard when it is asked for."""
        return opened("webdataset", self.classes, self.train, self.val, self.options)


class ShardSplit:
    """Images of shards; ``chosen`` are the indices of those samples that are in it, None for all."""

    def __init__(self, samples: "Samples", labels: Sequence[int], chosen: "np.ndarray | None" = None) -> None:
        self.samples = samples
        self.chosen = chosen
        self.labels = labels if chosen is None else [labels[index] for index in chosen]

    def picture(self, index: int) -> Photo:
        """One image, in RGB."""
        at = index if self.chosen is None else int(self.chosen[index])
        name = self.samples.name(at)
        try:
            data = self.samples.read(at)
        except OSError as error:
            raise BrokenImageError(f"{name}: cannot be read: {error.strerror or error}") from error
        return Photo(name, data)


def _classes(file: str | None, train: Sequence[str], val: Sequence[str]) -> tuple[str, ...]:
    """The classes: numbers from 0 to the largest, under their names if there is a file of them; or words."""
    given = {*train, *val}
    if not all(text.isdecimal() for text in given):
        if file is not None:
            raise UserError(f"data.names={file}: the samples name their classes themselves")
        unknown = sorted(set(val) - set(train))
        if unknown:
            raise UserError(
                f"the shards of data.val have a class {unknown[0]}; {hint(unknown[0], set(train))}"
            )
        return tuple(sorted(given))
    count = 1 + max(map(int, given))
    if count > MOST_CLASSES:
        raise UserError(f"the shards have a class {count - 1}; numbers from 0 on are expected")
    if file is None:
        return tuple(str(label) for label in range(count))
    path = Path(file).expanduser()
    if not path.is_file():
        raise UserError(f"data.names={file}: no such file")
    names = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if len(names) < count:
        raise UserError(f"data.names={file}: {len(names)} names, and the samples have classes to {count - 1}")
    return tuple(names)


def _labels(texts: Sequence[str], classes: tuple[str, ...]) -> list[int]:
    if all(text.isdecimal() for text in set(texts)):
        return [int(text) for text in texts]
    numbers = {name: label for label, name in enumerate(classes)}
    return [numbers[text] for text in texts]


def _held_out(whole: ShardSplit, options: WebDatasetOptions) -> tuple[ShardSplit, ShardSplit]:
    import numpy as np

    train, val = hold_out(whole.labels, options.val_share, options.split_seed)
    if not val:
        raise UserError("data.val=null: one image a class is too few to hold any out for validation")
    own = [ShardSplit(whole.samples, whole.labels, np.array(part)) for part in (train, val)]
    return own[0], own[1]
