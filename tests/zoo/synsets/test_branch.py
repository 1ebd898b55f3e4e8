"""``zoo data branch``: the way down the tree, and a picture of it."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo import commands
from zoo.data.imagefolder import ImageFolder, ImageFolderOptions
from zoo.images.picture import Pixels
from zoo.synsets.branch_sheet import DPI, EMPTY, MARGIN, WIDTH, _fit
from zoo.synsets.branches import SUBTREES, Sampler, branch
from zoo.synsets.hierarchy import Hierarchy

HUSKY, TRIMARAN, TABBY = "n02109961", "n04483307", "n02123045"


def names(hierarchy: Hierarchy, wnid: str, top: str | None = None) -> list[str]:
    return [hierarchy.name(step) for step in branch(hierarchy, wnid, top)]


def test_the_branches_of_the_paper(nouns: Hierarchy) -> None:
    """Figure 1 of Deng et al. 2009, by WordNet 3.0: its mammal and its vehicle branch."""
    assert names(nouns, HUSKY) == [
        "mammal", "placental", "carnivore", "canine", "dog", "working dog", "Eskimo dog",
    ]  # fmt: skip
    assert names(nouns, TRIMARAN) == ["vehicle", "craft", "vessel", "sailing vessel", "sailboat", "trimaran"]


def test_the_subtrees_are_those_of_the_paper(nouns: Hierarchy) -> None:
    assert [nouns.name(wnid) for wnid in SUBTREES] == [
        "mammal", "bird", "fish", "reptile", "amphibian", "vehicle", "furniture", "musical instrument",
        "geological formation", "tool", "flower", "fruit",
    ]  # fmt: skip


def test_other_beginnings(nouns: Hierarchy) -> None:
    assert names(nouns, HUSKY, "n02084071") == ["dog", "working dog", "Eskimo dog"]
    assert names(nouns, HUSKY, HUSKY) == ["Eskimo dog"]
    by_the_other_parent = names(nouns, HUSKY, "n01317541")
    assert by_the_other_parent == ["domestic animal", "dog", "working dog", "Eskimo dog"]
    whole = names(nouns, "n07930864")  # a cup is in none of the twelve
    assert (whole[0], whole[-1]) == ("entity", "cup")
    assert names(nouns, "n01861778")[0] == "entity"  # the root of a subtree itself
    for wnid in (HUSKY, TRIMARAN, "n07930864"):
        way = branch(nouns, wnid, "n00001740")
        assert all(nouns.graph.has_edge(*pair) for pair in itertools.pairwise(way))


def test_images_are_of_as_many_classes_as_can_be(nouns: Hierarchy, by_wnid: Path) -> None:
    data = ImageFolder(ImageFolderOptions(root=str(by_wnid))).open()
    sampler = Sampler(nouns, data.train, data.classes, 0)
    drawn = list(sampler.draw("n01861778"))
    classes = [data.classes[data.train.labels[index]] for index in drawn]
    assert len(set(classes[:5])) == len(set(classes)) == 5
    assert len(set(drawn)) == len(drawn) == sampler.count("n01861778")
    assert list(sampler.draw("n01861778")) == drawn
    assert list(Sampler(nouns, data.train, data.classes, 1).draw("n01861778")) != drawn
    assert list(sampler.draw("n02512053")) == []


def test_long_branches_go_on_in_the_next_line() -> None:
    for lengths, columns in (([7], 7), ([8], 4), ([5, 7], 7), ([16], 6), ([1], 1)):
        found, side = _fit(lengths)
        assert found == columns
        assert side >= 0.7  # inches; names below are legible then
        assert found * side < WIDTH


def blank(pixels: np.ndarray) -> np.ndarray:
    grey = np.array([int(EMPTY[i : i + 2], 16) for i in (1, 3, 5)])
    return np.abs(pixels.astype(int) - grey).max(-1) < 2


def test_the_picture(zoo: Callable, by_wnid: Path) -> None:
    """The tabby's four images fill four of the nine places, and the hunting dog has none at all."""
    given = ("data=imagefolder", f"data.root={by_wnid}", "data.val_share=0.01", "-o", "branch.png")
    ran = zoo("data", "branch", "tabby", "hunting dog", *given)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "mammal → placental → carnivore → feline → cat → domestic cat → tabby",
        "mammal → placental → carnivore → canine → dog → hunting dog",
        "branch.png",
    ]
    with Image.open("branch.png") as image:
        pixels = np.asarray(image.convert("RGB"))
    assert pixels.shape[1] == WIDTH * DPI
    side = round(_fit([7, 6])[1] * DPI)
    edge, arrow = round(MARGIN * DPI), round(0.2 * DPI)
    grids = [pixels[edge : edge + side, x : x + side] for x in (edge + i * (side + arrow) for i in range(7))]
    assert [round(9 * blank(grid).mean()) for grid in grids] == [0, 0, 0, 3, 3, 3, 5]
    below = pixels[pixels.shape[0] // 2 :]
    last = below[:, edge + 5 * (side + arrow) : edge + 5 * (side + arrow) + side]
    assert blank(last).any(axis=1).sum() >= side - 2
    assert (~blank(last[blank(last).any(axis=1)])).any()  # the words in it


def test_broken_images_are_passed_over(zoo: Callable, by_wnid: Path, tmp_path: Path) -> None:
    for wnid in (TABBY, HUSKY):
        (tmp_path / "some" / wnid).mkdir(parents=True)
        for file in sorted((by_wnid / wnid).glob("*.jpg")):
            (tmp_path / "some" / wnid / file.name).write_bytes(file.read_bytes())
        (tmp_path / "some" / wnid / "bad.jpg").write_bytes(b"nothing")
    given = ("data=imagefolder", f"data.root={tmp_path / 'some'}", "--from", "cat", "-o", "branch.svg")
    ran = zoo("data", "branch", TABBY, *given)
    assert (ran.code, ran.err) == (0, "")
    text = Path("branch.svg").read_text(encoding="utf-8")
    assert [word for word in ("cat", "domestic cat", "tabby") if f">{word}</text>" in text] == [
        "cat", "domestic cat", "tabby",
    ]  # fmt: skip
    assert text.count("<image") == 3


def test_grey_pictures() -> None:
    from zoo.synsets.branch_sheet import _squares

    class Grey:
        labels = (0,)

        def picture(self, index: int) -> Pixels:
            return Pixels(np.full((4, 6, 1), 100, np.uint8))

    class One:
        def draw(self, wnid: str) -> list[int]:
            return [0]

    (square,) = _squares(Grey(), One(), "n00001740", 8)  # type: ignore[arg-type]
    assert square.shape == (8, 8, 3)
    assert (square == 100).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "zoo data branch needs a synset: zoo data branch husky data=imagenet data.root=…"),
        (("husky",), "zoo data branch draws images of a data set: data=imagenet data.root=path/to/imagenet"),
        (("husky", "data=digits", "-o", "a.gif"), "-o a.gif: a file ending in .png, .svg, .pdf is expected"),
        (("husky", "data=digits", "-o", "no/a.png"), "-o no/a.png: there is no folder no"),
        (("husky", "data=digits", "--seed", "-1"), "--seed -1: must be at least 0"),
        (("husky", "data=digits"), "data=digits: its classes, as 0, have no place in the tree"),
        (("huskey", "DATA"), "synset=huskey: no synset of that name in "),
        (
            ("husky", "--from", "vehicle", "DATA"),
            "--from: n02109961 Eskimo dog is no kind of n04524313 vehicle",
        ),
    ],
)
def test_mistakes(zoo: Callable, by_wnid: Path, arguments: tuple[str, ...], message: str) -> None:
    data = ("data=imagefolder", f"data.root={by_wnid}")
    given = [word for argument in arguments for word in (data if argument == "DATA" else (argument,))]
    ran = zoo("data", "branch", *given)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err


def test_help_and_completion(zoo: Callable) -> None:
    assert "zoo data branch husky" in zoo("data", "branch", "--help").out
    assert commands.complete(["data", "branch", "--split"], "") == ["train", "val"]
    assert "--from" in commands.complete(["data", "branch", "husky"], "--f")
