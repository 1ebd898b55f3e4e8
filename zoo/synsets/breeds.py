"""The classes of each superclass, balanced and split into two domains as BREEDS does.

Santurkar, Tsipras, Madry: BREEDS: Benchmarks for Subpopulation Shift, 2020. A net learns superclasses from
one half of their classes, the source, and is tested on the other half, the target. The same hierarchy and the
same seed give the same halves as the authors' program.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zoo.synsets.hierarchy import Hierarchy

if TYPE_CHECKING:
    import numpy as np

Halves = tuple[list[str], list[str]]


def balanced_number(under: Mapping[str, Sequence[str]]) -> int:
    """How many classes every superclass can give: an even number, and two at least."""
    least = min(map(len, under.values()), default=0)
    return max(2, least - least % 2)


def sample(under: Mapping[str, Sequence[str]], number: int, seed: int) -> dict[str, list[str]]:
    """``number`` classes of each superclass, at random; superclasses with fewer are left out."""
    import numpy as np

    rng = np.random.RandomState(seed)
    return {
        top: list(map(str, rng.choice(sorted(own), number, replace=False)))
        for top, own in under.items()
        if len(own) >= number
    }


def split(
    hierarchy: Hierarchy, under: Mapping[str, Sequence[str]], number: int | None, how: str, seed: int
) -> dict[str, Halves]:
    """The source and target halves of each superclass, ``number`` classes together (even; None is all).

    ``how`` is ``rand``; ``good``, where classes of one kind are in both halves; or ``bad``, where as few as
    can be are. Superclasses with fewer classes than ``number``, or than two, are left out.
    """
    import numpy as np

    rng = np.random.RandomState(seed)
    found: dict[str, Halves] = {}
    for top, own in under.items():
        both = len(own) - len(own) % 2 if number is None else number
        if 2 <= both <= len(own):
            kinds = _kinds(hierarchy, top, own)
            found[top] = _at_random(kinds, both, rng) if how == "rand" else _by_kind(kinds, both // 2, how)
    return found


def _kinds(hierarchy: Hierarchy, top: str, own: Sequence[str]) -> list[list[str]]:
    """The classes by the first branching below ``top``, the largest branch first; each class once."""
    pruned = hierarchy.pruned(own)
    children = sorted(pruned.children(top))
    while len(children) == 1:
        top = children[0]
        children = sorted(pruned.children(top))
    left = set(own)
    kinds: list[list[str]] = []
    for child in children:
        kinds.append(sorted(left & pruned.below(child)))
        left -= pruned.below(child)
    kinds += [[wnid] for wnid in sorted(left)]  # a superclass that is a class itself
    return sorted(filter(None, kinds), key=lambda kind: -len(kind))


def _at_random(kinds: Sequence[Sequence[str]], both: int, rng: "np.random.RandomState") -> Halves:
    chosen = list(map(str, rng.choice(sorted(wnid for kind in kinds for wnid in kind), both, replace=False)))
    return chosen[: both // 2], chosen[both // 2 :]


def _by_kind(kinds: Sequence[Sequence[str]], half: int, how: str) -> Halves:
    source: list[str] = []
    target: list[str] = []
    for kind in kinds:
        room = half - len(source), half - len(target)
        if how == "good":
            first = min(len(kind) // 2 if len(kind) > 1 else 1, room[0])
            source += kind[:first]
            target += kind[first : first + room[1]]
        elif room[0] and len(source) <= len(target):
            source += kind[: room[0]]
        else:
            target += kind[: room[1]]
    used = {*source, *target}
    spare = [wnid for kind in kinds for wnid in kind if wnid not in used]
    missing = half - len(source)
    source += spare[:missing]
    target += spare[missing : missing + half - len(target)]
    return source, target
