"""How far apart two classes are in the hierarchy, and how bad mistakes are by it.

The measure is that of the ImageNet challenge of 2010 and of Deng et al. (What does classifying more than
10,000 image categories tell us?, 2010): the height of the lowest common ancestor. The height of a synset is
the length of the longest way down to a class. With several parents, the ancestor that both have and whose
height is least counts. What is above no class is left out, so a synset is as high as the classes make it.
Above several roots one more is thought of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoo.errors import UserError
from zoo.synsets.hierarchy import Hierarchy

if TYPE_CHECKING:
    import numpy as np

PAIRS = 4096
"""Pairs that are looked at together: some megabytes."""


class Distances:
    """The distances between the classes ``wnids`` (any number of them) in a hierarchy.

    Raises:
        UserError: the hierarchy lacks one, or goes in a circle.
    """

    def __init__(self, hierarchy: Hierarchy, wnids: Sequence[str]) -> None:
        import numpy as np

        missing = [wnid for wnid in wnids if wnid not in hierarchy]
        if missing:
            raise UserError(f"{hierarchy.place}: there is no {missing[0]}, which is a class of the data")
        pruned = hierarchy.pruned(wnids)
        height = heights(pruned)
        order = sorted(height, key=lambda wnid: height[wnid])
        numbers = {wnid: number for number, wnid in enumerate(order)}
        top = [len(order)] if len(pruned.roots) > 1 else []
        above = [sorted(numbers[other] for other in pruned.above([wnid])) + top for wnid in wnids]
        self._above = np.full((len(wnids), max(map(len, above), default=0)), -1, np.int32)
        """[class, itself and its ancestors]: their numbers, the lowest first; -1 fills up."""
        for row, own in zip(self._above, above, strict=True):
            row[: len(own)] = own
        self.greatest = max(height.values(), default=0) + len(top)
        """The height of the root: what the worst mistake costs."""
        self._height = np.array([*(height[wnid] for wnid in order), *(self.greatest for _ in top)], np.int32)

    def between(self, first: "np.ndarray", second: "np.ndarray") -> "np.ndarray":
        """Distances between classes given by their numbers, 0 for a class and itself: int32.

        The arrays broadcast: labels [images, 1] and guesses [images, k] give [images, k].
        """
        import numpy as np

        first, second = np.broadcast_arrays(first, second)
        one, two = first.ravel(), second.ravel()
        found = np.empty(one.size, np.int32)
        for start in range(0, one.size, PAIRS):
            part = slice(start, start + PAIRS)
            a, b = self._above[one[part]], self._above[two[part]]
            shared = (a[:, :, None] == b[:, None, :]).any(2) & (a >= 0)
            lowest = np.take_along_axis(a, shared.argmax(1)[:, None], 1)[:, 0]
            found[part] = np.where(one[part] == two[part], 0, self._height[lowest])
        return found.reshape(first.shape)


@dataclass(frozen=True)
class Mistakes:
    """How bad the mistakes of a net are, in heights of lowest common ancestors."""

    severity: float
    """Mean distance of the first guess from the truth, over the images where it is wrong; nan where none is.

    The "hierarchical distance of a mistake" of Bertinetto et al. (Making better mistakes, 2020)."""
    at: tuple[float, ...]
    """At k - 1: mean distance of the first k guesses from the truth, over all images.

    The "average hierarchical distance of top-k" of Bertinetto et al.; the first, of top-1, is the
    hierarchical cost of Deng et al."""
    counts: tuple[int, ...]
    """At h: images whose first guess is at distance h."""


class MistakeCounter:
    """Sums up batch by batch what ``Mistakes`` says, of ``most`` guesses an image."""

    def __init__(self, distances: Distances, most: int) -> None:
        import numpy as np

        self.distances = distances
        self.images = 0
        self._sums = np.zeros(most, np.int64)
        """At k - 1: the distances of all images' kth guesses, added up."""
        self._counts = np.zeros(distances.greatest + 1, np.int64)

    def add(self, labels: "np.ndarray", guesses: "np.ndarray") -> None:
        """One batch: classes int [images], and guesses int [images, ``most``], the likeliest first."""
        import numpy as np

        found = self.distances.between(labels[:, None], guesses)
        self.images += len(found)
        self._sums += found.sum(0)
        self._counts += np.bincount(found[:, 0], minlength=len(self._counts))

    def result(self) -> Mistakes:
        """Of all batches so far; at least one image."""
        wrong = self.images - int(self._counts[0])  # no two classes are at distance 0
        severity = int(self._sums[0]) / wrong if wrong else float("nan")
        at = (int(total) / (self.images * k) for k, total in enumerate(self._sums.cumsum(), start=1))
        return Mistakes(severity, tuple(at), tuple(map(int, self._counts)))


def heights(hierarchy: Hierarchy) -> dict[str, int]:
    """The length of the longest way down from every synset; 0 where nothing is below.

    Raises:
        UserError: the hierarchy goes in a circle.
    """
    import networkx as nx

    try:
        order = list(nx.topological_sort(hierarchy.graph))
    except nx.NetworkXUnfeasible:
        circle = [parent for parent, _ in nx.find_cycle(hierarchy.graph)]
        names = " → ".join(f"{wnid} {hierarchy.name(wnid)}" for wnid in [*circle, circle[0]])
        raise UserError(f"{hierarchy.place}: synsets that are a kind of themselves: {names}") from None
    found: dict[str, int] = {}
    for wnid in reversed(order):
        found[wnid] = max((found[child] + 1 for child in hierarchy.graph.successors(wnid)), default=0)
    return found


def depths(hierarchy: Hierarchy) -> dict[str, int]:
    """The length of the longest way up from every synset; 0 for a root.

    Raises:
        UserError: the hierarchy goes in a circle.
    """
    flipped = Hierarchy(hierarchy.graph.reverse(copy=False), hierarchy.place)
    return heights(flipped)
