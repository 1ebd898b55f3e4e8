"""What to do about values whose shapes differ where they are merged."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.operations.base import Shape

_COLORS = (1, 3)
"""Channels that images have."""


def same_shape(shapes: Sequence[Shape], which: str = "a branch") -> str | None:
    """How several values come to have one shape, the first's; None where there is nothing that often helps.

    ``which`` of them is to change.
    """
    ranks = {len(shape) for shape in shapes}
    if len(ranks) > 1:
        return "they differ in the number of dimensions: `flatten` or `reshape` one of them"
    (rank,) = ranks
    if rank not in (1, 3, 4):
        return None
    first = shapes[0]
    if any(shape[1:] != first[1:] for shape in shapes):
        return same_extents(rank)
    layer = f"conv({first[0]}, 1)" if rank > 1 else f"linear({first[0]})"
    return f"they differ in {'channels' if rank > 1 else 'features'} alone: end {which} with `{layer}`"


def same_extents(rank: int) -> str:
    """How values come to have the same height and width."""
    extents = "height and width differ" if rank == 3 else "spatial extents differ"
    return f"{extents}: compare `stride` and `padding`; a kernel of 3 keeps them with `padding=1`"


def other_layout(shape: Shape) -> str | None:
    """Help for an image as other libraries write it, [224, 224, 3] or with the batch; None for others."""
    if len(shape) == 3 and shape[2] in _COLORS and min(shape[:2]) > 4 * shape[2]:
        return f"shapes are `[channels, height, width]`: `[{shape[2]}, {shape[0]}, {shape[1]}]`"
    if len(shape) == 4 and shape[1] in _COLORS and min(shape[2:]) > 4 * shape[1]:
        return f"the batch dimension is left out: `[{', '.join(map(str, shape[1:]))}]`"
    return None


def projection(start: Shape, end: Shape) -> str | None:
    """The layer that takes one shape to the other, ``conv(256, 1, stride=2)``; None when none does."""
    if len(start) == len(end) == 1:
        return f"linear({end[0]})"
    if len(start) != len(end) or len(start) not in (3, 4):
        return None
    for stride in (1, 2, 3, 4):
        if all(-(-n // stride) == m for n, m in zip(start[1:], end[1:], strict=True)):
            return f"conv({end[0]}, 1)" if stride == 1 else f"conv({end[0]}, 1, stride={stride})"
    return None
