"""Which part of a picture to take, and scaling it. Cropping comes first: resizing the rest would be waste."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

Box = tuple[int, int, int, int]
"""top, left, height, width, in pixels."""


def random_box(height: int, width: int, least_area: float, rng: "np.random.Generator") -> Box:
    """A box of a random share of the area, ``least_area`` to 1, and a random shape, 3:4 to 4:3."""
    for _ in range(10):
        area = height * width * rng.uniform(least_area, 1.0)
        ratio = math.exp(rng.uniform(math.log(3 / 4), math.log(4 / 3)))
        box_width, box_height = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < box_width <= width and 0 < box_height <= height:
            top = int(rng.integers(0, height - box_height + 1))
            left = int(rng.integers(0, width - box_width + 1))
            return top, left, box_height, box_width
    return centre_box(height, width, 1.0)


def centre_box(height: int, width: int, share: float) -> Box:
    """The square in the middle, its side ``share`` of the shorter side."""
    side = max(1, round(min(height, width) * share))
    return (height - side) // 2, (width - side) // 2, side, side


def take(pixels: "np.ndarray", box: Box, size: int, flip: bool) -> "Tensor":
    """The box of ``pixels`` (uint8 [height, width, 3]) as uint8 [3, size, size], mirrored if ``flip``."""
    import torch
    from torch.nn.functional import interpolate

    top, left, height, width = box
    part = pixels[top : top + height, left : left + width]
    if flip:
        part = part[:, ::-1]
    image = torch.tensor(part.copy()).permute(2, 0, 1).unsqueeze(0)
    if (height, width) != (size, size):
        image = interpolate(image, (size, size), mode="bilinear", antialias=True, align_corners=False)
    return image[0].contiguous()
