"""How wide the texts of each column are: the same at every scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netcompiler.draw.dot import line_width
from netcompiler.draw.options import Options
from netcompiler.draw.picture import Line
from netcompiler.draw.styles.volumes import labels
from netcompiler.draw.styles.volumes.scene import Scene, Volume
from netcompiler.draw.theme import Theme


@dataclass(frozen=True)
class Widths:
    """Widths of texts, by column.

    Attributes:
        middle: the widest that stands in the middle of a column: sizes, names, costs.
        height: the widest that stands to the left of a volume: its height.
        resized: the same, of volumes with another size than what they are made from; 0 without any.
        kernels: the size of the kernel on the step to a volume.
        notes: the widest note on the step to a volume.
    """

    middle: list[float]
    height: list[float]
    resized: list[float]
    kernels: dict[Volume, float]
    notes: dict[Volume, float]


def widths(scene: Scene, options: Options) -> Widths:
    """The widths of all texts of a scene."""
    theme = options.theme
    columns = [list(scene.at(column)) for column in range(scene.columns)]
    return Widths(
        [_widest(_middle(column, options)) for column in columns],
        [_widest(_heights(column, theme)) for column in columns],
        [_widest(_heights(filter(labels.is_resized, column), theme)) for column in columns],
        {v: _widest(labels.kernel(read, theme) for read in v.reads) for v in scene.volumes},
        {volume: _widest(_notes(volume, theme)) for volume in scene.volumes},
    )


def _widest(lines: Iterable[Line]) -> float:
    return max(map(line_width, lines), default=0.0)


def _middle(volumes: list[Volume], options: Options) -> list[Line]:
    theme = options.theme
    lines = [labels.caption(volume, theme) for volume in volumes]
    lines += [labels.name(volume, theme) for volume in volumes]
    lines += [labels.extent("×".join(map(str, v.shape[1:])), theme) for v in volumes if labels.is_resized(v)]
    if options.costs:
        lines += [labels.extent(text, theme) for text in labels.costs(volumes)]
    return lines


def _notes(volume: Volume, theme: Theme) -> list[Line]:
    """The notes of a volume; the size of its kernel is one of them where a branch starts."""
    kernels = [labels.kernel(read, theme) for read in volume.reads] if volume.is_head else []
    return [*kernels, *labels.notes(volume, theme)]


def _heights(volumes: Iterable[Volume], theme: Theme) -> list[Line]:
    return [labels.extent(volume.shape[1], theme) for volume in volumes if volume.is_map]
