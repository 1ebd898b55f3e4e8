"""Pictures of every class on one sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.data.base import DataSet, Split
from zoo.files import written
from zoo.images.picture import BrokenImageError

if TYPE_CHECKING:
    import numpy as np

COLUMNS = 9
MOST_ROWS = 20
"""With more classes than this, one picture of each; and of no more classes than fill the sheet."""
CELL, GAP, LETTER, LINE = 96, 6, 7, 16
"""In pixels: a picture, the space between two, the width of a letter, and the height of a line."""
LONGEST = 24
FORMATS = (".png", ".svg", ".pdf")


@dataclass(frozen=True)
class Cell:
    """A picture of the sheet: which, where, and what is written below it."""

    index: int
    row: int
    column: int
    caption: str


@dataclass(frozen=True)
class Plan:
    """What goes where: a row for each class, with its name before it, or pictures with names below."""

    cells: list[Cell]
    names: list[str]
    """Of the rows; none where each picture has its own."""
    about: str


def plan(labels: Sequence[int], classes: Sequence[str]) -> Plan:
    """Nine pictures of every class, evenly spread over it; of many classes, one of each, or of some."""
    by_class: dict[int, list[int]] = {}
    for index, label in enumerate(labels):
        by_class.setdefault(label, []).append(index)
    if len(classes) <= MOST_ROWS:
        rows = [(label, _spread(by_class.get(label, []), COLUMNS)) for label in range(len(classes))]
        cells = [Cell(index, row, i, "") for row, found in rows for i, index in enumerate(found)]
        return Plan(cells, [_short(name) for name in classes], f"{COLUMNS} of each class")
    chosen = _spread(sorted(by_class), COLUMNS * MOST_ROWS)
    cells = [
        Cell(by_class[label][0], i // COLUMNS, i % COLUMNS, _short(classes[label], CELL // LETTER + 2))
        for i, label in enumerate(chosen)
    ]
    some = "" if len(chosen) == len(classes) else f" of {len(chosen)} of the {len(classes):,} classes"
    return Plan(cells, [], f"one{some or ' of each class'}")


def draw(data: DataSet, split: Split, path: Path) -> str:
    """Draw the sheet to ``path`` (png, svg or pdf); what is on it, in words."""
    import matplotlib as mpl
    import numpy as np
    from matplotlib.figure import Figure

    made = plan(split.labels, data.classes)
    rows = 1 + max((cell.row for cell in made.cells), default=0) if not made.names else len(made.names)
    step = CELL + GAP + (0 if made.names else LINE)
    left = LETTER * max(map(len, made.names), default=0) + 2 * GAP
    canvas = np.full((rows * step + GAP, left + COLUMNS * (CELL + GAP), 3), 255, np.uint8)
    height, width = canvas.shape[:2]
    style: Any = {"font.size": 8, "svg.hashsalt": "zoo"}
    with mpl.rc_context(style):
        figure = Figure(figsize=(width / 100, height / 100), dpi=100)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        for cell in made.cells:
            top, start = GAP + cell.row * step, left + cell.column * (CELL + GAP)
            canvas[top : top + CELL, start : start + CELL] = _picture(split, cell.index)
            axes.text(start + CELL / 2, top + CELL + 2, cell.caption, ha="center", va="top", parse_math=False)
        for row, name in enumerate(made.names):
            middle = GAP + row * step + CELL / 2
            axes.text(left - GAP, middle, name, ha="right", va="center", parse_math=False)
        axes.imshow(canvas, extent=(0, width, height, 0), interpolation="nearest")
        with written(path) as temporary:
            figure.savefig(temporary, dpi=100, metadata={"Date": None} if path.suffix == ".svg" else None)
    return made.about


def _picture(split: Split, index: int) -> "np.ndarray":
    """The square in the middle of a picture, uint8 [CELL, CELL, 3]; a broken one is a red frame."""
    import numpy as np

    from zoo.images.crop import centre_box, take

    cell = np.full((CELL, CELL, 3), 255, np.uint8)
    try:
        picture = split.picture(index)
        side = min(picture.height, picture.width)
        times = CELL // side  # small pictures show their pixels
        size = side if times > 1 else CELL
        image = take(picture, centre_box(picture.height, picture.width, 1.0), size, flip=False)
    except BrokenImageError:
        cell[:], cell[2:-2, 2:-2] = (200, 30, 30), 255
        return cell
    pixels = image.permute(1, 2, 0).numpy()
    if times > 1:
        pixels = pixels.repeat(times, axis=0).repeat(times, axis=1)
    edge = (CELL - len(pixels)) // 2
    colours = pixels if pixels.shape[2] == 3 else pixels[..., :1]
    cell[edge : edge + len(pixels), edge : edge + len(pixels)] = colours
    return cell


def _spread(items: Sequence[int], most: int) -> list[int]:
    """At most so many of them, evenly spread."""
    count = min(len(items), most)
    return [items[i * len(items) // count] for i in range(count)]


def _short(name: str, longest: int = LONGEST) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
