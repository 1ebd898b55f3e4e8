"""``zoo data`` shows what is in a data set, and its pictures."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from zoo import commands
from zoo.command_folder import summary
from zoo.commands import data
from zoo.sheet import CELL, GAP, plan


def squeezed(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_digits(zoo: Callable) -> None:
    ran = zoo("data")
    assert ran.code == 0
    lines = squeezed(ran.out)
    assert lines[0] == "digits: 10 classes, grey"
    assert lines[1] == "training 1,437 images, 139 to 146 a class (mean 143.7)"
    assert "8×8 pixels" in lines
    counts = np.bincount(load_digits().target)
    rows = {line.split()[0]: list(map(int, line.split()[1:])) for line in lines[8:18]}
    assert [sum(rows[str(digit)]) for digit in range(10)] == counts.tolist()
    assert lines[-1] == "digits.png: pictures, 9 of each class"
    with Image.open("digits.png") as image:
        assert image.width > 9 * CELL
        assert image.height == 10 * (CELL + GAP) + GAP


def test_photographs_of_many_sizes_with_broken_ones(zoo: Callable, photos: Path, tmp_path: Path) -> None:
    for i in range(7):
        (photos / "red" / f"bad{i}.png").write_bytes(b"nothing")
    ran = zoo("data", "data=imagefolder", f"data.root={photos}", "-o", "sheet.svg")
    lines = squeezed(ran.out)
    assert lines[0] == "imagefolder: 3 classes, colour"
    assert any("cannot be read" in line for line in lines)
    assert sum("broken image: not an image" in line for line in lines) >= 5
    assert any(line.startswith("red 14 2") for line in lines)
    assert any("pixels (width × height), median" in line for line in lines)
    text = Path("sheet.svg").read_text(encoding="utf-8")
    assert "<image" in text
    assert ran.code == 0


def test_the_pictures_are_the_data_sets(zoo: Callable, photos: Path) -> None:
    zoo("data", "data=imagefolder", f"data.root={photos}", "--split", "train")
    with Image.open("imagefolder.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    left = pixels.shape[1] - 9 * (CELL + GAP)
    for row, colour in enumerate(((30, 40, 200), (30, 180, 40), (200, 30, 30))):  # blue, green, red
        top = GAP + row * (CELL + GAP)
        for column in range(8):  # a ninth is held out for validation
            start = left + column * (CELL + GAP)
            found = pixels[top + 20 : top + CELL - 20, start + 20 : start + CELL - 20].mean(axis=(0, 1))
            assert np.abs(found - colour).max() < 12


def test_many_classes_have_one_picture_each() -> None:
    labels = [label for label in range(500) for _ in range(3)]
    made = plan(labels, [f"a long name of class {label}" for label in range(500)])
    assert len(made.cells) == 180
    assert len({labels[cell.index] for cell in made.cells}) == 180
    assert len({(cell.row, cell.column) for cell in made.cells}) == 180
    assert made.about == "one of 180 of the 500 classes"
    assert not made.names
    few = plan(labels[:90], [str(label) for label in range(30)])
    assert (len(few.cells), few.about) == (30, "one of each class")


def test_classes_without_pictures_keep_their_row() -> None:
    made = plan([0] * 20 + [2] * 3, ["a", "b", "c"])
    assert [cell.row for cell in made.cells] == [0] * 9 + [2] * 3
    assert len({cell.index for cell in made.cells}) == 12


def test_most_and_fewest_of_many_classes(zoo: Callable) -> None:
    ran = zoo("data", "data=fake", "data.count=900", "data.classes=60", "data.size=16")
    lines = squeezed(ran.out)
    assert "… 40 classes between those with most images and those with fewest" in lines
    at = lines.index("class training validation") + 1
    totals = [sum(map(int, line.split()[1:])) for line in lines[at : at + 10]]
    assert totals == sorted(totals, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "sheet.gif"), "-o sheet.gif: a file ending in .png, .svg, .pdf is expected"),
        (("-o", "no/sheet.png"), "-o no/sheet.png: there is no folder no"),
        (("data=cifar",), "data=cifar: no such choice; did you mean data=cifar10?"),
        (("data=imagefolder",), "data=imagefolder needs a folder"),
    ],
)
def test_mistakes_are_one_line(zoo: Callable, arguments: tuple[str, ...], message: str) -> None:
    ran = zoo("data", *arguments)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err


def test_help_and_completion(zoo: Callable) -> None:
    assert "  imagefolder   Your own images" in zoo("data", "--help").out
    assert "data.root=" in commands.complete(["data", "data=mnist"], "data.r")
    assert "data=fashion-mnist" in commands.complete(["data"], "data=f")
    assert commands.complete(["data", "show", "--split"], "") == ["train", "val"]
    assert "show" in commands.complete(["data"], "")
    assert "show" not in commands.complete(["data", "data=mnist"], "")
    assert all(word.startswith(("data", "-")) for word in commands.complete(["data", "show"], ""))


def test_every_command_of_data_answers_for_help(zoo: Callable) -> None:
    out = zoo("data", "--help").out
    for name in data.FOLDER.names():
        assert f"zoo data {name}" in out
        assert summary(data.FOLDER.load(name)) in out
        ran = zoo("data", name, "--help")
        assert (ran.code, ran.out[:6]) == (0, "usage:")


def test_an_unknown_command_of_data(zoo: Callable) -> None:
    ran = zoo("data", "shwo")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "there is no command zoo data shwo; did you mean show?" in ran.err
