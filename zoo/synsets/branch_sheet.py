"""Branches of the tree as a picture: nine images of each synset, from the general to the special.

As in Figure 1 of Deng et al., ImageNet: A large-scale hierarchical image database, 2009. The picture is as
wide as a page's text. A long branch goes on in the next line.
"""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.data.base import Split
from zoo.files import written
from zoo.images.picture import BrokenImageError
from zoo.synsets.branches import Sampler

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

WIDTH, LARGEST, ARROW, MARGIN = 7.0, 1.3, 0.2, 0.04
"""In inches: the picture, the side of a synset's images at most, the space for an arrow, and the edge."""
LINE, BETWEEN, BELOW_IMAGES = 0.125, 0.16, 0.05
"""In inches: a line of a name, the space below a line of a branch, and that above the name."""
APART = 2.0
"""How much more space there is between two branches."""
MOST = 7
"""Synsets in a line."""
SIDE = 3
"""Images in a row, and rows."""
DPI = 300
NAME, COUNT = 8.0, 6.5
"""Sizes of letters, in points."""
LETTER = 0.069
"""The mean width of a letter of a name, in inches."""
EMPTY, INK, PALE = "#e4e6ea", "#1f2328", "#6b7280"


@dataclass(frozen=True)
class Step:
    """One synset of a branch: its name, how many images it has with those below, and up to nine of them."""

    name: str
    count: int
    images: "np.ndarray | None"
    """uint8 [side, side, 3], or None without any."""


@dataclass(frozen=True)
class Line:
    """Synsets side by side; ``first`` is where a branch begins, ``last`` where it ends."""

    steps: list[Step]
    first: bool
    last: bool


def draw(
    branches: Sequence[Sequence[str]], names: Callable[[str], str], split: Split, sampler: Sampler, path: Path
) -> None:
    """Draw branches below one another to ``path`` (png, svg or pdf); ``names`` gives the name of a wnid."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    columns, side = _fit([len(branch) for branch in branches])
    lines = [
        line
        for branch in branches
        for line in _lines([_step(wnid, names(wnid), split, sampler, side) for wnid in branch], columns)
    ]
    tops, height = _tops(lines, side)
    style: Any = {
        "font.size": NAME,
        "image.composite_image": False,  # each stays as it is
        "svg.hashsalt": "zoo",
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(WIDTH, height), dpi=DPI)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        axes.set_axis_off()
        for line, top in zip(lines, tops, strict=True):
            _draw_line(axes, line, top, side, indented=any(not line.first for line in lines))
        with written(path) as temporary:
            figure.savefig(temporary, dpi=DPI, metadata={"Date": None} if path.suffix == ".svg" else None)


def _fit(lengths: Sequence[int]) -> tuple[int, float]:
    """Synsets in a line at most, so that lines of a branch are alike, and the side of each, in inches."""
    columns = max(-(-length // -(-length // MOST)) for length in lengths)
    arrows = columns - 1 + 2 * any(length > columns for length in lengths)
    return columns, min(LARGEST, (WIDTH - 2 * MARGIN - arrows * ARROW) / columns)


def _lines(steps: list[Step], columns: int) -> Iterator[Line]:
    count = -(-len(steps) // columns)
    each = -(-len(steps) // count)
    for start in range(0, len(steps), each):
        yield Line(steps[start : start + each], start == 0, start + each >= len(steps))


def _step(wnid: str, name: str, split: Split, sampler: Sampler, side: float) -> Step:
    pixels = round(side * DPI)
    count = sampler.count(wnid)
    squares = list(islice(_squares(split, sampler, wnid, pixels // SIDE), SIDE**2))
    return Step(name, count, _grid(squares, pixels) if squares else None)


def _squares(split: Split, sampler: Sampler, wnid: str, pixels: int) -> Iterator["np.ndarray"]:
    """Squares in the middle of images, uint8 [pixels, pixels, 3]; those that are broken are passed over."""
    import numpy as np

    from zoo.images.crop import centre_box, take

    for index in sampler.draw(wnid):
        try:
            picture = split.picture(index)
            image = take(picture, centre_box(picture.height, picture.width, 1.0), pixels, flip=False)
        except BrokenImageError:
            continue
        square = image.permute(1, 2, 0).numpy()
        yield square if square.shape[2] == 3 else np.repeat(square[..., :1], 3, axis=2)


def _grid(squares: Sequence["np.ndarray"], pixels: int) -> "np.ndarray":
    """The squares in rows, a pixel or two of white between; grey where there are too few."""
    import numpy as np
    from matplotlib.colors import to_rgb

    each = pixels // SIDE
    gap = max(1, each // 40)
    grid = np.full((SIDE * each, SIDE * each, 3), 255, np.uint8)
    for place in range(SIDE**2):
        row, column = (each * at for at in divmod(place, SIDE))
        cell = grid[row : row + each - gap, column : column + each - gap]
        cell[:] = (
            squares[place][: each - gap, : each - gap]
            if place < len(squares)
            else np.round(255 * np.array(to_rgb(EMPTY)))
        )
    return grid[: SIDE * each - gap, : SIDE * each - gap]


def _tops(lines: Sequence[Line], side: float) -> tuple[list[float], float]:
    """Where each line begins, from the top, and the height of all, in inches."""
    tops, top = [], MARGIN
    for line in lines:
        tops.append(top)
        rows = max(len(_wrapped(step.name, side)) for step in line.steps) + 1
        top += side + BELOW_IMAGES + rows * LINE + BETWEEN * (APART if line.last else 1)
    return tops, top - APART * BETWEEN + MARGIN


def _draw_line(axes: "Axes", line: Line, top: float, side: float, indented: bool) -> None:
    left = MARGIN + ARROW * indented
    middle = top + side / 2
    if not line.first:
        _arrow(axes, left - ARROW, middle)
    for number, step in enumerate(line.steps):
        start = left + number * (side + ARROW)
        _draw_step(axes, step, start, top, side)
        if number < len(line.steps) - 1 or not line.last:
            _arrow(axes, start + side, middle)


def _draw_step(axes: "Axes", step: Step, left: float, top: float, side: float) -> None:
    from matplotlib.patches import Rectangle

    if step.images is None:
        axes.add_patch(Rectangle((left, top), side, side, facecolor=EMPTY, linewidth=0))
        axes.text(
            left + side / 2, top + side / 2, "no images", ha="center", va="center", color=PALE, size=COUNT
        )
    else:
        extent = (left, left + side, top + side, top)
        axes.imshow(step.images, extent=extent, interpolation="nearest", aspect="auto")
    rows = _wrapped(step.name, side)
    baseline = top + side + BELOW_IMAGES
    for row, text in enumerate(rows):
        axes.text(
            left + side / 2, baseline + row * LINE, text, ha="center", va="top", color=INK, parse_math=False
        )
    if step.images is not None:
        count = f"{step.count:,} image{'s' if step.count > 1 else ''}"
        below = baseline + len(rows) * LINE + 0.01
        axes.text(left + side / 2, below, count, ha="center", va="top", color=PALE, size=COUNT)


def _arrow(axes: "Axes", left: float, middle: float) -> None:
    """In the space between two synsets."""
    from matplotlib.patches import FancyArrowPatch

    ends = (left + 0.18 * ARROW, middle), (left + 0.84 * ARROW, middle)
    shape = "-|>,head_length=2.4,head_width=1.6"
    axes.add_patch(
        FancyArrowPatch(
            *ends, arrowstyle=shape, color=PALE, linewidth=0.9, shrinkA=0, shrinkB=0, mutation_scale=1
        )
    )


def _wrapped(name: str, side: float) -> list[str]:
    """A name in lines that are no wider than a synset with half of the arrows beside it."""
    return textwrap.wrap(name, max(8, int((side + 0.8 * ARROW) / LETTER))) or [name]
