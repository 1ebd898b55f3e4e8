"""The statistics of a data set: each number against one counted by hand, one scan, and what spoils it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.zoo.imagenet import build
from tests.zoo.imagenet.photographs import SIZES
from zoo.stats import plot, scan
from zoo.stats.subtrees import USUAL


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def numbers(zoo: Callable, root: Path, *more: str) -> dict[str, dict]:
    ran = zoo("data", "stats", "data=imagenet", f"data.root={root}", "--json", *more)
    assert ran.code == 0, ran.err
    found: dict[str, dict] = json.loads(ran.out)
    return found


def test_all_numbers(zoo: Callable, roots: Path) -> None:
    found = numbers(zoo, roots / "official")
    train, val = found["training"], found["validation"]
    assert (found["categories"], train["images"], val["images"]) == (5, 30, 10)
    assert train["each"] == {"mean": 6.0, "std": 0.0, "low": 6, "median": 6.0, "high": 6}
    assert (train["boxed"], train["boxed_categories"], val["boxed"]) == (20, 5, 10)
    assert train["formats"] == {"JPEG": 29, "PNG": 1}
    assert train["odd"] == {"CMYK": 1, "named JPEG, another format": 1, "stored on its side (EXIF)": 1}
    assert (val["formats"], val["odd"]) == ({"JPEG": 10}, {})
    sides = [SIZES[number % len(SIZES)] for _ in build.WNIDS for number in range(build.TRAIN)]
    sides[3] = sides[3][::-1]  # the one that is stored on its side
    for i, side in enumerate(("height", "width")):
        own = [pair[i] for pair in sides]
        assert train["sizes"][side] == pytest.approx([np.mean(own), *np.percentile(own, [5, 50, 95])])


@pytest.mark.parametrize("name", ["packed", "kaggle", "wnids", "webdataset"])
def test_every_layout_has_the_same_numbers(zoo: Callable, roots: Path, name: str) -> None:
    found, plain = numbers(zoo, roots / name), numbers(zoo, roots / "wnids")
    for split in ("training", "validation"):
        for key in ("images", "categories", "each", "sizes", "formats", "odd"):
            assert found[split][key] == plain[split][key]
    assert found["training"]["boxed"] == (20 if name == "kaggle" else None)


def test_spread_and_categories_without_images(zoo: Callable, tmp_path: Path) -> None:
    root = build.folders(tmp_path / "set")
    for path in sorted((root / "train" / "n07930864").iterdir())[2:]:
        path.unlink()
    shutil.rmtree(root / "val" / "n11939491")
    found = numbers(zoo, root)
    counts = [6, 6, 6, 2, 6]
    each = found["training"]["each"]
    assert (each["mean"], each["std"]) == pytest.approx((np.mean(counts), np.std(counts)))
    assert (each["low"], each["median"], each["high"]) == (2, 6, 6)
    assert (found["validation"]["categories"], found["validation"]["each"]["mean"]) == (4, 2.0)


def test_files_that_are_no_images_are_counted(zoo: Callable, tmp_path: Path) -> None:
    root = build.folders(tmp_path / "set")
    (root / "train" / "n07930864" / "n07930864_5.JPEG").write_bytes(b"<html>")
    (root / "train" / "n07930864" / "n07930864_42.JPEG").write_bytes(b"")
    found = numbers(zoo, root)["training"]
    assert (found["formats"], found["sizes"]["looked"]) == ({"unreadable": 2, "JPEG": 28}, 28)


class TestBySubtree:
    def test_the_usual_ones(self, zoo: Callable, roots: Path) -> None:
        found = {own["name"]: own for own in numbers(zoo, roots / "official", "--by", "subtree")["subtrees"]}
        assert sorted(found) == ["animal", "flower", "vehicle"]  # of those in this small meta.mat
        animal = found["animal"]
        assert (animal["wnid"], animal["images"], animal["categories"], animal["boxed"]) == (
            "n00015388",
            6,
            1,
            4,
        )
        assert animal["each"]["mean"] == 6.0
        assert animal["formats"] == {"JPEG": 5, "PNG": 1}
        assert found["vehicle"]["formats"] == {"JPEG": 6}

    def test_named_ones_may_overlap(self, zoo: Callable, roots: Path) -> None:
        made = numbers(zoo, roots / "official", "--by", "artifact,vehicle,n00001740,domestic animal")[
            "subtrees"
        ]
        assert [(own["name"], own["categories"], own["images"]) for own in made] == [
            ("artifact", 2, 12),
            ("vehicle", 1, 6),
            ("entity", 5, 30),
            ("domestic animal", 1, 6),
        ]

    def test_mistakes(self, zoo: Callable, roots: Path) -> None:
        root = f"data.root={roots / 'official'}"
        for given, message in (
            (("data=imagenet", root, "--by", "vehicel"), "--by=vehicel: no synset of that name"),
            (("data=digits", "--by", "subtree"), "--by subtree: the classes, as 0, are no wnids"),
        ):
            ran = zoo("data", "stats", *given)
            assert (ran.code, ran.err.count("\n")) == (1, 1)
            assert message in ran.err

    def test_the_usual_ones_are_synsets_of_wordnet(self) -> None:
        from zoo.synsets import find, wordnet

        folder = wordnet.find()
        if folder is None:
            pytest.skip("this machine has no WordNet")
        nouns = find.read(folder)
        assert [nouns.name(wnid) for wnid in (USUAL[0], USUAL[-1])] == ["amphibian", "vehicle"]
        assert all(wnid in nouns for wnid in USUAL)


class TestOneScan:
    def test_headers_are_read_once(self, zoo: Callable, roots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = numbers(zoo, roots / "wnids")
        monkeypatch.setattr(scan, "headers", None)
        assert numbers(zoo, roots / "wnids") == first

    def test_new_files_are_seen_and_overwritten_ones_when_asked(self, zoo: Callable, tmp_path: Path) -> None:
        root = build.folders(tmp_path / "set")
        numbers(zoo, root)
        folder = root / "train" / "n07930864"
        Image.new("RGB", (900, 20)).save(folder / "new.JPEG", "JPEG")
        assert numbers(zoo, root)["training"]["images"] == 31
        overwritten = folder / "n07930864_5.JPEG"
        overwritten.write_bytes(b"")
        assert "unreadable" not in numbers(zoo, root)["training"]["formats"]
        assert numbers(zoo, root, "--fresh")["training"]["formats"]["unreadable"] == 1

    def test_it_goes_on_where_it_ended(
        self, zoo: Callable, roots: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, seen = scan.headers, []

        def until_the_third(images: object) -> np.ndarray:
            if len(seen) == 3:
                raise KeyboardInterrupt
            seen.append(images)
            return real(images)

        monkeypatch.setattr(scan, "EACH", 8)
        monkeypatch.setattr(scan, "headers", until_the_third)
        assert zoo("data", "stats", "data=imagenet", f"data.root={roots / 'wnids'}").code == 130
        rest: list[int] = []
        monkeypatch.setattr(scan, "headers", lambda images: rest.append(len(images)) or real(images))
        assert numbers(zoo, roots / "wnids")["training"]["formats"] == {"JPEG": 30}
        assert rest == [6, 8, 2]  # the last of training, and validation

    def test_a_damaged_cache_is_made_anew(self, zoo: Callable, roots: Path, tmp_path: Path) -> None:
        first = numbers(zoo, roots / "wnids")
        kept = list((tmp_path / "cache").rglob("*.npy"))
        assert len(kept) == 2
        for path in kept:
            path.write_bytes(path.read_bytes()[:40])
        assert numbers(zoo, roots / "wnids") == first

    def test_processes_find_the_same(self, roots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from zoo.data.imagenet import ImageNet, ImageNetOptions

        images = ImageNet(ImageNetOptions(name="imagenet", root=str(roots / "packed"))).train.images
        monkeypatch.setattr(scan, "ALONE", 0)
        monkeypatch.setattr(scan, "EACH", 7)
        both = scan.scan(images, fresh=True, workers=2).table
        assert (both == scan.headers(images)).all()


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_table_and_plot(zoo: Callable, roots: Path, suffix: str) -> None:
    how = ("data=imagenet", f"data.root={roots / 'official'}", "--by", "subtree", "-o", f"stats.{suffix}")
    ran = zoo("data", "stats", *how)
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert lines[:4] == [
        "imagenet: 5 categories",
        "training validation",
        "images 30 10",
        "categories with images 5 5",
    ]
    assert "images with boxes 66.7% 100.0%" in lines
    assert "CMYK 1 0" in lines
    assert "animal 1 6 6.0 0.0 66.7% 135×139" in lines
    assert lines[-1] == f"stats.{suffix}: the plot"
    if suffix == "png":
        with Image.open("stats.png") as image:
            assert image.width == 1440
            colours = np.asarray(image.convert("RGB")).reshape(-1, 3)
        assert (colours == (0xC2, 0x41, 0x0C)).all(axis=1).mean() > 0.02  # the bars
    else:
        text = Path("stats.svg").read_text()
        assert "<svg" in text


def test_chosen_classes_and_other_data_sets(zoo: Callable, roots: Path, photos: Path) -> None:
    chosen = numbers(zoo, roots / "official", "data.subtree=[artifact]")
    assert (chosen["categories"], chosen["training"]["images"], chosen["training"]["boxed"]) == (2, 12, 8)
    assert chosen["training"]["formats"] == {"JPEG": 12}
    lines = [" ".join(line.split()) for line in zoo("data", "stats").out.splitlines()]
    assert lines[0] == "digits: 10 categories"
    assert "images 1,437 360" in lines
    assert "median 8×8 8×8" in lines
    found = json.loads(zoo("data", "stats", "data=imagefolder", f"data.root={photos}", "--json").out)
    assert found["training"]["formats"].keys() == {"JPEG", "PNG"}
    assert sum(found["training"]["formats"].values()) == found["training"]["images"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "stats.gif"), "-o stats.gif: a file ending in .png, .svg, .pdf is expected"),
        (("-o", "no/stats.png"), "-o no/stats.png: there is no folder no"),
        (("--workers", "0"), "--workers 0: at least 1 is needed"),
    ],
)
def test_mistakes_are_one_line(zoo: Callable, arguments: tuple[str, ...], message: str) -> None:
    ran = zoo("data", "stats", *arguments)
    assert (ran.code, ran.err) == (1, f"zoo: {message}\n")


def test_few_categories_have_their_names_below_their_bars() -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    own = [np.array([3, 9]), np.array([1, 1])]
    plot._bars(
        axes, dict(zip(("training", "validation"), own, strict=True)), ["cat", "a long name of a class"]
    )
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a long name of a …", "cat"]
    many = [f"class {number}" for number in range(plot.NAMED + 1)]
    plot._bars(axes, {"training": np.ones(len(many), int)}, many)
    assert not axes.get_xticklabels()


def test_wnids_are_shown_by_their_words() -> None:
    from zoo.commands.data.stats import _names
    from zoo.data.imagefolder import ImageFolderOptions
    from zoo.synsets import wordnet

    options = ImageFolderOptions()
    assert _names(["a", "b"], options) == ["a", "b"]
    if wordnet.find() is None:
        pytest.skip("WordNet is not installed")
    assert _names(["n02084071", "n02958343"], options) == ["dog", "car"]
