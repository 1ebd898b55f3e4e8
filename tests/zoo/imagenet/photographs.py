"""Photographs of five classes of ImageNet, cut from pictures that scikit-image and scikit-learn ship."""

import functools
import io
from pathlib import Path

import numpy as np
import skimage
from PIL import Image
from sklearn.datasets import load_sample_image

SIZES = ((120, 160), (150, 130), (128, 128), (140, 180))
"""Heights and widths of the cuts, in turn."""
FILES = {
    "n02123045": "chelsea.png",  # tabby
    "n03791053": "motorcycle_left.png",  # motor scooter
    "n03877845": "china.jpg",  # palace
    "n07930864": "coffee.png",  # cup
    "n11939491": "flower.jpg",  # daisy
}


@functools.cache
def whole(wnid: str) -> np.ndarray:
    """The photograph of a class: uint8 [height, width, 3]."""
    name = FILES[wnid]
    if name.endswith(".jpg"):
        return np.asarray(load_sample_image(name))
    with Image.open(Path(skimage.__file__).parent / "data" / name) as image:
        return np.asarray(image.convert("RGB"))


@functools.cache
def cut(wnid: str, number: int) -> Image.Image:
    """One part of the photograph of a class; each number another."""
    rng = np.random.default_rng([int(wnid[1:]), number])
    height, width = SIZES[number % len(SIZES)]
    picture = whole(wnid)
    top = int(rng.integers(picture.shape[0] - height))
    left = int(rng.integers(picture.shape[1] - width))
    return Image.fromarray(picture[top : top + height, left : left + width])


def jpeg(wnid: str, number: int) -> bytes:
    """The same as a plain JPEG file."""
    return saved(cut(wnid, number), "JPEG", quality=85)


def saved(image: Image.Image, format: str, **how: object) -> bytes:
    """An image as a file."""
    file = io.BytesIO()
    image.save(file, format, **how)  # type: ignore[arg-type]
    return file.getvalue()


# What is odd in ImageNet: one PNG named .JPEG, some CMYK files, some on their side by EXIF, some in grey.


def png(wnid: str, number: int) -> bytes:
    return saved(cut(wnid, number), "PNG")


def cmyk(wnid: str, number: int) -> bytes:
    return saved(cut(wnid, number).convert("CMYK"), "JPEG", quality=85)


def grey(wnid: str, number: int) -> bytes:
    return saved(cut(wnid, number).convert("L"), "JPEG", quality=85)


def turned(wnid: str, number: int) -> bytes:
    """Stored on its side, with the EXIF tag that says so."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    return saved(cut(wnid, number).rotate(90, expand=True), "JPEG", quality=85, exif=exif)


ODD = {1: png, 2: cmyk, 3: turned, 4: grey}
"""Of the first class, the pictures that are odd, by number."""


def odd(wnid: str, number: int) -> bytes:
    """A picture of the first class as the odd file that it is, else a plain JPEG."""
    make = ODD.get(number) if wnid == min(FILES) else None
    return make(wnid, number) if make is not None else jpeg(wnid, number)
