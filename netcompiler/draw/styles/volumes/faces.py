"""The faces of boxes: light from above, the right in shadow."""

from __future__ import annotations

from netcompiler.draw.colors import mix
from netcompiler.draw.picture import Picture, Shape
from netcompiler.draw.styles.volumes.solid import Solid
from netcompiler.draw.theme import Paint, Theme

_EDGE = 0.7


def add_box(picture: Picture, box: Solid, paint: Paint, theme: Theme, *, again: bool = False) -> None:
    """Add the three faces of a box that are seen; pale and dashed for one that is shown again."""
    if again:
        paint = again_paint(paint, theme)
    for points, fill in (
        (box.lid, mix(paint.fill, theme.paper, 0.45)),
        (box.side, mix(paint.fill, paint.line, 0.22)),
        (box.front, paint.fill),
    ):
        picture.shapes.append(Shape(points, fill, paint.line, _EDGE, dashed=again))


def add_kernel(picture: Picture, box: Solid, theme: Theme) -> None:
    """Add the box of a kernel, as it is seen through the volume that it lies in."""
    paint = kernel_paint(theme)
    for points, fill in (
        (box.lid, mix(paint.fill, theme.paper, 0.4)),
        (box.front, paint.fill),
        (box.side, mix(paint.fill, paint.line, 0.5)),
    ):
        picture.shapes.append(Shape(points, fill, theme.repeat, 0.6))


def kernel_paint(theme: Theme) -> Paint:
    """The colours of kernels."""
    return theme.repeated


def again_paint(paint: Paint, theme: Theme) -> Paint:
    """The colours of a volume that a row goes on from."""
    return Paint(mix(paint.fill, theme.paper, 0.6), mix(paint.line, theme.paper, 0.35))
