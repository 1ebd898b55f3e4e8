"""A box of a picture → a square image. Cropping comes first: resizing the rest would be waste."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from zoo.images.picture import Picture

Box = tuple[int, int, int, int]
"""top, left, height, width, in pixels."""


def centre_box(height: int, width: int, share: float) -> Box:
    """The square in the middle, its side ``share`` of the shorter side."""
    side = max(1, round(min(height, width) * share))
    return (height - side) // 2, (width - side) // 2, side, side


def take(picture: "Picture", box: Box, size: int, flip: bool) -> "Tensor":
    """The box as uint8 [channels, size, size], mirrored if ``flip``; what lies outside the picture is black.

    Raises:
        BrokenImageError: the picture cannot be read.
    """
    import numpy as np
    import torch
    from torch.nn.functional import interpolate

    part = _padded(picture, box, size)
    if flip:
        part = part[:, ::-1]
    # A copy in any case: the pixels may be the data set's own, and the image will be written to.
    image = torch.from_numpy(np.array(part.transpose(2, 0, 1), order="C"))
    if part.shape[:2] == (size, size):
        return image
    sides = (size, size)
    return interpolate(image[None], sides, mode="bilinear", antialias=True, align_corners=False)[0]


def _padded(picture: "Picture", box: Box, size: int) -> "np.ndarray":
    import numpy as np

    top, left, height, width = box
    bottom, right = top + height, left + width
    if top >= 0 and left >= 0 and bottom <= picture.height and right <= picture.width:
        return picture.part(box, size)
    row, column = max(0, top), max(0, left)
    inside = (row, column, min(bottom, picture.height) - row, min(right, picture.width) - column)
    # Asked for in full size: black is added by the picture's own pixels.
    part = picture.part(inside, max(inside[2:]))
    padded = np.zeros((height, width, part.shape[2]), np.uint8)
    padded[row - top : row - top + inside[2], column - left : column - left + inside[3]] = part
    return padded
