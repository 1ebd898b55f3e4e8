"""RandAugment (Cubuk et al. 2020), in the form of timm's ``rand-m*-mstd*-inc1``.

Each operation grows stronger with the magnitude; geometric ones and enhancements go either way.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image
    from torch import Tensor

HIGHEST = 10.0
Colour = int | tuple[int, ...]
Operation = Callable[["Image", float, "np.random.Generator", Colour], "Image"]
"""A picture, the strength from 0 to 1, draws for the direction, and what comes in from outside."""


def rand_augment(
    image: "Tensor",
    count: int,
    magnitude: float,
    deviation: float,
    share: float,
    colour: Sequence[int],
    rng: "np.random.Generator",
) -> "Tensor":
    """Do ``count`` random operations, each with probability ``share``, on uint8 [channels, height, width]."""
    import numpy as np
    import torch
    from PIL import Image

    grey = image.shape[0] == 1
    pixels = image[0] if grey else image.permute(1, 2, 0)
    picture = Image.fromarray(pixels.contiguous().numpy())
    filling: Colour = int(colour[0]) if grey else tuple(int(level) for level in colour)
    for which in rng.integers(0, len(OPERATIONS), count):
        if rng.random() >= share:
            continue
        strength = min(max(rng.normal(magnitude, deviation), 0.0), HIGHEST) / HIGHEST
        picture = OPERATIONS[which](picture, strength, rng, filling)
    result = torch.from_numpy(np.array(picture))
    return result.unsqueeze(0) if grey else result.permute(2, 0, 1).contiguous()


def _autocontrast(picture: "Image", *_: object) -> "Image":
    from PIL import ImageOps

    return ImageOps.autocontrast(picture)


def _equalize(picture: "Image", *_: object) -> "Image":
    from PIL import ImageOps

    return ImageOps.equalize(picture)


def _invert(picture: "Image", *_: object) -> "Image":
    from PIL import ImageOps

    return ImageOps.invert(picture)


def _posterize(picture: "Image", strength: float, *_: object) -> "Image":
    from PIL import ImageOps

    bits = 4 - int(strength * 4)
    return ImageOps.posterize(picture, bits) if bits else picture.point(lambda _level: 0)


def _solarize(picture: "Image", strength: float, *_: object) -> "Image":
    from PIL import ImageOps

    return ImageOps.solarize(picture, 256 - int(strength * 256))


def _solarize_add(picture: "Image", strength: float, *_: object) -> "Image":
    amount = int(strength * 110)
    table = [min(255, level + amount) if level < 128 else level for level in range(256)]
    return picture.point(table * len(picture.getbands()))


def _rotate(picture: "Image", strength: float, rng: "np.random.Generator", colour: Colour) -> "Image":
    from PIL.Image import Resampling

    return picture.rotate(_either_way(30 * strength, rng), Resampling.BILINEAR, fillcolor=colour)


def _affine(matrix: Callable[["Image", float], tuple[float, ...]], most: float) -> Operation:
    def operation(picture: "Image", strength: float, rng: "np.random.Generator", colour: Colour) -> "Image":
        from PIL.Image import Resampling, Transform

        data = matrix(picture, _either_way(most * strength, rng))
        return picture.transform(picture.size, Transform.AFFINE, data, Resampling.BILINEAR, fillcolor=colour)

    return operation


def _enhance(name: str) -> Operation:
    def operation(picture: "Image", strength: float, rng: "np.random.Generator", _colour: Colour) -> "Image":
        from PIL import ImageEnhance

        enhancer = getattr(ImageEnhance, name)(picture)
        result: Image = enhancer.enhance(1 + _either_way(0.9 * strength, rng))
        return result

    return operation


def _either_way(amount: float, rng: "np.random.Generator") -> float:
    return amount if rng.random() < 0.5 else -amount


OPERATIONS: tuple[Operation, ...] = (
    _autocontrast,
    _equalize,
    _invert,
    _posterize,
    _solarize,
    _solarize_add,
    _rotate,
    _enhance("Color"),
    _enhance("Contrast"),
    _enhance("Brightness"),
    _enhance("Sharpness"),
    _affine(lambda _picture, by: (1, by, 0, 0, 1, 0), 0.3),  # shear along each axis
    _affine(lambda _picture, by: (1, 0, 0, by, 1, 0), 0.3),
    _affine(lambda picture, by: (1, 0, by * picture.width, 0, 1, 0), 0.45),  # and shift
    _affine(lambda picture, by: (1, 0, 0, 0, 1, by * picture.height), 0.45),
)
