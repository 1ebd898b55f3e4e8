"""Options that choose among the classes of a data set by WordNet.

They are for any data set whose classes are wnids: ``data=imagenet``, and folders or shards by wnid.
``zoo.synsets.select`` does what they say.
"""

from dataclasses import dataclass

from zoo.data.base import DataOptions
from zoo.options import option


@dataclass(frozen=True)
class ChoiceOptions(DataOptions):
    """Which classes to take, and which synsets to take them for."""

    synsets: str | None = option(
        None,
        "the hierarchy of classes that are wnids: the folder of WordNet 3.0, meta.mat or wordnet.is_a.txt; "
        "null looks in data.root and where WordNet is installed",
        path=True,
    )
    subtree: tuple[str, ...] = option((), "take the classes at and below these synsets: names or wnids")
    superclasses: tuple[str, ...] = option(
        (), "classify by these synsets: each image is of the one that its class is a kind of"
    )
    superclass_depth: int | None = option(
        None, "classify by all synsets so many steps below the root, by the longest way", low=0
    )
    shared: str = option("error", "what happens to classes of two superclasses", choices=("error", "drop"))
    subclasses: int | None = option(
        None, "take so many classes of each superclass, and no superclass with fewer", low=1
    )
    balanced: bool = option(
        False, "take as many classes of each superclass as the smallest one has, an even number"
    )
    domain: str = option(
        "all",
        "which half of each superclass's classes to take, as BREEDS does to test on classes never seen",
        choices=("all", "source", "target"),
    )
    domain_split: str = option(
        "rand",
        "how the halves are made: at random, alike (good) or unlike (bad)",
        choices=("rand", "good", "bad"),
    )
    subclass_seed: int = option(
        2, "which classes are taken; 2 is what BREEDS took; apart from the run's seed", low=0, high=2**32 - 1
    )
