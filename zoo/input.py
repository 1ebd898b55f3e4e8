"""A batch of bytes, as the loader gives it → what a net is given, on the device that it is on."""

from collections.abc import Sequence

import torch
from torch import Tensor


class ToInput:
    """Scales bytes to [0, 1] and then by ``mean`` and ``std`` of each channel.

    Bytes travel to the device, a quarter of what floats are, and from pinned memory without waiting.
    """

    def __init__(
        self, mean: Sequence[float], std: Sequence[float], where: torch.device, layout: torch.memory_format
    ) -> None:
        self.scale = 1 / (255 * torch.tensor(std, device=where))
        self.shift = -255 * torch.tensor(mean, device=where) * self.scale
        self.where = where
        self.layout = layout

    def __call__(self, images: Tensor) -> Tensor:
        """uint8 [batch, channels, height, width] → float32 of that shape, in the net's memory layout."""
        batch, channels, height, width = images.shape
        moved = images.to(self.where, non_blocking=True)
        # In rows of whole pixels, which is how they lie: five times as fast on a CPU as by channel.
        rows = moved.permute(0, 2, 3, 1).reshape(batch, height, width * channels).float()
        torch.addcmul(self.shift.repeat(width), rows, self.scale.repeat(width), out=rows)
        scaled = rows.view(batch, height, width, channels).permute(0, 3, 1, 2)
        return scaled.contiguous(memory_format=self.layout)
