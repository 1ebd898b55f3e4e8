"""The sizes written at a volume: channels or units below it, height and width at its edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.picture import Line, Span, Text
from netcompiler.draw.styles.volumes import labels
from netcompiler.draw.styles.volumes.scene import Read, Volume
from netcompiler.draw.styles.volumes.solid import Solid
from netcompiler.draw.theme import Theme

_TALL = 4.0
"""From this height on, in lines of small print, a volume has its size at its edges."""


_PLACES = (0.5, 0.8, 0.2, 0.9, 0.1)
"""Where a volume's height may stand at its edge, as shares of it from the top."""


def captions(
    volume: Volume, box: Solid, theme: Theme, *, crossed: bool = False, busy: Sequence[float] = ()
) -> list[Text]:
    """The texts of one volume.

    Args:
        volume: the volume.
        box: where it stands.
        theme: colours and sizes.
        crossed: True for one with lines to a lower lane: what would stand in their way stands elsewhere.
        busy: heights at which lines and texts stand to the left of it: its own height stands away from them.
    """
    leading = labels.leading(theme)
    line = labels.caption(volume, theme)
    if crossed and not volume.is_map:
        return [Text(line, box.left + (box.width + box.deep[0]) / 2, box.top - leading / 2 - 1, "middle")]
    x, y = box.left + box.width / 2, box.bottom + 2 + leading / 2
    if crossed:
        # Lines from below come to its left edge.
        x = max(x, box.left + line_width(line) / 2 + 1.5)
    texts = [Text(line, x, y, "middle")]
    if not labels.is_resized(volume):
        return texts
    side = _quiet(box, busy, theme)
    if side is None:
        size = words.shape(volume.shape[1:])
        return [*texts, Text(labels.extent(size, theme), x, y + leading, "middle")]
    height, width = volume.shape[1:]
    texts.append(Text(labels.extent(height, theme), box.left - 2.5, side, "end"))
    if volume.kind == "input" or height != width:
        edge = _moved(box.at(1, 1, 0.5), 2.0, leading * 0.7)
        texts.append(Text(labels.extent(width, theme), *edge))
    return texts


def has_room(box: Solid, down: float, read: Read, target: Volume, theme: Theme) -> bool:
    """True when an input's face has room for the size of the kernel on it, and for what is done there.

    Args:
        box: the input.
        down: the middle of the lowest kernel on it, as a share of its height.
        read: how it is read.
        target: what is made from it.
        theme: sizes.
    """
    if read.window is None or read.source.reads or read.pools:
        return False
    kernel = box.inner(read.window, (down, 0.5))
    beside, below = _edge_lines(read, target, theme)
    half = labels.size(below, theme)[0] / 2
    around = max(half, line_width(beside) + 2 + kernel.deep[0] / 2) + 4
    left = (1 - down) * box.height - kernel.height / 2 - half * box.deep[1] / box.deep[0]
    fits = box.deep[0] / 2 > around and kernel.height > 0.8 * theme.small
    ends = [(kernel.left - 2, line_width(beside)), (kernel.right + 1, line_width(below[0]))]
    # No text stands across the edge between the front and the face.
    across = any(end - width < box.right + 1 and end > box.right - 1 for end, width in ends)
    return fits and not across and left > (len(below) + 0.5) * labels.leading(theme)


def kernel_sizes(read: Read, target: Volume, kernel: Solid, theme: Theme) -> list[Text]:
    """The size of a kernel at its edges, and below it what is done there: the stride."""
    beside, below = _edge_lines(read, target, theme)
    leading = labels.leading(theme)
    texts = [Text(beside, kernel.left - 2, kernel.at(0, 0.5, 0)[1], "end")]
    x, y = kernel.right, kernel.bottom
    texts.append(Text(below[0], x + 1, y + 0.6 * leading, "end"))
    return texts + [
        Text(line, x, y + (i + 0.6) * leading, "middle") for i, line in enumerate(below[1:], start=1)
    ]


def _edge_lines(read: Read, target: Volume, theme: Theme) -> tuple[Line, list[Line]]:
    assert read.window is not None
    height, width = (_kernel(size, theme) for size in read.window.size)
    return height, [width, *labels.notes(target, theme)]


def reach(texts: Iterable[Text]) -> tuple[float, float]:
    """The upper and the lower end of some texts."""
    ends = [(text.y, max(span.size for span in text.line) * 0.6) for text in texts]
    return min(y - half for y, half in ends), max(y + half for y, half in ends)


def crossed_below(volumes: Sequence[Volume]) -> set[Volume]:
    """The volumes from which or to which lines run to a lower lane."""
    found = set()
    for volume in volumes:
        for read in volume.reads:
            lanes = read.source.lane, volume.lane
            if lanes[0] is not None and lanes[1] is not None and lanes[0] != lanes[1]:
                found.add(read.source if lanes[0] < lanes[1] else volume)
    return found


def _quiet(box: Solid, busy: Sequence[float], theme: Theme) -> float | None:
    """The height at a box's left edge that is furthest from others; None where there is no room."""

    def clear(y: float) -> float:
        return min((abs(y - other) for other in busy), default=inf)

    best = max((box.at(0, down, 0)[1] for down in _PLACES), key=clear)
    return best if box.height >= _TALL * theme.small and clear(best) > 0.9 * theme.small else None


def _kernel(size: int, theme: Theme) -> Line:
    return (Span(str(size), theme.small, theme.repeat, bold=True),)


def _moved(at: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    return at[0] + x, at[1] + y
