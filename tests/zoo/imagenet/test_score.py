"""Submissions and their scores, by hand and by the development kit's own rules."""

from pathlib import Path

import pytest

from zoo.boxes.annotation import Thing
from zoo.challenge.score import Truth, classification, localisation
from zoo.challenge.submission import Guess, read, write
from zoo.errors import UserError

# Six images. The things of each, as the annotations have them.
THINGS = [
    [Thing("n1", 0, 0, 9, 9)],
    [Thing("n2", 0, 0, 9, 9), Thing("n2", 50, 50, 59, 69)],  # two of them: either will do
    [Thing("n1", 0, 0, 9, 9)],
    [Thing("n3", 0, 0, 9, 9), Thing("n1", 20, 20, 29, 29)],  # a thing of another class
    [Thing("n1", 0, 0, 9, 9)],  # blacklisted
    [],  # nothing annotated: no box can be right
]
TRUTH = Truth([1, 2, 1, 3, 1, 2], {1: "n1", 2: "n2", 3: "n3"}, frozenset({4}), lambda index: THINGS[index])
GUESSES = """\
1 0 0 9 9 2 0 0 9 9
1 0 0 9 9 2 50 50 59 79 3 0 0 1 1
2 0 0 9 9 3 0 0 9 9 1 0 5 9 14 1 0 0 9 4
1 0 0 9 9 3 20 20 29 29
2 0 0 9 9
3 0 0 9 9 2 0 0 9 9
"""
# Row 2: the second guess has 20 of 30 rows, 200/300. Row 3: the class comes third with an overlap of 50/150,
# and fourth with 50/100, just enough. Row 4: the right class on the thing of another.
LOCALISED = (4, 3, 3, 2, 2)
CLASSIFIED = (5, 2, 1, 1, 1)


def write_text(folder: Path, text: str) -> Path:
    path = folder / "guesses.txt"
    path.write_text(text)
    return path


def test_localisation_by_hand(tmp_path: Path) -> None:
    rows = read(write_text(tmp_path, GUESSES))
    found = localisation(rows, TRUTH)
    assert found.images == 5, "one is blacklisted"
    assert found.wrong == LOCALISED
    assert found.error(5) == 2 / 5
    named = classification(rows, TRUTH)
    assert (named.images, named.wrong) == (6, CLASSIFIED), "the blacklist is for localisation alone"


def matlab(rows: list[list[Guess]], truth: Truth, most: int) -> float:
    """``eval_clsloc.m``, loop by loop: d is 1 for a wrong class, f for a box that overlaps too little."""
    total = 0.0
    for i, row in enumerate(rows):
        if i in truth.blacklist:
            continue
        assert truth.things is not None
        things = [thing for thing in truth.things(i) if thing.name == truth.names[truth.ids[i]]]
        errors = []
        for guess in row[:most]:
            d = guess.id != truth.ids[i]
            overlaps = []
            for thing in things:
                assert guess.box is not None
                left, top, right, bottom = guess.box
                width = min(right, thing.right) - max(left, thing.left) + 1
                height = min(bottom, thing.bottom) - max(top, thing.top) + 1
                overlap = 0.0
                if width > 0 and height > 0:
                    union = (right - left + 1) * (bottom - top + 1)
                    union += (thing.right - thing.left + 1) * (thing.bottom - thing.top + 1) - width * height
                    overlap = width * height / union
                overlaps.append(overlap)
            f = [overlap < 0.50 for overlap in overlaps] if not d else [True]
            errors.append(min((max(each, d) for each in f), default=True))
        total += min(errors)
    return total / (len(rows) - len(truth.blacklist))


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5])
def test_it_agrees_with_the_kits_program(tmp_path: Path, most: int) -> None:
    rows = read(write_text(tmp_path, GUESSES))
    assert localisation(rows, TRUTH).error(most) == matlab(rows, TRUTH, most)


def test_classification_counts_five_guesses(tmp_path: Path) -> None:
    path = write_text(tmp_path, "5 4 3 2 1\n2 1\n1\n9 8 7 6 3\n1,2,3\n9 9 9 9 9\n\n")
    found = classification(read(path), TRUTH)
    assert found.wrong == (3, 3, 3, 3, 1)
    assert found.wrong[0] == 3, "images 2, 3 and 5 are right at once"


def test_what_comes_after_the_fifth_is_ignored(tmp_path: Path) -> None:
    assert len(read(write_text(tmp_path, "1 2 3 4 5 6 7\n"), "classification")[0]) == 5
    assert len(read(write_text(tmp_path, " ".join(["1 0 0 9 9"] * 6) + "\n"))[0]) == 5


def test_five_numbers_are_five_classes_unless_it_is_said(tmp_path: Path) -> None:
    path = write_text(tmp_path, "1 2 3 4 5\n")
    assert [guess.id for guess in read(path)[0]] == [1, 2, 3, 4, 5]
    assert read(path, "localisation")[0] == [Guess(1, (2, 3, 4, 5))]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rows = [[Guess(7, (1, 1, 500, 375)), Guess(1000, (1, 1, 500, 375))], [Guess(2, (0, 0, 3, 4.5))]]
    write(tmp_path / "a.txt", rows)
    assert (tmp_path / "a.txt").read_text() == "7 1 1 500 375 1000 1 1 500 375\n2 0 0 3 4.5\n"
    assert read(tmp_path / "a.txt") == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2\n1 two\n", "line 2: 'two' is no number of a class or of a pixel"),
        ("1 2\n\n3\n", "line 2: empty; a line for each image is expected"),
        ("1 0 0 9 9 2\n", "line 1: 6 numbers; for localisation each guess has five"),
        ("1 0 0 9 9 2 9 0 0 9\n", "line 1: guess 2 has a box that ends before it begins: 9 0 0 9"),
        ("0\n", "line 1: 0 is no class: ids are whole numbers from 1 on"),
        ("1.5\n", "line 1: 1.5 is no class"),
        ("1\nnan\n", "line 2: 'nan' is no number"),
        ("1 " * 50000, "line 1: longer than 65,536 characters"),
    ],
)
def test_malformed_lines_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        read(write_text(tmp_path, text))
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)
