"""Tar shards, image by image: an index says where each lies, so that any can be read in any order.

A WebDataset is read as a stream by most; then the order depends on workers and buffers, and going on in the
middle of an epoch means reading up to there. An index makes it a set of images like any other. It is made
once and kept beside the shard, or in the user's cache, and is used while the shard stays as it is.
"""

import json
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from zoo import beside, opener
from zoo.arguments import complain
from zoo.errors import UserError
from zoo.images.decode import EXTENSIONS

VERSION = "shards 2"
LONGEST_LABEL = 1 << 20
"""A file with a class is no longer than this, in bytes."""
SLOW = 8
"""From so many shards on that have no index, a line says that indexes are made."""


@dataclass(frozen=True)
class Fields:
    """Endings of a sample's files: that with its class, and the key in it if it is JSON; and its image's.

    An image's ending is needed only where a sample has several images.
    """

    label: str
    key: str
    image: str | None = None

    def is_image(self, ending: str) -> bool:
        """Whether a file with this ending is the image."""
        if self.image is not None:
            return ending == self.image
        return f".{ending.rpartition('.')[2]}".lower() in EXTENSIONS


@dataclass(frozen=True)
class Samples:
    """The images of some shards, in their order: which shard, from where, how long, key and class of each."""

    shards: Sequence[str]
    shard: np.ndarray
    start: np.ndarray
    size: np.ndarray
    key: np.ndarray
    classes: list[str]

    def name(self, index: int) -> str:
        """Where an image is, for messages."""
        return f"{self.shards[self.shard[index]]}:{self.key[index].decode()}"

    def read(self, index: int) -> bytes:
        """An image's file.

        Raises:
            OSError: it cannot be read.
        """
        place = int(self.start[index]), int(self.size[index])
        return opener.read(self.shards[self.shard[index]], *place)


@dataclass(frozen=True)
class Index:
    """The images of one shard, as arrays."""

    start: np.ndarray
    size: np.ndarray
    key: np.ndarray
    label: np.ndarray


def is_whole(pattern: str) -> bool:
    """Whether a pattern needs no root."""
    return opener.is_url(pattern) or Path(pattern).expanduser().is_absolute()


def find(root: str, pattern: str, what: str) -> list[str]:
    """The shards that a pattern stands for, in ``root`` where it is not whole; ``what`` is its option.

    Raises:
        UserError: there are none.
    """
    where = pattern if is_whole(pattern) else f"{root.rstrip('/')}/{pattern}" if root else pattern
    found = opener.expand(where if opener.is_url(where) else str(Path(where).expanduser()))
    if not found:
        null = "; data.val=null holds out a share of each class" if what == "data.val" else ""
        raise UserError(f"{what}={pattern}: no shard matches {where}{null}")
    return found


def read_samples(shards: Sequence[str], own: Fields) -> Samples:
    """The images of all the shards, by their indexes, which are made where they are missing.

    Raises:
        UserError: a shard cannot be read, or is no WebDataset of images with classes.
    """
    made = _Making(len(shards))
    indexes = [_index(shard, own, made) for shard in shards]
    counts = [len(index.start) for index in indexes]
    return Samples(
        shards,
        np.repeat(np.arange(len(shards), dtype=np.int32), counts),
        np.concatenate([index.start for index in indexes]),
        np.concatenate([index.size for index in indexes]),
        np.concatenate([index.key for index in indexes]),
        [text.decode() for index in indexes for text in index.label.tolist()],
    )


class _Making:
    """Says once that indexes are made, where that takes a while."""

    def __init__(self, shards: int) -> None:
        self.shards = shards
        self.said = False

    def say(self, shard: str) -> None:
        if not self.said and (self.shards >= SLOW or opener.is_url(shard)):
            complain(f"reading {self.shards:,} shards once, to index them: {shard} …")
            self.said = True


def _index(shard: str, own: Fields, making: _Making) -> Index:
    def make() -> beside.Arrays:
        making.say(shard)
        return _make(shard, own)

    try:
        found = Index(**beside.arrays(shard, _about(own), make))
    except OSError as error:
        raise UserError(f"{shard}: cannot be read: {error.strerror or error}") from error
    if not len(found.start):
        raise UserError(f"{shard}: no images in it ({', '.join(sorted(EXTENSIONS))})")
    return found


def keep_index(shard: str, own: Fields, samples: Sequence[tuple[int, int, bytes, bytes]]) -> None:
    """Keep the index of a shard that was just written: start, size, key and class of each image.

    Raises:
        OSError: the shard cannot be looked at.
    """
    beside.keep(shard, _about(own), _arrays(samples))


def _about(own: Fields) -> list[str]:
    return [VERSION, own.label, own.key, str(own.image)]


def _make(shard: str, own: Fields) -> beside.Arrays:
    try:
        with opener.opened(shard) as file, tarfile.open(fileobj=file, mode="r:") as tar:
            samples = list(_samples(shard, tar, own))
    except tarfile.TarError as error:
        packed = " (a compressed shard cannot be read image by image: unpack it)"
        raise UserError(
            f"{shard}: not a tar file, or damaged: {error}{packed if _packed(shard) else ''}"
        ) from error
    return _arrays(samples)


def _arrays(samples: Sequence[tuple[int, int, bytes, bytes]]) -> beside.Arrays:
    starts, sizes, keys, labels = zip(*samples, strict=True) if samples else ((), (), (), ())
    return {
        "start": np.array(starts, np.int64),
        "size": np.array(sizes, np.int64),
        "key": np.array(keys, np.bytes_),
        "label": np.array(labels, np.bytes_),
    }


def _packed(shard: str) -> bool:
    return not shard.endswith(".tar")


def _samples(shard: str, tar: tarfile.TarFile, own: Fields) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Start, size, key and class of each sample: its files stand together, and share all before a dot."""
    before: str | None = None
    image: tarfile.TarInfo | None = None
    label: str | None = None
    for member in tar:
        if not member.isreg() or member.issparse():
            continue
        folder, slash, name = member.name.rpartition("/")
        stem, _, ending = name.partition(".")
        key = f"{folder}{slash}{stem}"
        if key != before and before is not None:
            yield from _sample(shard, before, image, label, own)
            image, label = None, None
        before = key
        if own.is_image(ending):
            if image is not None:
                raise UserError(
                    f"{shard}: sample {key} has two images; data.image=… says which, by its ending"
                )
            image = member
        elif ending == own.label:
            label = _label(shard, tar.extractfile(member), member, own)
    if before is not None:
        yield from _sample(shard, before, image, label, own)


def _sample(
    shard: str, key: str, image: tarfile.TarInfo | None, label: str | None, own: Fields
) -> Iterator[tuple[int, int, bytes, bytes]]:
    if image is None:
        return  # a file about the shard
    if label is None:
        raise UserError(
            f"{shard}: sample {key} has no {key}.{own.label} with its class; data.label=… says where"
        )
    yield image.offset_data, image.size, key.encode(), label.encode()


def _label(shard: str, file: IO[bytes] | None, member: tarfile.TarInfo, own: Fields) -> str:
    if file is None or member.size > LONGEST_LABEL:
        raise UserError(f"{shard}: {member.name} is no class of a sample")
    content = file.read()
    try:
        text = content.decode().strip()
        if own.label.rpartition(".")[2] == "json":
            found = json.loads(text)
            text = str(found[own.key]) if isinstance(found, dict) else ""
    except (ValueError, KeyError) as error:
        why = f"it has no {own.key}" if isinstance(error, KeyError) else str(error)
        raise UserError(f"{shard}: {member.name} cannot be read: {why}") from error
    if not text:
        raise UserError(f"{shard}: {member.name} has no class in it")
    return text
