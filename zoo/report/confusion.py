"""Which classes are taken for which: a table, a picture where there are many, and the pairs that matter."""

from dataclasses import dataclass
from math import log1p

import numpy as np

from zoo.by_class import ByClass
from zoo.report.pictures import Inline, inline

MOST_NUMBERS = 20
"""With more classes, cells are too small for numbers, and the matrix is a picture."""
MOST_CELLS = 1000
"""With more classes than this, there is no picture either."""
MOST_PAIRS = 12
SHADES = 10
BLUE = (36, 120, 196)
"""Of cells of a picture: to be seen on light and on dark ground."""


@dataclass(frozen=True)
class Cell:
    """Images of one class that were taken for one class; ``shade`` is 0 to 10, of the class's images."""

    count: int
    share: float
    shade: int


@dataclass(frozen=True)
class Pair:
    """A class that was taken for another, ``count`` times of ``of``."""

    label: str
    guess: str
    count: int
    of: int


@dataclass(frozen=True)
class Confusion:
    """The matrix: true classes down, guessed ones across."""

    classes: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """Empty where there are too many classes for numbers."""
    picture: Inline | None
    pairs: tuple[Pair, ...]
    """What is mistaken for what most often, most often first."""


def confusion(counts: ByClass) -> Confusion:
    """What was counted, ready to be shown."""
    table = counts.guessed.numpy()
    classes = tuple(counts.classes)
    rows = tuple(_row(row) for row in table) if len(classes) <= MOST_NUMBERS else ()
    picture = _picture(table) if MOST_NUMBERS < len(classes) <= MOST_CELLS else None
    return Confusion(classes, rows, picture, _pairs(table, classes))


def _row(row: np.ndarray) -> tuple[Cell, ...]:
    total = int(row.sum())
    shares = [int(count) / total if total else 0.0 for count in row]
    return tuple(Cell(int(n), share, _shade(share)) for n, share in zip(row, shares, strict=True))


def _shade(share: float) -> int:
    """Rare mistakes must be seen beside classes that are nearly always right: by the logarithm."""
    return min(SHADES, round(SHADES * log1p(50 * share) / log1p(50))) or (1 if share else 0)


def _picture(table: np.ndarray) -> Inline:
    """A pixel a cell: blue, through which the page is seen where an image is seldom taken for the class."""
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    strength = (np.log1p(50 * shares) / np.log1p(50))[..., None]
    colours = np.broadcast_to(BLUE, (*shares.shape, 3))
    return inline(np.concatenate([colours, np.round(255 * strength)], axis=2).astype(np.uint8), exact=True)


def _pairs(table: np.ndarray, classes: tuple[str, ...]) -> tuple[Pair, ...]:
    wrong = table.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    places = [divmod(int(place), len(classes)) for place in order]
    return tuple(
        Pair(classes[i], classes[j], int(wrong[i, j]), int(table[i].sum())) for i, j in places if wrong[i, j]
    )
