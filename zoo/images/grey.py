"""A colour picture for a net that takes grey ones."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.images.crop import Box

if TYPE_CHECKING:
    import numpy as np

    from zoo.images.picture import Picture

SHARES = (19595, 38470, 7471)
"""Of red, green and blue in grey, as 65536ths: ITU-R BT.601, as PIL rounds it."""


@dataclass(frozen=True)
class Grey:
    """A picture's shades, one channel."""

    picture: "Picture"

    @property
    def height(self) -> int:
        return self.picture.height

    @property
    def width(self) -> int:
        return self.picture.width

    def part(self, box: Box, side: int) -> "np.ndarray":
        """As ``Picture`` says: uint8 [height, width, 1]."""
        import numpy as np

        colours = self.picture.part(box, side).astype(np.uint32)
        grey = (colours @ np.array(SHARES, np.uint32) + 0x8000) >> 16
        return grey.astype(np.uint8)[..., None]
