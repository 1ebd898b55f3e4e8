"""Parquet files by the package datasets: columns, splits and classes found, and images read by their row."""

import io
from collections.abc import Callable
from pathlib import Path

import datasets
import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

from zoo.augment.crop import CropOptions
from zoo.data.huggingface import HuggingFace, HuggingFaceOptions
from zoo.errors import UserError
from zoo.images.photo import Photo
from zoo.loader import Batch, Loader
from zoo.transform import training

NAMES = ["building", "flower"]


def picture(number: int) -> bytes:
    part = Image.fromarray(load_sample_images().images[number % 2]).crop((number, 0, 200 + 9 * number, 180))
    buffer = io.BytesIO()
    part.save(buffer, "JPEG")
    return buffer.getvalue()


def table(numbers: range, label: object = None, **more: list) -> datasets.Dataset:
    """Rows as the hub's image data sets have them: an image column and a class column."""
    kind = datasets.ClassLabel(names=NAMES) if label is None else label
    labels: list = [number % 2 for number in numbers]
    if isinstance(kind, datasets.Value) and kind.dtype == "string":
        labels = [NAMES[each] for each in labels]
    features = {"image": datasets.Image(), "label": kind}
    columns: dict = {"image": [{"bytes": picture(n), "path": None} for n in numbers], "label": labels}
    for name, values in more.items():
        features[name], columns[name] = datasets.Value("int64"), values
    return datasets.Dataset.from_dict(columns, datasets.Features(features))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as a data set's on the hub, with its files named by split."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    folder = tmp_path / "set" / "data"
    folder.mkdir(parents=True)
    table(range(14)).to_parquet(folder / "train-00000-of-00002.parquet")
    table(range(14, 24)).to_parquet(folder / "train-00001-of-00002.parquet")
    table(range(24, 30)).to_parquet(folder / "test-00000-of-00001.parquet")
    return tmp_path / "set"


def source(path: object, **options: object) -> HuggingFace:
    return HuggingFace(HuggingFaceOptions(path=str(path), **options))  # type: ignore[arg-type]


def batches(data: HuggingFace, workers: int, skip: int = 0) -> list[Batch]:
    suits = CropOptions(name="crop")
    own = data.open()
    transform = training(suits, suits, 32, own.centre, own.mean)
    return list(Loader(own.train, transform, 4, 0, training=True, workers=workers).epoch(1, skip))


def same(first: list[Batch], second: list[Batch]) -> bool:
    return len(first) == len(second) and all(
        torch.equal(a.images, b.images) and torch.equal(a.labels, b.labels)
        for a, b in zip(first, second, strict=True)
    )


def test_rows_are_images_with_their_classes(root: Path) -> None:
    found = source(root)
    assert found.classes == tuple(NAMES)
    assert found.train.labels == [number % 2 for number in range(24)]
    assert found.val.labels == [number % 2 for number in range(24, 30)], "the split test"
    for split, first in ((found.train, 0), (found.val, 24)):
        for index in (5, 0, 3):
            expected = Photo("a", picture(first + index)).pixels(1)
            assert np.array_equal(split.picture(index).pixels(1), expected)


def test_workers_and_going_on_in_the_middle_change_nothing(root: Path) -> None:
    whole = batches(source(root), 0)
    assert len(whole) == 6
    assert same(whole, batches(source(root), 2))
    assert same(whole[2:], batches(source(root), 2, skip=2))
    assert same(whole, batches(source(root, cache="memory", cache_gb=0.05), 2))


def test_without_a_split_for_validation_a_share_is_held_out(root: Path) -> None:
    file = root / "data" / "train-00000-of-00002.parquet"
    found = source(file, val_share=0.3)
    assert (sorted(found.val.labels), len(found.train.labels)) == ([0, 0, 1, 1], 10)
    rows = [{split.picture(i).name for i in range(len(split.labels))} for split in (found.train, found.val)]
    assert not rows[0] & rows[1]
    assert f"{file} train, row 13" in rows[0] | rows[1]
    for split in (found.train, found.val):
        for index, label in enumerate(split.labels):
            assert int(split.picture(index).name.rpartition(" ")[2]) % 2 == label


@pytest.mark.parametrize("kind", [datasets.Value("string"), datasets.Value("int64")])
def test_classes_that_are_words_or_numbers(root: Path, tmp_path: Path, kind: object) -> None:
    table(range(6), kind).to_parquet(tmp_path / "a.parquet")
    found = source(tmp_path / "a.parquet", val_share=0.4)
    assert found.classes == (tuple(NAMES) if kind == datasets.Value("string") else ("0", "1"))
    assert sorted(found.train.labels) == [0, 0, 1, 1]


def test_a_folder_that_datasets_saved(root: Path, tmp_path: Path) -> None:
    saved = datasets.DatasetDict({"train": table(range(8)), "validation": table(range(8, 12))})
    saved.save_to_disk(tmp_path / "saved")
    found = source(tmp_path / "saved")
    assert (len(found.train.labels), len(found.val.labels)) == (8, 4)
    assert np.array_equal(found.val.picture(1).pixels(1), Photo("a", picture(9)).pixels(1))


def test_a_column_without_an_image(root: Path, tmp_path: Path) -> None:
    columns = {"image": [{"bytes": picture(0), "path": None}] * 4 + [None] * 2, "label": [0, 1] * 3}
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=NAMES)})
    datasets.Dataset.from_dict(columns, features).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UserError, match=r"a.parquet train, row \d: there is no image in it"):
        source(tmp_path / "a.parquet", verify=True)


def unlabelled(root: Path) -> None:
    columns = {"image": [{"bytes": picture(0), "path": None}] * 2, "label": [-1, -1]}
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=NAMES)})
    datasets.Dataset.from_dict(columns, features).to_parquet(root / "data" / "test-00000-of-00001.parquet")


def damaged(root: Path) -> None:
    (root / "data" / "train-00000-of-00002.parquet").write_bytes(b"PAR1 nothing")


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (None, {"train": "tran"}, r"data.train=tran: no such split; did you mean train\?"),
        (None, {"val": "validation"}, r"data.val=validation: no such split; there is test, train"),
        (None, {"image": "picture"}, r"data.image=picture: no such column; there is image, label"),
        (None, {"image": "label"}, r"data.image=label: the column has no images, but ClassLabel"),
        (None, {"label": "lable"}, r"data.label=lable: no such column; did you mean label\?"),
        (unlabelled, {}, r"data.label=label: rows without a class; data.val=… names another split"),
        (damaged, {}, r"data.path=.*/set: "),
    ],
)
def test_what_is_wrong_is_said(root: Path, change: Callable | None, options: dict, message: str) -> None:
    if change is not None:
        change(root)
    with pytest.raises(UserError, match=message) as caught:
        source(root, **options)
    assert "\n" not in str(caught.value)


def test_several_columns_that_could_be_meant(root: Path, tmp_path: Path) -> None:
    many = table(range(6), datasets.Value("int64"), other=[1, 2, 3, 4, 5, 6])
    many.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UserError, match=r"which column has the labels: one of label, other"):
        source(tmp_path / "a.parquet")
    assert source(tmp_path / "a.parquet", label="label", val_share=0.4).classes == ("0", "1")


def test_a_relative_folder_called_like_a_reader_of_the_library(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    with pytest.raises(UserError, match=r"data.path=imagefolder: no such folder"):
        source("imagefolder")  # would read the folder that one stands in
    (root / "data").rename(root / "imagefolder")
    assert len(source("imagefolder").train.labels) == 24


def test_what_the_library_logs_of_a_broken_file_is_said_once(zoo: Callable, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "train.parquet").write_text("no parquet")
    ran = zoo("data", "data=huggingface", "data.path=set")
    assert (ran.code, ran.err.count("\n")) == (1, 1)


def test_a_name_on_the_hub_without_a_network(
    monkeypatch: pytest.MonkeyPatch, zoo: Callable, root: Path
) -> None:
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    ran = zoo("data", "data=huggingface", "data.path=someone/pictures")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "data.path=someone/pictures: " in ran.err
    assert ran.err.endswith("; without a network, data.path=FOLDER takes its Parquet files\n")


def test_without_a_path_or_the_package(zoo: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = zoo("data", "data=huggingface")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "needs data.path=FOLDER" in ran.err
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    ran = zoo("data", "data=huggingface", "data.path=x")
    assert "the Python package datasets is missing: pip install 'netcompiler[huggingface]'" in ran.err


def test_it_shows_itself(zoo: Callable, root: Path) -> None:
    ran = zoo("data", "data=huggingface", f"data.path={root}")
    assert ran.code == 0, ran.err
    assert "24 images, 12 a class" in ran.out
    assert "building" in ran.out
