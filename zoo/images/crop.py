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
    image = _scaled(_padded(picture, box, size), (size, size))
    return image.flip(2) if flip else image


def take_whole(picture: "Picture", shorter: int) -> "Tensor":
    """The whole picture as uint8 [channels, height, width], its shorter side scaled to ``shorter`` pixels.

    Raises:
        BrokenImageError: the picture cannot be read.
    """
    height, width = picture.height, picture.width
    least = min(height, width)
    sides = max(1, round(height * shorter / least)), max(1, round(width * shorter / least))
    return _scaled(picture.part((0, 0, height, width), shorter), sides)


def _scaled(part: "np.ndarray", sides: tuple[int, int]) -> "Tensor":
    """uint8 [height, width, channels] → [channels, *sides], in memory of its own."""
    import torch
    from torch.nn.functional import interpolate

    if not part.flags.owndata:  # the data set's own pixels, and the image will be written to
        part = part.copy()
    # The channels of a pixel lie side by side from here to the device, which is also how scaling is fastest.
    image = torch.from_numpy(part.reshape(1, *part.shape)).permute(0, 3, 1, 2)
    if part.shape[:2] != sides:
        image = interpolate(image, sides, mode="bilinear", antialias=True, align_corners=False)
    return image[0]


def _padded(picture: "Picture", box: Box, size: int) -> "np.ndarray":
    top, left, height, width = box
    bottom, right = top + height, left + width
    if top >= 0 and left >= 0 and bottom <= picture.height and right <= picture.width:
        return picture.part(box, size)
    import numpy as np

    row, column = max(0, top), max(0, left)
    inside = (row, column, min(bottom, picture.height) - row, min(right, picture.width) - column)
    # Asked for in full size: black is added by the picture's own pixels.
    part = picture.part(inside, max(inside[2:]))
    padded = np.zeros((height, width, part.shape[2]), np.uint8)
    padded[row - top : row - top + inside[2], column - left : column - left + inside[3]] = part
    return padded
