"""How much boxes have in common."""

from collections.abc import Sequence

from zoo.images.crop import Box

Pixels = tuple[float, float, float, float]
"""Left, top, right, bottom: the columns and rows of the outermost pixels, both within the box."""


def iou(first: Pixels, second: Pixels) -> float:
    """Intersection over union, 0 to 1, by the rule of PASCAL VOC and of ImageNet's development kit.

    A box from column 10 to column 19 is 10 pixels wide.
    """
    width = min(first[2], second[2]) - max(first[0], second[0]) + 1
    height = min(first[3], second[3]) - max(first[1], second[1]) + 1
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (_area(first) + _area(second) - both)


def covered(box: Box, crop: Box) -> float:
    """The share of a box, 0 to 1, that a crop has."""
    height = min(box[0] + box[2], crop[0] + crop[2]) - max(box[0], crop[0])
    width = min(box[1] + box[3], crop[1] + crop[3]) - max(box[1], crop[1])
    return max(0, height) * max(0, width) / (box[2] * box[3])


def covers_some(boxes: Sequence[Box], crop: Box, share: float) -> bool:
    """Whether a crop has that share of one of the boxes at least; without boxes it has."""
    return not boxes or any(covered(box, crop) >= share for box in boxes)


def _area(box: Pixels) -> float:
    return (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
