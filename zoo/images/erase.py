"""Random erasing (Zhong et al. 2017)."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

LEAST, MOST = 0.02, 1 / 3
"""The share of the image that is erased."""
NARROWEST, WIDEST = 0.3, 3.3
"""The box's height over its width."""


def erase(image: "Tensor", colour: Sequence[int], rng: "np.random.Generator") -> "Tensor":
    """Fill a random box of an image, uint8 [channels, height, width], with ``colour``, in place."""
    import torch

    height, width = image.shape[1:]
    for _ in range(10):
        area = height * width * rng.uniform(LEAST, MOST)
        ratio = math.exp(rng.uniform(math.log(NARROWEST), math.log(WIDEST)))
        tall, wide = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < tall < height and 0 < wide < width:
            top, left = int(rng.integers(0, height - tall + 1)), int(rng.integers(0, width - wide + 1))
            filling = torch.tensor(colour, dtype=torch.uint8).view(-1, 1, 1)
            image[:, top : top + tall, left : left + wide] = filling
            return image
    return image
