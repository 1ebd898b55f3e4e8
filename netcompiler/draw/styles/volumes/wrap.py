"""Rows of columns: where a picture that is too wide goes on below itself."""

from __future__ import annotations

from netcompiler.draw.styles.volumes.scene import Scene
from netcompiler.draw.styles.volumes.spacing import Row, Spacing

_TORN = 0.5
"""What a break inside a block costs, in rows."""


def rows(scene: Scene, spacing: Spacing, room: float) -> list[Row]:
    """The columns in as few rows as fit a width, of about the same length.

    Where no break is possible a row is wider.
    """
    cuts = [0, *_cuts(scene), scene.columns]
    torn = {cut: sum(b.columns[0] < cut <= b.columns[1] for b in scene.brackets) for cut in cuts}
    best: dict[int, tuple[float, list[Row]]] = {0: (0.0, [])}
    for index, end in enumerate(cuts[1:], start=1):
        ways: list[tuple[float, int]] = []
        for start in cuts[:index]:
            share = spacing.width((start, end - 1)) / room
            # Too wide is worst, then each row more, then broken blocks and rows of different lengths.
            cost = 1 + max(0.0, share - 1) * 1000 + _TORN * torn[end] + share**2 / 10
            ways.append((best[start][0] + cost, start))
        cost, start = min(ways)
        best[end] = cost, [*best[start][1], (start, end - 1)]
    return best[scene.columns][1]


def _cuts(scene: Scene) -> list[int]:
    """The columns before which a row may end: all that goes on comes from the last column of the row."""
    blocked: set[int] = set()
    ways = [(skip.source, skip.target) for skip in scene.skips]
    ways += [(read.source, volume) for volume in scene.volumes for read in volume.reads]
    for source, target in ways:
        blocked.update(range(source.column + 2, target.column + 1))
    for bracket in scene.brackets:
        first, last = bracket.columns
        if bracket.times > 1:
            blocked.update(range(first + 1, last + 1))
    return [column for column in range(1, scene.columns) if column not in blocked]
