"""Facts → numbers: of all classes, or of some of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoo.stats.facts import Facts
from zoo.stats.scan import CMYK, FORMATS, MISNAMED, TURNED

PARTS = (5, 50, 95)
"""Percentiles that tell how sizes are spread."""


@dataclass(frozen=True)
class Each:
    """Images per category, over the categories that have any; ``std`` as of a whole population."""

    mean: float
    std: float
    low: int
    median: float
    high: int


@dataclass(frozen=True)
class Sizes:
    """Widths and heights in pixels, as stored: the mean, and the 5th, 50th and 95th percentile."""

    looked: int
    width: tuple[float, float, float, float]
    height: tuple[float, float, float, float]


@dataclass(frozen=True)
class Summary:
    """One split of the data, or a part of it by class."""

    images: int
    categories: int
    """Those that have images."""
    each: Each | None
    boxed: int | None
    """Images with an annotation of boxes; None where no annotations are there."""
    boxed_categories: int | None
    sizes: Sizes | None
    formats: dict[str, int]
    odd: dict[str, int]


def summarize(facts: Facts, classes: int, chosen: Sequence[int] | None = None) -> Summary:
    """The numbers of a split with so many classes, or of those ``chosen``."""
    counts = np.bincount(facts.label, minlength=classes)
    within = np.ones(classes, bool)
    if chosen is not None:
        within[:] = False
        within[list(chosen)] = True
    own = counts[within & (counts > 0)]
    mask = within[facts.label]
    header = facts.header[mask[facts.looked]] if len(facts.label) else facts.header
    boxed = None if facts.boxed is None else facts.boxed & mask
    return Summary(
        images=int(mask.sum()),
        categories=len(own),
        each=_each(own),
        boxed=None if boxed is None else int(boxed.sum()),
        boxed_categories=None if boxed is None else len(np.unique(facts.label[boxed])),
        sizes=_sizes(header),
        formats=_formats(header),
        odd=_odd(header),
    )


def _each(counts: np.ndarray) -> Each | None:
    if not len(counts):
        return None
    spread = float(counts.mean()), float(counts.std())
    return Each(*spread, int(counts.min()), float(np.median(counts)), int(counts.max()))


def _sizes(header: np.ndarray) -> Sizes | None:
    good = header[header["format"] > 0]
    if not len(good):
        return None
    width, height = (
        (float(good[side].mean()), *(float(own) for own in np.percentile(good[side], PARTS)))
        for side in ("width", "height")
    )
    return Sizes(len(good), width, height)  # type: ignore[arg-type]


def _formats(header: np.ndarray) -> dict[str, int]:
    counts = np.bincount(header["format"], minlength=len(FORMATS))
    return {name: int(count) for name, count in zip(FORMATS, counts, strict=True) if count}


def _odd(header: np.ndarray) -> dict[str, int]:
    names = {"named JPEG, another format": MISNAMED, "CMYK": CMYK, "stored on its side (EXIF)": TURNED}
    counts = {name: int((header["odd"] & bit > 0).sum()) for name, bit in names.items()}
    return {name: count for name, count in counts.items() if count}
