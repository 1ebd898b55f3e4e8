"""Mixup (Zhang et al. 2018) and cutmix (Yun et al. 2019), a batch at a time."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot


class Mixed(NamedTuple):
    """Images, and a share of every class for each: float32 [batch, classes]."""

    images: Tensor
    targets: Tensor


@dataclass(frozen=True)
class Mixer:
    """Mixes each image with another of its batch; where both ways are on, each batch takes one at random.

    ``mixup`` and ``cutmix`` are the parameters of the Beta distributions, 0 for off.
    """

    mixup: float
    cutmix: float
    classes: int

    def __call__(self, images: Tensor, labels: Tensor, rng: np.random.Generator) -> Mixed:
        """``images`` is float [batch, channels, height, width], ``labels`` int64 [batch]."""
        cut = self.cutmix > 0 and (self.mixup == 0 or rng.random() < 0.5)
        shape = self.cutmix if cut else self.mixup
        share = float(rng.beta(shape, shape))
        partners = torch.from_numpy(rng.permutation(len(images))).to(images.device)
        if cut:
            top, left, height, width = _box(images.shape[2], images.shape[3], share, rng)
            images = images.clone()
            here = (..., slice(top, top + height), slice(left, left + width))
            images[here] = images[partners][here]
            share = 1 - height * width / (images.shape[2] * images.shape[3])
        else:
            images = images.lerp(images[partners], 1 - share)
        hot = one_hot(labels, self.classes).float()
        return Mixed(images, hot.lerp(hot[partners], 1 - share))


def _box(height: int, width: int, share: float, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """A box of ``1 - share`` of the area around a random point, less what lies outside."""
    side = math.sqrt(1 - share)
    row, column = int(rng.integers(height)), int(rng.integers(width))
    half_height, half_width = int(height * side / 2), int(width * side / 2)
    top, bottom = max(0, row - half_height), min(height, row + half_height)
    left, right = max(0, column - half_width), min(width, column + half_width)
    return top, left, bottom - top, right - left
