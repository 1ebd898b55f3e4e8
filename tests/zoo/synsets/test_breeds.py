"""Balanced superclasses and their halves, next to what the authors' program gives."""

from pathlib import Path

import pytest

from zoo.synsets import breeds, pairs
from zoo.synsets.hierarchy import Hierarchy

UNDER = {"A": [f"a{i}" for i in range(9)], "B": [f"b{i}" for i in range(6)], "C": [f"c{i}" for i in range(4)]}
KINDS = {"A": (5, 3, 1), "B": (3, 3), "C": (1, 1, 1, 1)}


@pytest.fixture
def hierarchy(tmp_path: Path) -> Hierarchy:
    """Three superclasses, whose classes are of one to four kinds; B has one child, which branches."""
    lines = ["root A", "root B", "root C", "B B0"]
    for top, sizes in KINDS.items():
        names = iter(UNDER[top])
        for kind, size in enumerate(sizes):
            lines.append(f"{'B0' if top == 'B' else top} {top}-{kind}")
            lines += [f"{top}-{kind} {next(names)}" for _ in range(size)]
    (tmp_path / "pairs.txt").write_text("\n".join(lines))
    return pairs.read(tmp_path / "pairs.txt")


REFERENCE = {
    "rand": {
        "A": (["a1", "a4"], ["a2", "a6"]),
        "B": (["b0", "b5"], ["b3", "b4"]),
        "C": (["c0", "c1"], ["c2", "c3"]),
    },
    "good": {
        "A": (["a0", "a1"], ["a2", "a3"]),
        "B": (["b0", "b3"], ["b1", "b2"]),
        "C": (["c0", "c1"], ["c2", "c3"]),
    },
    "bad": {
        "A": (["a0", "a1"], ["a5", "a6"]),
        "B": (["b0", "b1"], ["b3", "b4"]),
        "C": (["c0", "c2"], ["c1", "c3"]),
    },
    None: {"A": ["a1", "a2", "a4", "a6"], "B": ["b0", "b3", "b4", "b5"], "C": ["c0", "c1", "c2", "c3"]},
}


@pytest.mark.parametrize("how", ["rand", "good", "bad"])
def test_the_halves_of_the_authors_program(hierarchy: Hierarchy, how: str) -> None:
    """robustness.tools.breeds_helpers, ``get_superclasses(level=1, Nsubclasses=4, split=how)``, seed 2."""
    found = breeds.split(hierarchy, UNDER, 4, how, 2)
    assert {top: tuple(map(sorted, both)) for top, both in found.items()} == REFERENCE[how]


def test_the_sample_of_the_authors_program(hierarchy: Hierarchy) -> None:
    assert {top: sorted(own) for top, own in breeds.sample(UNDER, 4, 2).items()} == REFERENCE[None]


@pytest.mark.parametrize("how", ["rand", "good", "bad"])
@pytest.mark.parametrize("number", [2, 4, 6, 8, None])
def test_halves_are_equal_and_apart(hierarchy: Hierarchy, how: str, number: int | None) -> None:
    for seed in range(5):
        found = breeds.split(hierarchy, UNDER, number, how, seed)
        assert list(found) == [top for top, own in UNDER.items() if len(own) >= (number or 2)]
        for top, (source, target) in found.items():
            both = number or len(UNDER[top]) // 2 * 2
            assert len(source) == len(target) == both // 2
            assert len({*source, *target}) == both
            assert {*source, *target} <= {*UNDER[top]}


def test_good_halves_share_kinds_and_bad_ones_do_not(hierarchy: Hierarchy) -> None:
    def kinds(half: list[str]) -> set[str]:
        return {hierarchy.parents(wnid)[0] for wnid in half}

    good, bad = (breeds.split(hierarchy, {"B": UNDER["B"]}, 6, how, 0)["B"] for how in ("good", "bad"))
    assert kinds(good[0]) == kinds(good[1]) == {"B-0", "B-1"}
    assert (kinds(bad[0]), kinds(bad[1])) == ({"B-0"}, {"B-1"})


def test_the_number_by_rule() -> None:
    assert breeds.balanced_number(UNDER) == 4
    assert breeds.balanced_number({"A": ["a"] * 7, "B": ["b"] * 5}) == 4
    assert breeds.balanced_number({"A": ["a"], "B": ["b"] * 5}) == 2
