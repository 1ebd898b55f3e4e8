"""From a general synset down to a special one, and the images that show each step."""

import zlib
from collections.abc import Iterator, Sequence

from zoo.data.base import Split
from zoo.errors import UserError
from zoo.synsets.hierarchy import Hierarchy

SUBTREES = (
    "n01861778",  # mammal
    "n01503061",  # bird
    "n02512053",  # fish
    "n01661091",  # reptile
    "n01627424",  # amphibian
    "n04524313",  # vehicle
    "n03405725",  # furniture
    "n03800933",  # musical instrument
    "n09287968",  # geological formation
    "n04451818",  # tool
    "n11669921",  # flower
    "n13134947",  # fruit
)
"""The roots of the twelve subtrees that ImageNet began with, where branches begin: Deng et al., ImageNet: A
large-scale hierarchical image database, 2009."""


def branch(hierarchy: Hierarchy, wnid: str, top: str | None) -> list[str]:
    """The synsets from ``top`` down to ``wnid``, both included.

    Without ``top`` it begins at the nearest root of the twelve subtrees, else at the root of the hierarchy.
    Of several ways up, that by the first parents is taken if it leads there, and else the shortest.

    Raises:
        UserError: ``wnid`` is no kind of ``top``.
    """
    import networkx as nx

    way = _by_first_parents(hierarchy, wnid)
    if top is None:
        top = next((above for above in way[1:] if above in SUBTREES), None) or _above(hierarchy, wnid)
        top = top or way[-1]
    if top in way:
        return way[way.index(top) :: -1]
    if top not in hierarchy.above([wnid]):
        names = [f"{one} {hierarchy.name(one)}" for one in (wnid, top)]
        raise UserError(f"--from: {names[0]} is no kind of {names[1]}")
    return list(nx.shortest_path(hierarchy.graph, top, wnid))


class Sampler:
    """Draws images for synsets: of as many classes below each as there are, always the same for a seed."""

    def __init__(self, hierarchy: Hierarchy, split: Split, wnids: Sequence[str], seed: int) -> None:
        import numpy as np

        self.hierarchy = hierarchy
        self.seed = seed
        labels = np.asarray(split.labels, np.int64)
        order = np.argsort(labels, kind="stable")
        ends = np.searchsorted(labels[order], np.arange(len(wnids) + 1))
        self._images = {
            wnid: order[ends[number] : ends[number + 1]]
            for number, wnid in enumerate(wnids)
            if ends[number] < ends[number + 1]
        }

    def count(self, wnid: str) -> int:
        """The images at and below a synset."""
        return sum(len(self._images.get(below, ())) for below in self.hierarchy.below(wnid))

    def draw(self, wnid: str) -> Iterator[int]:
        """All images at and below a synset, one of each class in turn, in a random order."""
        import numpy as np

        rng = np.random.default_rng([self.seed, zlib.crc32(wnid.encode())])
        classes = sorted(self.hierarchy.below(wnid) & self._images.keys())
        turns = [iter(rng.permutation(self._images[classes[at]])) for at in rng.permutation(len(classes))]
        while turns:
            left = []
            for images in turns:
                index = next(images, None)
                if index is not None:
                    yield int(index)
                    left.append(images)
            turns = left


def _by_first_parents(hierarchy: Hierarchy, wnid: str) -> list[str]:
    way = [wnid]
    while (above := hierarchy.parents(way[-1])) and above[0] not in way:
        way.append(above[0])
    return way


def _above(hierarchy: Hierarchy, wnid: str) -> str | None:
    """The nearest root of a subtree that is above it by any way."""
    import networkx as nx

    steps = nx.single_source_shortest_path_length(hierarchy.graph.reverse(copy=False), wnid)
    roots = [root for root in SUBTREES if root in steps and root != wnid]
    return min(roots, key=lambda root: int(steps[root]), default=None)
