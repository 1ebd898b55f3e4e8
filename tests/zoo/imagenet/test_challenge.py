"""The challenge from end to end, on small copies of ImageNet: a net, its submission, and the score of it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.zoo.imagenet import build
from zoo import config
from zoo.boxes.boxed import Boxed
from zoo.data import DATASETS
from zoo.train import train

SPEC = """\
net small(classes=5) {
  input image [3, 16, 16]
  conv(8, 3, stride=2, padding=1) -> batchnorm -> relu -> conv(8, 3, padding=1) -> relu -> adaptive_avgpool(1)
  flatten -> linear(classes)
}
"""


@pytest.fixture(scope="module")
def weights(roots: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a small net on the small ImageNet, with crops that keep to boxes."""
    folder = tmp_path_factory.mktemp("challenge")
    (folder / "small.net").write_text(SPEC)
    given = [
        f"model.spec={folder / 'small.net'}",
        "data=imagenet",
        f"data.root={roots / 'kaggle'}",
        *("augment=crop", "augment.box_share=0.5", "trainer.epochs=2", "trainer.batch_size=10"),
        *("trainer.progress=none", "trainer.threads=1", "precision=fp32", f"runs={folder / 'runs'}"),
    ]
    return train(config.one(*given)).folder.path


def evaluated(zoo: Callable, weights: Path, roots: Path, *words: str) -> dict[str, object]:
    ran = zoo("evaluate", f"checkpoint={weights}", f"data.root={roots / 'official'}", "--json", *words)
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert isinstance(found, dict)
    return found


def test_a_submission_scores_as_the_evaluation_counts(
    zoo: Callable, weights: Path, roots: Path, tmp_path: Path
) -> None:
    """Five classes: all of them are among five guesses."""
    found = evaluated(zoo, weights, roots, "submission=a.txt")
    lines = (tmp_path / "a.txt").read_text().splitlines()
    assert len(lines) == found["images"] == 10
    assert all(sorted(map(int, line.split())) == [1, 2, 3, 4, 5] for line in lines)
    ran = zoo("score", "a.txt", "data=imagenet", f"data.root={roots / 'official'}", "--json")
    assert (ran.code, ran.err) == (0, "")
    score = json.loads(ran.out)
    assert score["classification"]["wrong"][0] == found["top1_wrong"]
    assert score["classification"]["wrong"][4] == 0
    assert "localisation" not in score


def test_whole_images_as_boxes(zoo: Callable, weights: Path, roots: Path, tmp_path: Path) -> None:
    """The things take a quarter of each picture: no guess is right where the box is that of the whole."""
    evaluated(zoo, weights, roots, "submission=a.txt", "boxes=whole")
    first = (tmp_path / "a.txt").read_text().split()
    assert first[1:5] == ["1", "1", *map(str, build._size(build.val_files()[0]))]
    ran = zoo("score", "a.txt", "data=imagenet", f"data.root={roots / 'official'}")
    assert (ran.code, ran.err) == (0, "")
    assert "classification: 10 images\n" in ran.out
    assert "localisation: 8 images, without 2 that are blacklisted\n" in ran.out
    assert "with 5 guesses  100.00%  (8 wrong)" in ran.out


def test_the_right_answers_have_no_errors(zoo: Callable, roots: Path, tmp_path: Path) -> None:
    """In the alphabetical order of the files; Kaggle's layout has the boxes and lacks the kit."""
    rows = [f"{build.IDS[file.wnid]} {' '.join(map(str, build.box(file)))}" for file in build.val_files()]
    (tmp_path / "right.txt").write_text("\n".join(rows) + "\n")
    kaggle = ("data=imagenet", f"data.root={roots / 'kaggle'}")
    ran = zoo("score", "right.txt", *kaggle, "task=localisation")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "data=imagenet: ImageNet's development kit is not there" in ran.err
    ran = zoo("score", "right.txt", *kaggle, "task=localisation", f"devkit={roots / 'official'}", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found["localisation"]["wrong"] == found["classification"]["wrong"] == [0] * 5
    rows[0] = f"{build.IDS[build.val_files()[0].wnid]} 0 0 1 1"
    rows[4] = f"{build.IDS[build.val_files()[4].wnid] % 5 + 1} 0 0 1 1"
    (tmp_path / "wrong.txt").write_text("\n".join(rows) + "\n")
    words = (*kaggle, "task=localisation", f"devkit={roots / 'official'}", "--json")
    found = json.loads(zoo("score", "wrong.txt", *words).out)
    assert found["classification"]["wrong"] == [1] * 5
    assert found["localisation"]["wrong"] == [2] * 5


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("1\n2\n", (), "a.txt: 2 lines, and there are 10 validation images"),
        ("1\nx\n", (), "a.txt, line 2: 'x' is no number of a class"),
        ("1\n", ("tsk=auto",), "tsk: no such option of zoo score; did you mean task?"),
        ("1\n", ("devkit=nowhere",), "devkit=nowhere: ImageNet's development kit is not there"),
    ],
)
def test_mistakes(
    zoo: Callable, roots: Path, tmp_path: Path, text: str, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "a.txt").write_text(text)
    ran = zoo("score", "a.txt", "data=imagenet", f"data.root={roots / 'official'}", *words)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err


def test_data_without_wnids_has_no_submission(zoo: Callable, run: Path) -> None:
    ran = zoo("evaluate", f"checkpoint={run}", "submission=a.txt")
    assert ran.code == 1
    assert "data=digits: ImageNet's development kit is not there" in ran.err


def test_errors_by_subtree_and_in_the_tree(zoo: Callable, weights: Path, roots: Path, tmp_path: Path) -> None:
    found = evaluated(zoo, weights, roots, "--subtrees", "tree.csv")
    with (tmp_path / "tree.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["wnid"]: row for row in csv.DictReader(file)}
    assert rows["n00001740"]["images"] == "10"
    assert rows["n00001740"]["left"] == "0", "all is below the root"
    assert rows["n02121808"]["classes"] == "1"
    mistakes = found["mistakes"]
    assert isinstance(mistakes, dict)
    assert sum(mistakes["images_at"]) == 10
    assert mistakes["images_at"][0] == 10 - int(str(found["top1_wrong"]))
    text = zoo("evaluate", f"checkpoint={weights}", f"data.root={roots / 'official'}").out
    assert "mean height of the lowest common ancestor" in text or found["top1_wrong"] == 0


def test_pictures_have_their_boxes(roots: Path) -> None:
    for name in ("kaggle", "official"):
        options = config.one("data=imagenet", f"data.root={roots / name}").data
        data = DATASETS.build(options).open()
        having = []
        for index in range(len(data.train.labels)):
            picture = data.train.picture(index)
            assert isinstance(picture, Boxed)
            having.append(bool(picture.boxes()))
        assert sum(having) == 4 * 5, "four of each class are annotated"
        picture = data.val.picture(0)
        assert isinstance(picture, Boxed)
        ((top, left, height, width),) = picture.boxes()
        assert (top, left) == (picture.height // 4, picture.width // 4)
        assert abs(height - picture.height / 2) <= 1
        assert abs(width - picture.width / 2) <= 1


def test_a_sheet_of_boxes(zoo: Callable, roots: Path, tmp_path: Path) -> None:
    from PIL import Image

    where = ("data=imagenet", f"data.root={roots / 'kaggle'}")
    ran = zoo("data", "boxes", *where, "--split", "train", "-o", "a.png")
    assert (ran.code, ran.out) == (0, "a.png: 20 pictures with their boxes\n")
    with Image.open(tmp_path / "a.png") as image:
        colours = image.convert("RGB").getcolors(1 << 24)
        assert colours is not None
        assert sum(count for count, colour in colours if colour == (230, 25, 75)) > 1000, "boxes are drawn"
    some = ("data.subtree=[artifact]", "-o", "b.svg")
    ran = zoo("data", "boxes", "data=imagenet", f"data.root={roots / 'official'}", *some)
    assert ran.out == "b.svg: 4 pictures with their boxes\n"
    ran = zoo("data", "boxes", "data=imagenet", f"data.root={roots / 'wnids'}")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "data=imagenet: its val images have no boxes" in ran.err
