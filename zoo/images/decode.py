"""An image file → RGB pixels, by the fastest reader that can."""

from pathlib import Path
from typing import TYPE_CHECKING

from zoo.data.base import BrokenImageError

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

EXTENSIONS = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
MOST_PIXELS = 2**27
"""An image is at most 134 megapixels: what is larger is a decompression bomb sooner than a photograph."""


def decode(path: Path) -> "np.ndarray":
    """The picture in ``path``, uint8 [height, width, 3].

    Plain JPEG goes through simplejpeg, about twice as fast as PIL; PIL reads the rest (PNG, CMYK, …) and has
    the last word on what simplejpeg finds fault with.

    Raises:
        BrokenImageError: the file cannot be read, or is no image, or is cut short.
    """
    import simplejpeg

    try:
        data = path.read_bytes()
    except OSError as error:
        raise BrokenImageError(f"{path}: cannot be read: {error.strerror}") from error
    if not data:
        raise BrokenImageError(f"{path}: broken image: the file is empty")
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
        if colours in {"CMYK", "YCCK"} or height * width > MOST_PIXELS:
            return _with_pil(path, data)
        pixels: np.ndarray = simplejpeg.decode_jpeg(data, "RGB", strict=True)
    except ValueError:
        return _with_pil(path, data)
    return pixels


def _with_pil(path: Path, data: bytes) -> "np.ndarray":
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
                    f"{path}: {image.width}×{image.height} pixels are more than the {MOST_PIXELS:,} allowed"
                )
            return np.asarray(_rgb(image))
    # What PIL's readers raise on damaged files is not written down anywhere; these are what they do raise.
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        struct.error,
    ) as error:
        what = "not an image" if isinstance(error, UnidentifiedImageError) else str(error)
        raise BrokenImageError(f"{path}: broken image: {what}") from error
    except Image.DecompressionBombError as error:
        raise BrokenImageError(f"{path}: {error}") from error


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
