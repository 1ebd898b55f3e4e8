"""The bytes of an image file → RGB pixels, by the fastest reader that can."""

from typing import TYPE_CHECKING

from zoo.images.picture import BrokenImageError

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

EXTENSIONS = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
MOST_PIXELS = 2**27
"""An image is at most 134 megapixels: what is larger is a decompression bomb sooner than a photograph."""
ORIENTATION = 0x0112
"""EXIF's tag that says which way up a photograph is: 1 is as it is stored."""
EXIF, LONGEST_EXIF = b"Exif\0\0", 1 << 16
"""What EXIF data begins with, and how many bytes it has at most."""
SCAN = b"\xff\xda"
"""Begins a JPEG's compressed pixels; all that is said about them comes before."""
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, ArithmeticError)
"""What PIL's readers raise on damaged files is not written down anywhere; these they do raise."""


def plain_size(data: bytes) -> tuple[int, int] | None:
    """Height and width of a plain JPEG, by its header; None for what only PIL reads right.

    Plain is RGB or grey, upright, and no larger than is allowed.
    """
    import simplejpeg

    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    if colours in {"CMYK", "YCCK"} or height * width > MOST_PIXELS or turned(data):
        return None
    return height, width


def plain(data: bytes, height: int, width: int, by: int, buffer: "np.ndarray") -> "np.ndarray | None":
    """The pixels of a plain JPEG of that size, at 1/``by`` of its length (1, 2, 4 or 8), rounded up.

    uint8 [height, width, 3], in ``buffer``, which has room for them. None where simplejpeg finds fault with
    the file; PIL may forgive.
    """
    import simplejpeg

    tall, wide = -(-height // by), -(-width // by)
    try:
        pixels: np.ndarray = simplejpeg.decode_jpeg(
            data, "RGB", min_height=tall, min_width=wide, min_factor=by, buffer=buffer, strict=True
        )
    except ValueError:
        return None
    return pixels if pixels.shape == (tall, wide, 3) else None


def with_pil(name: str, data: bytes) -> "np.ndarray":
    """The pixels of any image that PIL reads, the right way up; ``name`` is for messages.

    uint8 [height, width, 3]; what is transparent becomes white.

    Raises:
        BrokenImageError: it is no image, or cut short, or too large.
    """
    import io
    import struct
    import warnings

    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        # PIL warns of odd metadata; only what keeps it from reading the pixels matters here.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BrokenImageError(
                    f"{name}: {image.width}×{image.height} pixels are more than the {MOST_PIXELS:,} allowed"
                )
            return np.asarray(_rgb(_upright(image)))
    except (*DAMAGE, struct.error) as error:
        what = "not an image" if isinstance(error, UnidentifiedImageError) else str(error)
        raise BrokenImageError(f"{name}: broken image: {what}") from error
    except Image.DecompressionBombError as error:
        raise BrokenImageError(f"{name}: {error}") from error


def turned(data: bytes) -> bool:
    """Whether EXIF data says that a JPEG is to be turned or mirrored."""
    import struct
    import warnings

    from PIL import Image

    at = data.find(EXIF, 0, data.find(SCAN))
    if at < 0:
        return False
    found = Image.Exif()
    try:
        with warnings.catch_warnings(action="ignore"):
            found.load(data[at : at + LONGEST_EXIF])
            return bool(found.get(ORIENTATION, 1) != 1)
    except (*DAMAGE, struct.error):  # what cannot be read turns nothing
        return False


def _upright(image: "Image") -> "Image":
    import struct

    from PIL import ImageOps

    try:
        on_its_side = image.getexif().get(ORIENTATION, 1) != 1
    except (*DAMAGE, struct.error):
        return image
    return ImageOps.exif_transpose(image) if on_its_side else image


def _rgb(image: "Image") -> "Image":
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits a pixel, which convert("RGB") would clip at 255
        import numpy as np

        return Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")
