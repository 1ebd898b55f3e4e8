"""Decoded pictures, kept so that later epochs need not decode them: in memory, or in a file on a disk.

What is kept is what was decoded, so an image has the same pixels with and without. The processes that read
images share it, as they are forked from the one that made it. It ends with the run, however that ends: the
file has no name. Once full it stays as it is: every epoch takes each image once, so none is worth more than
another.
"""

import mmap
import multiprocessing
import os
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.data.photos import PhotoSplit
from zoo.data.stems import stem
from zoo.errors import UserError
from zoo.images.crop import Box
from zoo.images.photo import REDUCTIONS, Photo, cut, reduction

GB = 10**9
HEIGHT, WIDTH, REDUCIBLE, PLACES = 0, 1, 2, 3
"""The columns of the table: a picture's size, whether it can be reduced, and, from PLACES on, where its
pixels begin at each reduction, plus one: 0 is nowhere."""


class Store:
    """Up to ``limit`` bytes of pixels of ``count`` pictures; in memory, or in a file in ``folder``."""

    def __init__(self, count: int, limit: int, folder: Path | None) -> None:
        self.limit = limit
        columns = PLACES + len(REDUCTIONS)
        shared = np.frombuffer(mmap.mmap(-1, 8 * (1 + count * columns)), np.int64)
        self._used, self._table = shared[:1], shared[1:].reshape(count, columns)
        self._lock = multiprocessing.Lock()
        self._file = _file(folder)
        weakref.finalize(self, os.close, self._file)
        os.ftruncate(self._file, limit)  # it takes room as it is written to
        self._pixels = np.frombuffer(mmap.mmap(self._file, limit, prot=mmap.PROT_READ), np.uint8)

    def about(self, index: int) -> tuple[int, int, bool] | None:
        """Height, width and whether it can be reduced, of a picture that was noted."""
        with self._lock:
            height, width, reducible = self._table[index, :PLACES].tolist()
        return (height, width, bool(reducible)) if height else None

    def note(self, index: int, photo: Photo) -> None:
        """Keep a picture's size."""
        with self._lock:
            self._table[index, :PLACES] = photo.height, photo.width, photo.reducible

    def get(self, index: int, by: int, shape: tuple[int, int, int]) -> "np.ndarray | None":
        """The pixels at 1/``by`` of a picture's length, not to be written to; None if they are not here."""
        with self._lock:
            place = int(self._table[index, PLACES + REDUCTIONS.index(by)]) - 1
        return None if place < 0 else self._pixels[place : place + int(np.prod(shape))].reshape(shape)

    def put(self, index: int, by: int, pixels: "np.ndarray") -> None:
        """Keep pixels, if there is room."""
        size = pixels.nbytes
        with self._lock:
            place = int(self._used[0])
            if place + size > self.limit:
                return
            self._used[0] = place + size
        try:
            content = np.ascontiguousarray(pixels).data.cast("B")
            written = 0
            while written < size:
                written += os.pwrite(self._file, content[written:], place + written)
        except OSError:  # the disk or the memory is full: what is kept will do
            with self._lock:
                self._used[0] = self.limit
            return
        with self._lock:
            self._table[index, PLACES + REDUCTIONS.index(by)] = place + 1


@dataclass(frozen=True)
class KeptSplit:
    """A split whose pictures are decoded once."""

    split: PhotoSplit
    store: Store

    @property
    def labels(self) -> Sequence[int]:
        """The class of every picture."""
        return self.split.labels

    def stem(self, index: int) -> str:
        """The name of an image's file, without folder and ending."""
        return stem(self.split, index)

    def picture(self, index: int) -> "KeptPhoto":
        """One of them; its file is read only where its size or its pixels are not here."""
        known = self.store.about(index)
        if known is not None:
            return KeptPhoto(self, index, *known, None)
        photo = self.split.picture(index)
        self.store.note(index, photo)
        return KeptPhoto(self, index, photo.height, photo.width, photo.reducible, photo)


@dataclass(frozen=True)
class KeptPhoto:
    """A picture whose pixels are kept once they are decoded."""

    split: KeptSplit
    index: int
    height: int
    width: int
    reducible: bool
    photo: Photo | None
    """The picture itself, where it was read already."""

    def part(self, box: Box, side: int) -> "np.ndarray":
        """As ``Photo`` gives it."""
        by = reduction(box, side) if self.reducible else 1
        shape = (-(-self.height // by), -(-self.width // by), 3)
        pixels = self.split.store.get(self.index, by, shape)
        if pixels is None:
            photo = self.photo or self.split.split.picture(self.index)
            pixels = photo.pixels(by)
            if pixels.shape == shape:  # else PIL had to help, and will again
                self.split.store.put(self.index, by, pixels)
        return cut(pixels, self.height, box, by)


def kept(splits: Sequence[PhotoSplit], gigabytes: float, folder: Path | None) -> list[KeptSplit]:
    """Splits that share so much memory, or room in ``folder``, each in proportion to its pictures.

    Raises:
        UserError: there is not so much.
    """
    limit = int(gigabytes * GB)
    if folder is not None and not folder.is_dir():
        raise UserError(
            f"data.cache_folder={folder}: {'not a folder' if folder.exists() else 'no such folder'}"
        )
    there = _memory() if folder is None else shutil.disk_usage(folder).free
    if limit > there:
        where = "this machine has" if folder is None else f"{folder} has room for"
        raise UserError(f"data.cache_gb={gigabytes:g}: {where} {there / GB:.1f} GB")
    total = sum(len(split.labels) for split in splits)
    page = mmap.PAGESIZE
    shares = [max(page, limit * len(split.labels) // total) for split in splits]
    return [
        KeptSplit(split, Store(len(split.labels), share, folder))
        for split, share in zip(splits, shares, strict=True)
    ]


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _file(folder: Path | None) -> int:
    """A file without a name, which is gone with the last process that has it open."""
    if folder is None and hasattr(os, "memfd_create"):
        return os.memfd_create("pictures")
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.dup(file.fileno())
