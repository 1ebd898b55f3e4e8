"""Errors of a submission by the rules of ILSVRC, as its development kit's programs count them.

Classification (``eval_flat.m``): an image is wrong when its class is not among the guesses. Localisation
(``eval_localization_flat.m``, and from 2013 on ``eval_clsloc.m``): it is wrong unless a guess has the right
class and a box whose overlap with a box of a thing of that class is 0.5 or more; any of several will do. The
overlap is intersection over union, with both outermost pixels counted. Images of the blacklist, whose boxes
could not be drawn, are left out of localisation, of its divisor too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zoo.boxes.annotation import Thing
from zoo.boxes.overlap import iou
from zoo.challenge.submission import MOST, Guess

ENOUGH = 0.5
"""The least overlap of a box that is right."""


@dataclass(frozen=True)
class Truth:
    """The right answers, in the alphabetical order of the images' files."""

    ids: Sequence[int]
    """Of each image's class."""
    names: dict[int, str]
    """What each id's class is called in annotations: its wnid."""
    blacklist: frozenset[int]
    """Indices of images that localisation leaves out."""
    things: Callable[[int], Sequence[Thing]] | None
    """What is annotated in an image; None without annotations."""


@dataclass(frozen=True)
class Errors:
    """Counts with one guess, two, … five."""

    images: int
    wrong: tuple[int, ...]

    def error(self, guesses: int) -> float:
        """A share, 0 to 1."""
        return self.wrong[guesses - 1] / self.images if self.images else 0.0


def classification(rows: Sequence[Sequence[Guess]], truth: Truth) -> Errors:
    """Whether the class is among the guesses."""
    firsts = [
        next((place for place, guess in enumerate(row) if guess.id == id), MOST)
        for row, id in zip(rows, truth.ids, strict=True)
    ]
    return _counted(firsts)


def localisation(rows: Sequence[Sequence[Guess]], truth: Truth) -> Errors:
    """Whether a guess has both the class and a box of it.

    Raises:
        UserError: an annotation cannot be read.
    """
    assert truth.things is not None
    firsts = [
        _first(row, truth.ids[index], truth.names, truth.things(index))
        for index, row in enumerate(rows)
        if index not in truth.blacklist
    ]
    return _counted(firsts)


def _first(row: Sequence[Guess], id: int, names: dict[int, str], things: Sequence[Thing]) -> int:
    """The place of the first right guess; ``MOST`` where none is."""
    boxes = [
        (thing.left, thing.top, thing.right, thing.bottom) for thing in things if thing.name == names[id]
    ]
    for place, guess in enumerate(row):
        guessed = guess.box
        if guess.id == id and guessed is not None and any(iou(guessed, box) >= ENOUGH for box in boxes):
            return place
    return MOST


def _counted(firsts: Sequence[int]) -> Errors:
    return Errors(len(firsts), tuple(sum(first > last for first in firsts) for last in range(MOST)))
