"""Pictures with the boxes around their things, on one sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.boxes.boxed import Boxed
from zoo.data.base import Split
from zoo.files import written
from zoo.images.picture import BrokenImageError

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

COLUMNS, ROWS = 5, 4
CELL, GAP, LINE = 1.4, 0.08, 0.17
"""In inches: the longer side of a picture, the space between two, and a line of text."""
DPI = 200
COLOURS = ("#e6194b", "#ffe119", "#3cb44b", "#42d4f4", "#f58231", "#f032e6")
"""Of an image's boxes, in turn; a dark line below each keeps it apart from any picture."""
LETTERS = 24


@dataclass(frozen=True)
class Cell:
    """A picture, what is in it, and what is written below it."""

    pixels: "np.ndarray"
    boxes: Sequence[tuple[float, float, float, float]]
    """Top, left, height, width, in those pixels."""
    caption: str


def chosen(split: Split, most: int = COLUMNS * ROWS) -> list[int]:
    """The indices of pictures with boxes, in turn of each class, ``most`` at most; ordered by class."""
    by_class: dict[int, list[int]] = {}
    for index, label in enumerate(split.labels):
        by_class.setdefault(label, []).append(index)
    found: list[int] = []
    waiting = [iter(own) for _, own in sorted(by_class.items())]
    while waiting and len(found) < most:
        left = []
        for own in waiting:
            first = next((index for index in own if _has_boxes(split, index)), None)
            if first is not None:
                found.append(first)
                left.append(own)
        waiting = left
    return sorted(found[:most], key=lambda index: (split.labels[index], index))


def _has_boxes(split: Split, index: int) -> bool:
    try:
        picture = split.picture(index)
        return isinstance(picture, Boxed) and bool(picture.boxes())
    except BrokenImageError:
        return False


def draw(split: Split, indices: Sequence[int], classes: Sequence[str], path: Path) -> None:
    """Draw pictures whole, with their boxes, to ``path`` (png, svg or pdf).

    Raises:
        BrokenImageError: one cannot be read.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    columns = min(COLUMNS, len(indices))
    rows = -(-len(indices) // columns)
    width, height = columns * (CELL + GAP) + GAP, rows * (CELL + LINE + GAP) + GAP
    style: Any = {"font.size": 6.5, "svg.hashsalt": "zoo", "pdf.fonttype": 42}
    with mpl.rc_context(style):
        figure = Figure(figsize=(width, height))
        for place, index in enumerate(indices):
            row, column = divmod(place, columns)
            left, top = GAP + column * (CELL + GAP), GAP + row * (CELL + LINE + GAP)
            bottom = height - top - CELL
            axes = figure.add_axes((left / width, bottom / height, CELL / width, CELL / height))
            _cell(axes, _read(split, index, classes))
        with written(path) as temporary:
            figure.savefig(temporary, dpi=DPI, metadata={"Date": None} if path.suffix == ".svg" else None)


def _read(split: Split, index: int, classes: Sequence[str]) -> Cell:
    picture = split.picture(index)
    assert isinstance(picture, Boxed), "it was chosen for its boxes"
    pixels = picture.part((0, 0, picture.height, picture.width), round(CELL * DPI))
    down, across = pixels.shape[0] / picture.height, pixels.shape[1] / picture.width
    boxes = [(top * down, left * across, h * down, w * across) for top, left, h, w in picture.boxes()]
    things = f", {len(boxes)} boxes" if len(boxes) != 1 else ""
    return Cell(pixels, boxes, _short(classes[split.labels[index]]) + things)


def _cell(axes: "Axes", cell: Cell) -> None:
    from matplotlib.patches import Rectangle

    axes.set_axis_off()
    axes.set_anchor("S")
    axes.imshow(cell.pixels, interpolation="antialiased")
    for number, (top, left, height, width) in enumerate(cell.boxes):
        colour = COLOURS[number % len(COLOURS)]
        for wide, ink in ((2.2, "black"), (1.1, colour)):
            place = (left - 0.5, top - 0.5)
            axes.add_patch(Rectangle(place, width, height, fill=False, linewidth=wide, edgecolor=ink))
    where: Any = {"xy": (0.5, 0), "xycoords": "axes fraction", "xytext": (0, -3), "ha": "center", "va": "top"}
    axes.annotate(cell.caption, **where, textcoords="offset points", parse_math=False)


def _short(name: str) -> str:
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
