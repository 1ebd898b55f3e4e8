"""Pixels as part of a page: ``data:`` addresses of small PNG and JPEG pictures."""

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST = 160
"""Larger pictures are made smaller, to so many pixels on the longer side."""
EXACT = 64
"""Pictures up to this side keep every pixel as it is."""


@dataclass(frozen=True)
class Inline:
    """A picture of the page. ``crisp`` pictures show their pixels as squares."""

    address: str
    width: int
    height: int
    crisp: bool


def inline(pixels: "np.ndarray", *, exact: bool = False) -> Inline:
    """uint8 [height, width, channels], as PNG where it is small or must stay ``exact``, as JPEG otherwise.

    ``channels`` are 1 or 3; an ``exact`` picture may have one more, by which the page is seen through it.
    """
    from PIL import Image

    height, width = pixels.shape[:2]
    exact = exact or max(height, width) <= EXACT
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    if not exact and max(height, width) > MOST:
        scale = MOST / max(height, width)
        image = image.resize(
            (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.LANCZOS
        )
    out = io.BytesIO()
    kind = "png" if exact else "jpeg"
    image.save(out, kind, **({"optimize": True} if exact else {"quality": 85}))
    return Inline(address(out.getvalue(), f"image/{kind}"), image.width, image.height, exact)


def address(data: bytes, kind: str) -> str:
    """The ``data:`` address of a file of this MIME type."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
