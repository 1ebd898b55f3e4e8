"""``data=imagenet data.root=…``: ImageNet, or any part of it, in whichever layout it is there."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.arguments import complain
from zoo.augment.base import AugmentOptions
from zoo.augment.crop import CropOptions
from zoo.data.base import DATASETS, DataSet
from zoo.data.boxed import boxed
from zoo.data.holdout import hold_out
from zoo.data.photos import PhotoOptions, opened, verify
from zoo.errors import UserError
from zoo.images.photo import Photo
from zoo.images.picture import BrokenImageError
from zoo.options import option

if TYPE_CHECKING:
    from zoo.data.imagenet.layouts import Found
    from zoo.data.imagenet.part import Part
    from zoo.images.encoded import Images

LAYOUTS = ("auto", "official", "kaggle", "wnids", "webdataset", "parquet")
MOST_NAMED = 3


@dataclass(frozen=True)
class ImageNetOptions(PhotoOptions):
    """Options of ``data=imagenet``."""

    root: str | None = option(None, "folder with ImageNet, as downloaded, unpacked or converted", path=True)
    layout: str = option("auto", "how it is laid out; auto finds out", choices=LAYOUTS)
    names: str | None = option(
        None,
        "file with a wnid and its words in each line; where samples give numbers, in their order",
        path=True,
    )


@DATASETS.register("imagenet", ImageNetOptions)
class ImageNet:
    """ImageNet: ILSVRC's downloads, Kaggle's, folders or tars by wnid, shards, or Parquet files."""

    channels = 3
    native: int | None = None
    augment: AugmentOptions = CropOptions(name="crop")

    def __init__(self, options: ImageNetOptions) -> None:
        from zoo.data.imagenet import layouts, names

        if options.root is None:
            raise UserError("data=imagenet needs its folder: data.root=path/to/imagenet")
        self.root = Path(options.root).expanduser()
        self.options = options
        self.size = options.size
        self.layout = layouts.detect(self.root, None if options.layout == "auto" else options.layout)
        self.found = self.layout.read(self.root, options)
        train, val, notes = _parts(self.found, options)
        for note in (*self.found.notes, *notes):
            complain(note)
        own = names.read(Path(options.names).expanduser()) if options.names is not None else {}
        self.wnids = train.wnids
        self.words = names.of(self.wnids, own, self.found.words, names.beside(self.root))
        self.classes = names.classes(self.wnids, self.words)
        self.train, self.val = ImageNetSplit(train), ImageNetSplit(val)
        if options.verify:
            verify(self.train, self.val)

    def open(self) -> DataSet:
        """The images, each read from its place when it is asked for, with boxes where they are there."""
        data = opened("imagenet", self.classes, self.train, self.val, self.options)
        return boxed(data, self.root, self.train.stem, self.val.stem)


class ImageNetSplit:
    """Images of a part, read when asked for."""

    def __init__(self, part: "Part") -> None:
        self.part = part
        self.labels: Sequence[int] = array("i", part.label.astype("int32").tobytes())

    @property
    def images(self) -> "Images":
        """The images' files."""
        own: Images = self.part.images
        return own

    def stem(self, index: int) -> str:
        """The name of an image's file, without folder and ending."""
        return str(self.part.images.stem(index))

    def picture(self, index: int) -> Photo:
        """One image, in RGB, the right way up."""
        images = self.part.images
        try:
            data = images.read(index)
        except OSError as error:
            raise BrokenImageError(
                f"{images.name(index)}: cannot be read: {error.strerror or error}"
            ) from error
        return Photo(images.name(index), data)


def _parts(found: "Found", options: ImageNetOptions) -> "tuple[Part, Part, list[str]]":
    """Training and validation with the same classes, those of training, and what the user should know."""
    train = found.train
    if found.val is None:
        own, held = hold_out(train.label.tolist(), options.val_share, options.split_seed)
        if not held:
            raise UserError(f"data.root={options.root}: one image a class is too few to hold any out")
        return train.chosen(own), train.chosen(held), []
    val = found.val.among(train.wnids)
    lost = sorted(set(found.val.wnids) - set(train.wnids))
    if not len(val):
        raise UserError(f"data.root={options.root}: no validation image is of a class of training")
    if not lost:
        return train, val, []
    few = f"{', '.join(lost[:MOST_NAMED])}{', …' if len(lost) > MOST_NAMED else ''}"
    note = (
        f"data.root={options.root}: {len(lost):,} classes of validation have no training images and are left "
        f"out: {few}; {len(train.wnids):,} classes remain"
    )
    return train, val, [note]
