"""The headers of all images, read once, on all cores, and kept in the user's cache.

What is kept is told apart by the files' names, places and the state of their folders or tars: a file that is
overwritten in place is not noticed, one that comes or goes is.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo import crew
from zoo.files import written
from zoo.images import header
from zoo.images.encoded import Files, Packed
from zoo.work_bar import WorkBar

EACH = 2000
"""Images that a process looks at at a time."""
KEEP_EVERY = 60.0
"""Seconds between two savings of what is known so far."""
MOST_SCANS = 30
"""More scans than this are not kept; those that were not used for longest go."""
ALONE = 3000
"""Fewer images than this are looked at in this process: others would take longer to start."""
VERSION = "scan 1"
FORMATS = ("unreadable", "JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "PPM", "other")
CMYK, TURNED, MISNAMED = 1, 2, 4
"""Bits of what is odd about an image; MISNAMED is one whose ending says JPEG and which is none."""
DTYPE = np.dtype([("height", "u4"), ("width", "u4"), ("format", "u1"), ("odd", "u1"), ("seen", "?")])


@dataclass(frozen=True)
class Scan:
    """What the headers say, an entry of DTYPE for each image; sides are as stored, in pixels."""

    table: np.ndarray

    @property
    def readable(self) -> np.ndarray:
        """Which images could be read: bool [images]."""
        return np.asarray(self.table["format"] > 0)


def scan(images: Any, fresh: bool = False, workers: int | None = None) -> Scan:
    """The headers of all images; ``fresh`` does not use what is known from before.

    Raises:
        UserError: a process was killed.
    """
    path = _place(images)
    table = None if fresh else _load(path, len(images))
    if table is None:
        table = np.zeros(len(images), DTYPE)
    bounds = [
        (start, min(start + EACH, len(images)))
        for start in range(0, len(images), EACH)
        if not table["seen"][start : start + EACH].all()
    ]
    if not bounds:
        return Scan(table)
    left = sum(end - start for start, end in bounds)
    parts = _Parts(images, bounds)
    with _kept(path, table) as keep, WorkBar("headers:", len(images), "images", len(images) - left) as bar:
        for number, found in crew.done(headers, parts, 1 if left < ALONE else workers):
            start, end = bounds[number]
            table[start:end] = found
            bar.add(end - start)
            keep()
    return Scan(table)


def headers(images: Any) -> np.ndarray:
    """An entry of DTYPE for each image."""
    table = np.zeros(len(images), DTYPE)
    for index in range(len(images)):
        table[index] = (*_one(images, index), True)
    return table


def _one(images: Any, index: int) -> tuple[int, int, int, int]:
    """Height, width, format and what is odd."""
    try:
        found = header.read(images.head(index, header.ENOUGH))
        if found is None:  # a long header, or one that only the whole file tells
            found = header.read(images.read(index))
    except OSError:
        found = None
    if found is None:
        return 0, 0, 0, 0
    format = "JPEG" if found.format == "MPO" else found.format
    number = FORMATS.index(format) if format in FORMATS else len(FORMATS) - 1
    misnamed = format != "JPEG" and images.name(index).lower().endswith((".jpg", ".jpeg"))
    return found.height, found.width, number, CMYK * found.cmyk | TURNED * found.turned | MISNAMED * misnamed


class _Parts(crew.Units[Any]):
    """The images between two bounds, each part made when it is asked for."""

    def __init__(self, images: Any, bounds: list[tuple[int, int]]) -> None:
        self.images, self.bounds = images, bounds

    def __len__(self) -> int:
        return len(self.bounds)

    def unit(self, index: int) -> Any:
        return self.images.taken(np.arange(*self.bounds[index]))


@contextmanager
def _kept(path: Path, table: np.ndarray) -> Iterator[Callable[[], None]]:
    """Gives what keeps the table from time to time; at the end, whatever ends it, it is kept once more."""
    last = time.monotonic()

    def keep() -> None:
        nonlocal last
        if time.monotonic() - last > KEEP_EVERY:
            _save(path, table)
            last = time.monotonic()

    try:
        yield keep
    finally:
        _save(path, table)


def _place(images: Any) -> Path:
    import platformdirs

    digest = hashlib.sha256(VERSION.encode())
    places = images.folders if isinstance(images, Files) else images.tars
    for place in places:
        about = Path(place).stat()
        digest.update(f"{Path(place).resolve()} {about.st_mtime_ns} {about.st_size}\n".encode())
    arrays = (images.folder, images.file) if isinstance(images, Files) else (images.tar, images.start)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return platformdirs.user_cache_path("netcompiler") / "scans" / f"{digest.hexdigest()[:32]}.npy"


def _load(path: Path, count: int) -> np.ndarray | None:
    try:
        table: np.ndarray = np.load(path, allow_pickle=False)
        path.touch()
    except (OSError, ValueError, EOFError):
        return None
    return table if table.dtype == DTYPE and len(table) == count else None


def _save(path: Path, table: np.ndarray) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written(path) as temporary, temporary.open("wb") as file:
            np.save(file, table)
        others = sorted(path.parent.glob("*.npy"), key=lambda own: -own.stat().st_mtime_ns)
        for old in others[MOST_SCANS:]:
            old.unlink(missing_ok=True)
    except OSError:
        return  # without it, the next time is as long as this one


def can(images: Any) -> bool:
    """Whether these images can be scanned."""
    return isinstance(images, Files | Packed) and not any("://" in own for own in getattr(images, "tars", ()))
