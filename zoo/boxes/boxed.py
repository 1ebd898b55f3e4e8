"""Pictures with boxes around the things in them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.boxes.annotation import Annotation
from zoo.errors import UserError
from zoo.images.crop import Box
from zoo.images.picture import BrokenImageError

if TYPE_CHECKING:
    import numpy as np

    from zoo.images.picture import Picture


@dataclass(frozen=True)
class Boxed:
    """A picture that may have an annotation, which is read when boxes are asked for."""

    picture: "Picture"
    annotation: Callable[[], Annotation | None]

    @property
    def height(self) -> int:
        return self.picture.height

    @property
    def width(self) -> int:
        return self.picture.width

    @property
    def name(self) -> str:
        """Where it is, for messages; empty where that is not known."""
        return str(getattr(self.picture, "name", ""))

    def part(self, box: Box, side: int) -> "np.ndarray":
        """As ``Picture`` says."""
        return self.picture.part(box, side)

    def boxes(self) -> list[Box]:
        """The boxes, cut off at the picture's edges; none without an annotation.

        Raises:
            BrokenImageError: the annotation cannot be read.
        """
        try:
            found = self.annotation()
        except UserError as error:
            raise BrokenImageError(str(error)) from error
        return [] if found is None else within(found, self.height, self.width)


def within(annotation: Annotation, height: int, width: int) -> list[Box]:
    """The boxes of an annotation as parts of a picture of this size; what lies outside is cut off.

    Some of ImageNet's images were scaled after they were annotated, which the annotation's own size tells.
    """
    down = height / annotation.height if annotation.height else 1.0
    across = width / annotation.width if annotation.width else 1.0
    found = []
    for thing in annotation.things:
        top, left = max(0, round(thing.top * down)), max(0, round(thing.left * across))
        bottom = min(height, round((thing.bottom + 1) * down))
        right = min(width, round((thing.right + 1) * across))
        if bottom > top and right > left:
            found.append((top, left, bottom - top, right - left))
    return found
