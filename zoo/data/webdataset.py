"""``data=webdataset data.root=…``: images in tar files, the shards of a WebDataset, here or behind a URL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.augment.base import AugmentOptions
from zoo.augment.crop import CropOptions
from zoo.data.base import DATASETS, DataSet
from zoo.data.holdout import hold_out
from zoo.data.labels import classes, numbers
from zoo.data.photos import PhotoOptions, opened, verify
from zoo.errors import UserError
from zoo.images.photo import Photo
from zoo.images.picture import BrokenImageError
from zoo.options import option

if TYPE_CHECKING:
    import numpy as np

    from zoo.images.encoded import Packed
    from zoo.shards import Samples


@dataclass(frozen=True)
class WebDatasetOptions(PhotoOptions):
    """Options of ``data=webdataset``."""

    root: str | None = option(None, "folder that the shards are in, or its URL", path=True)
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
        self.classes = classes(train.classes, val.classes if val is not None else [], options.names)
        self.train = ShardSplit(train, numbers(train.classes, self.classes))
        if val is not None:
            self.val = ShardSplit(val, numbers(val.classes, self.classes))
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

    @property
    def images(self) -> "Packed":
        """The images' files."""
        from zoo.images.encoded import Packed

        own = self.samples
        images = Packed(own.shards, own.shard, own.start, own.size, own.key)
        return images if self.chosen is None else images.taken(self.chosen)

    def picture(self, index: int) -> Photo:
        """One image, in RGB."""
        at = index if self.chosen is None else int(self.chosen[index])
        name = self.samples.name(at)
        try:
            data = self.samples.read(at)
        except OSError as error:
            raise BrokenImageError(f"{name}: cannot be read: {error.strerror or error}") from error
        return Photo(name, data)


def _held_out(whole: ShardSplit, options: WebDatasetOptions) -> tuple[ShardSplit, ShardSplit]:
    import numpy as np

    train, val = hold_out(whole.labels, options.val_share, options.split_seed)
    if not val:
        raise UserError("data.val=null: one image a class is too few to hold any out for validation")
    own = [ShardSplit(whole.samples, whole.labels, np.array(part)) for part in (train, val)]
    return own[0], own[1]
