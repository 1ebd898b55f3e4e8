"""Heights of lowest common ancestors, and the measures of mistakes made of them."""

import itertools
import math

import networkx as nx
import numpy as np
import pytest

from zoo.errors import UserError
from zoo.synsets.distance import Distances, MistakeCounter, depths, heights
from zoo.synsets.hierarchy import Hierarchy, made

# animal ─ dog ─ working dog ─ husky      and a poodle is a dog, a tabby a cat,
#        └ pet ┘ └ poodle └ boxer         both cats and dogs are pets
EDGES = [
    ("entity", "animal"), ("entity", "thing"), ("thing", "cup"), ("animal", "canine"), ("animal", "pet"),
    ("canine", "dog"), ("pet", "dog"), ("dog", "working dog"), ("dog", "poodle"), ("working dog", "husky"),
    ("working dog", "boxer"), ("pet", "cat"), ("cat", "tabby"), ("animal", "unused"), ("unused", "lower"),
    ("lower", "lowest"),
]  # fmt: skip
CLASSES = ["husky", "boxer", "poodle", "tabby", "cup"]


def hierarchy(edges: list[tuple[str, str]] = EDGES) -> Hierarchy:
    names = dict.fromkeys(name for edge in edges for name in edge)
    return made([(name, [name], "") for name in names], edges, "test")


def between(classes: list[str], one: str, two: str) -> int:
    return int(Distances(hierarchy(), classes).between(classes.index(one), classes.index(two)))


def test_heights_and_depths_take_the_longest_way() -> None:
    found = heights(hierarchy().pruned(CLASSES))
    assert (found["husky"], found["working dog"], found["dog"], found["pet"], found["entity"]) == (
        0,
        1,
        2,
        3,
        5,
    )
    assert "unused" not in found
    assert depths(hierarchy())["dog"] == 3
    assert depths(hierarchy())["cat"] == 3


def test_the_lowest_common_ancestor_counts() -> None:
    assert between(CLASSES, "husky", "husky") == 0
    assert between(CLASSES, "husky", "boxer") == 1
    assert between(CLASSES, "poodle", "boxer") == 2
    assert between(CLASSES, "tabby", "husky") == 3  # both are pets, which is lower than animal
    assert between(CLASSES, "tabby", "cup") == 5


def test_a_class_that_is_above_another() -> None:
    assert between([*CLASSES, "dog"], "dog", "husky") == 2
    assert between([*CLASSES, "dog"], "dog", "dog") == 0


def test_any_shape_of_classes() -> None:
    own = Distances(hierarchy(), CLASSES)
    found = own.between(np.array([[0], [3]]), np.array([[0, 1, 2], [3, 4, 0]]))
    assert found.tolist() == [[0, 1, 2], [0, 5, 3]]
    assert own.greatest == 5


def test_several_roots_have_one_above_them() -> None:
    edges = [("a", "b"), ("b", "c"), ("x", "y")]
    own = Distances(hierarchy(edges), ["c", "y"])
    assert (int(own.between(0, 1)), own.greatest) == (3, 3)


def test_circles_and_missing_classes_are_named() -> None:
    with pytest.raises(UserError, match=r"kind of themselves: .* → "):
        Distances(hierarchy([*EDGES, ("husky", "dog")]), CLASSES)
    with pytest.raises(UserError, match="there is no wolf, which is a class of the data"):
        Distances(hierarchy(), ["husky", "wolf"])


def test_mistakes_are_summed_up_over_batches() -> None:
    counter = MistakeCounter(Distances(hierarchy(), CLASSES), 2)
    counter.add(np.array([0, 0]), np.array([[0, 1], [1, 0]]))  # right, then a boxer for a husky
    counter.add(np.array([3]), np.array([[4, 3]]))  # a cup for a tabby
    found = counter.result()
    assert found.severity == (1 + 5) / 2
    assert found.at == ((0 + 1 + 5) / 3, ((0 + 1) + (1 + 0) + (5 + 0)) / 6)
    assert found.counts == (1, 1, 0, 0, 0, 1)


def test_without_a_mistake_there_is_no_severity() -> None:
    counter = MistakeCounter(Distances(hierarchy(), CLASSES), 1)
    counter.add(np.array([0]), np.array([[0]]))
    assert math.isnan(counter.result().severity)


def test_wordnet_against_ancestors_by_networkx(nouns: Hierarchy) -> None:
    """The definition, word for word, on ninety real synsets, many with several parents."""
    rng = np.random.default_rng(0)
    many = sorted(wnid for wnid in nouns.graph if len(nouns.parents(wnid)) > 1)
    every = sorted(nouns.graph)
    classes = sorted(
        {str(w) for w in (*rng.choice(many, 45), *rng.choice(every, 45), "n02084071", "n02110185")}
    )
    pruned = nx.DiGraph(
        nouns.graph.subgraph({a for c in classes for a in (c, *nx.ancestors(nouns.graph, c))})
    )
    longest = {node: nx.dag_longest_path_length(pruned.subgraph({node, *nx.descendants(pruned, node)}))
               for node in pruned}  # fmt: skip
    above = {c: {c, *nx.ancestors(pruned, c)} for c in classes}
    pairs = list(itertools.combinations(range(len(classes)), 2))
    expected = [min(longest[a] for a in above[classes[i]] & above[classes[j]]) for i, j in pairs]
    first, second = np.array(pairs).T
    assert Distances(nouns, classes).between(first, second).tolist() == expected
