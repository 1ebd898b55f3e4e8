"""The subtrees that statistics are told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zoo.errors import UserError
from zoo.synsets import find, names
from zoo.synsets.hierarchy import Hierarchy, wnids_of

USUAL = (
    "n01627424", "n00015388", "n02729837", "n01503061", "n03122748", "n03183080", "n03309808", "n02512053",
    "n11669921", "n00021265", "n13134947", "n12992868", "n03405725", "n09287968", "n01905661", "n01861778",
    "n03800933", "n00007846", "n00017222", "n01661091", "n00523513", "n04341686", "n04451818", "n13104059",
    "n04516672", "n07707451", "n04524313",
)  # fmt: skip
"""Those of the statistics on ImageNet's own site, from amphibian to vehicle; a class may be in several."""
AUTO = "subtree"


@dataclass(frozen=True)
class Subtree:
    """A synset by its name, and the numbers of the classes at and below it."""

    name: str
    wnid: str
    classes: list[int]


def subtrees(by: str, classes: Sequence[str], options: Any) -> list[Subtree]:
    """The subtrees that ``by`` names, with commas between: words or wnids, or ``subtree`` for the usual ones.

    Without the usual ones, which have no classes here.

    Raises:
        UserError: the classes are no wnids, there is no hierarchy, or a name is unknown or ambiguous.
    """
    wnids = wnids_of(classes)
    if wnids is None:
        raise UserError(
            f"--by {by}: the classes, as {classes[0]}, are no wnids, which have a place in the tree"
        )
    hierarchy = find.of_data(options, wnids)
    if by == AUTO:
        tops = [wnid for wnid in USUAL if wnid in hierarchy]
    else:
        tops = [
            names.resolve(hierarchy, name.strip(), "--by", wnids) for name in by.split(",") if name.strip()
        ]
    made = [_subtree(hierarchy, top, wnids) for top in tops]
    found = [own for own in made if own.classes or by != AUTO]
    if not found:
        raise UserError(f"--by {by}: the data has classes in none of the usual subtrees; name some")
    return found


def _subtree(hierarchy: Hierarchy, top: str, wnids: Sequence[str]) -> Subtree:
    below = hierarchy.below(top)
    return Subtree(hierarchy.name(top), top, [i for i, wnid in enumerate(wnids) if wnid in below])
