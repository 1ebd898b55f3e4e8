"""What the first bytes of an image file say: its format, its size, and what is odd about it."""

import io
import struct
import warnings
from dataclasses import dataclass

from zoo.images.decode import DAMAGE, turned

JPEG = b"\xff\xd8\xff"
END, SCAN = b"\xff\xd9", b"\xff\xda"
"""Ends a JPEG, and begins its compressed pixels, in which neither can stand."""
ENOUGH = 1 << 14
"""Bytes in which the header of nearly every photograph is; EXIF data and profiles make it longer."""


@dataclass(frozen=True)
class Header:
    """An image file by its header: sides as they are stored, in pixels."""

    format: str
    """As PIL calls it: JPEG, PNG, …"""
    height: int
    width: int
    cmyk: bool
    """Whether its colours are those of printing."""
    turned: bool
    """Whether EXIF data says that it is stored on its side, or mirrored."""


def read(data: bytes) -> Header | None:
    """The header of a file, of which the first bytes will do; None where they do not, or it is no image."""
    if data.startswith(JPEG):
        import simplejpeg

        try:
            height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
        except ValueError:
            return None
        return Header("JPEG", height, width, colours in {"CMYK", "YCCK"}, turned(data))
    return _by_pil(data)


def cut_short(data: bytes) -> bool:
    """Whether a JPEG file ends within its pixels."""
    if not data.startswith(JPEG) or data.endswith(END):
        return False  # the usual case: to look for the last scan takes longer than to read the file
    return data.rfind(END) < data.rfind(SCAN)


def _by_pil(data: bytes) -> Header | None:
    from PIL import Image

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:
            on_its_side = image.getexif().get(0x0112, 1) != 1
            return Header(str(image.format), image.height, image.width, image.mode == "CMYK", on_its_side)
    except (*DAMAGE, struct.error, Image.DecompressionBombError):
        return None
