"""Shards of a WebDataset: train*.tar and val*.tar with an image and its class for each sample."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.data.imagenet import names, numbered
from zoo.data.imagenet.folders import wnid_of
from zoo.data.imagenet.layouts import Found, Look
from zoo.data.imagenet.layouts.by_wnid import WHOLE
from zoo.images.encoded import Packed

if TYPE_CHECKING:
    from zoo.data.imagenet.source import ImageNetOptions
    from zoo.shards import Samples


class Shards:
    """A WebDataset."""

    name, rank = "webdataset", 0
    about = "shards of a WebDataset (train*.tar and val*.tar)"

    def look(self, root: Path) -> Look | None:
        train, val = _shards(root, "train"), _shards(root, "val")
        if not train and not val:
            return None
        there = [f"{len(own)} {name}*.tar" for name, own in (("train", train), ("val", val)) if own]
        return Look(there, [f"{name}*.tar" for name, own in (("train", train), ("val", val)) if not own])

    def read(self, root: Path, options: "ImageNetOptions") -> Found:
        from zoo import shards

        fields = shards.Fields("cls", "label")
        train, val = (
            shards.read_samples([str(path) for path in _shards(root, split)], fields)
            for split in ("train", "val")
        )
        return numbered.found(
            [(_images(train), train.classes), (_images(val), val.classes)], names.beside(root), options.names
        )


LAYOUT = Shards()


def _images(samples: "Samples") -> Packed:
    return Packed(samples.shards, samples.shard, samples.start, samples.size, samples.key)


def _shards(root: Path, split: str) -> Sequence[Path]:
    """Shards have the split in their names; ImageNet's own archives are none."""
    return sorted(
        path
        for path in root.glob("*.tar")
        if split in path.name
        and not path.name.startswith(".")
        and wnid_of(path.name) is None
        and not path.name.startswith("ILSVRC2012_")
        and path.name not in WHOLE
    )
