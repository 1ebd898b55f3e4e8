"""Errors class by class, and by the synsets above them."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.answers import Answers
from zoo.files import written
from zoo.intervals import wilson

if TYPE_CHECKING:
    import numpy as np

    from zoo.synsets.hierarchy import Hierarchy

ERRORS = (
    *("images", "top1_wrong", "top1_error", "top1_low", "top1_high"),
    *("top5_wrong", "top5_error", "top5_low", "top5_high"),
)
"""Counts, shares, and the 95 % intervals of these (Wilson)."""


def write_classes(path: Path, classes: Sequence[str], answers: Answers) -> None:
    """A row for each class that has images, as CSV; errors are shares, 0 to 1.

    ``taken_for`` is the class that is most often guessed in its place, ``times`` how often.
    """
    import numpy as np

    rows = []
    for label in np.unique(answers.labels).tolist():
        own = answers.labels == label
        wrong = np.bincount(answers.guesses[own & ~answers.right, 0], minlength=len(classes))
        times = int(wrong.max())
        taken = classes[int(wrong.argmax())] if times else ""
        rows.append((classes[label], *errors(answers, own), taken, times))
    _write(path, ("class", *ERRORS, "taken_for", "times"), rows)


def write_subtrees(path: Path, wnids: Sequence[str], hierarchy: "Hierarchy", answers: Answers) -> None:
    """A row for each synset above some class, the widest first, as CSV.

    Its images are those of all classes below it. ``left`` counts first guesses that are no kind of it.
    """
    import numpy as np

    pruned = hierarchy.pruned(wnids)
    rows = []
    for wnid in pruned.graph:
        below = pruned.below(wnid)
        inside = np.array([each in below for each in wnids])
        own = inside[answers.labels]
        if len(below) == 1 or not own.any():
            continue
        left = int((~inside[answers.guesses[own, 0]]).sum())
        found = errors(answers, own)
        rows.append((wnid, pruned.name(wnid), int(inside.sum()), *found, left, left / int(own.sum())))
    rows.sort(key=lambda row: (-row[2], row[0]))
    _write(path, ("wnid", "name", "classes", *ERRORS, "left", "left_error"), rows)


def errors(answers: Answers, own: "np.ndarray") -> tuple[int | float, ...]:
    """What ``ERRORS`` names, of the images for which ``own``, bool [images], is true."""
    images = int(own.sum())
    found: list[int | float] = [images]
    for right in (answers.right, answers.among):
        wrong = images - int(right[own].sum())
        found += [wrong, wrong / images, *wilson(wrong, images)]
    return tuple(found)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with written(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
