"""Intervals, calibration, and errors by subtree, by hand."""

import csv
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from zoo.answers import Answers
from zoo.calibration import calibration
from zoo.class_table import write_subtrees
from zoo.findings import tree_distance
from zoo.intervals import wilson
from zoo.synsets.hierarchy import made

TREE = {"n1": ("n2", "n3"), "n2": ("cat", "dog"), "n3": ("car",)}
WNIDS = ("car", "cat", "dog")


def answers(labels: list[int], first: list[int], confidence: list[float] | None = None) -> Answers:
    """Three classes; the other guesses follow in turn."""
    guesses = np.array([[guess, (guess + 1) % 3] for guess in first])
    sure = np.array(confidence or [0.5] * len(first))
    return Answers(np.array(labels), guesses, sure, np.ones((len(first), 2), np.int64))


@pytest.mark.parametrize(("wrong", "images"), [(0, 10), (3, 10), (10, 10), (11923, 50000), (1, 1)])
def test_intervals_are_those_of_scipy(wrong: int, images: int) -> None:
    theirs = scipy.stats.binomtest(wrong, images).proportion_ci(0.95, "wilson")
    assert wilson(wrong, images) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert wilson(0, 0) == (0.0, 1.0)


def test_calibration_by_hand() -> None:
    """Bins are open below and closed above: 0.2 = 3/15 is in the third."""
    found = calibration(np.array([0.2, 0.19, 0.95, 1.0]), np.array([True, False, True, True]))
    third, last = found.bins[2], found.bins[14]
    assert (third.images, third.accuracy, third.confidence) == (2, 0.5, pytest.approx(0.195))
    assert (last.images, last.accuracy, last.confidence) == (2, 1.0, pytest.approx(0.975))
    assert found.ece == pytest.approx(0.5 * 0.305 + 0.5 * 0.025)
    assert calibration(np.array([1.0, 1.0]), np.array([True, True])).ece == 0.0


def hierarchy():  # type: ignore[no-untyped-def]
    nodes = [*TREE, *WNIDS]
    edges = [(parent, child) for parent, below in TREE.items() for child in below]
    return made([(node, (), "") for node in nodes], edges, "by hand")


def test_errors_by_subtree(tmp_path: Path) -> None:
    """Of two cats one is a dog to the net, of two dogs one a car, the car is right."""
    found = answers([1, 1, 2, 2, 0], [1, 2, 2, 0, 0])
    write_subtrees(tmp_path / "a.csv", WNIDS, hierarchy(), found)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("wnid", "classes", "images", "top1_wrong", "top5_wrong", "left", "left_error")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("n1", "3", "5", "2", "2", "0", "0.0"),
        ("n2", "2", "4", "2", "2", "1", "0.25"),
        ("n3", "1", "1", "0", "0", "0", "0.0"),
    ]


def test_mistakes_in_the_tree() -> None:
    found = tree_distance(hierarchy(), WNIDS, answers([1, 1, 2, 2, 0], [1, 2, 2, 0, 0]))
    assert found["severity"] == 1.5, "a dog for a cat is 1, a car for a dog is 2"
    assert found["images_at"] == [3, 1, 1]
    assert tree_distance(hierarchy(), WNIDS, answers([0], [0]))["severity"] is None
