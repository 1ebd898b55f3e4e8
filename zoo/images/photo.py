"""A picture in an encoded file: its size from the header, its pixels when a part is asked for."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.images.crop import Box
from zoo.images.decode import plain, plain_size, with_pil
from zoo.images.picture import BrokenImageError

if TYPE_CHECKING:
    import numpy as np

REDUCTIONS = (1, 2, 4, 8)
"""What a JPEG's sides can be divided by while it is decoded, at less work than decoding all of it."""


class Photo:
    """An image file's bytes; ``name`` is for messages. RGB.

    Plain JPEG goes through simplejpeg; PIL reads the rest (PNG, CMYK, a photograph on its side, …) and has
    the last word on what simplejpeg finds fault with.

    Raises:
        BrokenImageError: it is no image; damage beyond its head may show only with ``pixels``.
    """

    def __init__(self, name: str, data: bytes) -> None:
        if not data:
            raise BrokenImageError(f"{name}: broken image: the file is empty")
        size = plain_size(data)
        self.name = name
        self.reducible = size is not None
        """Whether it can be decoded at less than its size."""
        self._data = data
        self._whole = None if size is not None else with_pil(name, data)
        self.height, self.width = size if self._whole is None else self._whole.shape[:2]  # type: ignore[misc]

    def part(self, box: Box, side: int) -> "np.ndarray":
        """As ``Picture`` says; reduced where the box has twice the pixels that are wanted each way."""
        by = reduction(box, side) if self.reducible else 1
        return cut(self._pixels(by, _scratch(self.height * self.width * 3)), self.height, box, by).copy()

    def pixels(self, by: int) -> "np.ndarray":
        """The whole picture at 1/``by`` of its length, rounded up: uint8 [height, width, 3].

        One that only PIL can read comes at its full size.

        Raises:
            BrokenImageError: it is damaged.
        """
        import numpy as np

        return self._pixels(by, np.empty(self.height * self.width * 3, np.uint8))

    def _pixels(self, by: int, buffer: "np.ndarray") -> "np.ndarray":
        if self._whole is None:
            found = plain(self._data, self.height, self.width, by, buffer)
            if found is not None:
                return found
            self._whole = with_pil(self.name, self._data)
        return self._whole


class _Own(threading.local):
    """A buffer for each thread: fresh memory for every picture costs a sixth of the time of decoding it."""

    buffer: "np.ndarray | None" = None


_OWN = _Own()
MOST_KEPT = 1 << 26
"""A larger buffer than this, in bytes, is not kept."""


def _scratch(size: int) -> "np.ndarray":
    """At least ``size`` bytes to decode into, which the next picture overwrites."""
    import numpy as np

    if size > MOST_KEPT:
        return np.empty(size, np.uint8)
    if _OWN.buffer is None or len(_OWN.buffer) < size:
        _OWN.buffer = np.empty(size, np.uint8)
    return _OWN.buffer


def read(path: Path) -> Photo:
    """The picture in a file.

    Raises:
        BrokenImageError: the file cannot be read, or is no image.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BrokenImageError(f"{path}: cannot be read: {error.strerror}") from error
    return Photo(str(path), data)


def reduction(box: Box, side: int) -> int:
    """By how much a picture can be reduced and the box still has ``side`` pixels each way."""
    least = min(box[2:])
    return max((by for by in REDUCTIONS if least // by >= side), default=1)


def cut(pixels: "np.ndarray", height: int, box: Box, by: int) -> "np.ndarray":
    """A box of a picture that has ``height`` rows, out of its pixels at 1/``by`` of its length, or all."""
    if len(pixels) == height:
        by = 1
    top, left, tall, wide = (round(length / by) for length in box)
    top, left = min(top, len(pixels) - tall), min(left, pixels.shape[1] - wide)
    return pixels[top : top + tall, left : left + wide]
