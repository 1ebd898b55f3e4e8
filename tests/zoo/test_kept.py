"""Kept pictures: the same pixels, decoded once, by all processes together, within their bound."""

import gc
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

from zoo import kept as keeping
from zoo.augment.crop import CropOptions
from zoo.data.base import DataSet
from zoo.data.imagefolder import FileSplit, ImageFolder, ImageFolderOptions
from zoo.images.picture import BrokenImageError
from zoo.kept import KeptSplit, Store, kept
from zoo.loader import Batch, Loader
from zoo.transform import training


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photographs of two classes, some large enough to be reduced, PNG and a broken one among them."""
    root = tmp_path / "set"
    for name, pixels in zip(("building", "flower"), load_sample_images().images, strict=True):
        (root / name).mkdir(parents=True)
        for i in range(8):
            part = Image.fromarray(pixels).crop((10 * i, 0, 640, 427 - 40 * i))
            part.save(root / name / f"{i}.{'png' if i == 3 else 'jpg'}")
    whole = (root / "flower" / "0.jpg").read_bytes()
    (root / "flower" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    return root


def opened(folder: Path, **options: object) -> DataSet:
    return ImageFolder(ImageFolderOptions(root=str(folder), **options)).open()  # type: ignore[arg-type]


def batches(data: DataSet, workers: int) -> list[Batch]:
    suits = CropOptions(name="crop")
    transform = training(suits, suits, 48, data.centre, data.mean)
    loader = Loader(data.train, transform, 4, 0, training=True, workers=workers)
    return [batch for epoch in range(3) for batch in loader.epoch(epoch)]


@pytest.mark.parametrize("cache", ["memory", "disk"])
@pytest.mark.parametrize("workers", [0, 2])
def test_pixels_are_the_same(folder: Path, cache: str, workers: int) -> None:
    plain = batches(opened(folder), 0)
    for gigabytes in (0.01, 0.001):  # all of it, and a part
        own = batches(opened(folder, cache=cache, cache_gb=gigabytes), workers)
        assert len(plain) == len(own) == 9
        for one, two in zip(plain, own, strict=True):
            assert torch.equal(one.images, two.images)
            assert torch.equal(one.labels, two.labels)
            assert one.broken == two.broken
    assert any(batch.broken for batch in plain)


@pytest.mark.parametrize("workers", [0, 2])
def test_each_is_decoded_once(folder: Path, workers: int) -> None:
    data = opened(folder, cache="memory", cache_gb=0.05, val_share=0.01)
    assert isinstance(data.train, KeptSplit)
    first = batches(data, workers)
    for path in folder.rglob("*.*"):
        if path.name != "cut.jpg":
            path.unlink()
    # The transform, the seed and so the boxes are the same: no file is needed any more.
    again = batches(data, workers)
    assert all(torch.equal(one.images, two.images) for one, two in zip(first, again, strict=True))


def test_it_keeps_to_its_bound(folder: Path) -> None:
    split = FileSplit([(path, 0) for path in sorted(folder.rglob("?.jpg"))])
    count = len(split.labels)
    (own,) = kept([split], 0.002, None)
    boxes = [(0, 0, photo.height, photo.width) for photo in (own.picture(i) for i in range(count))]
    for _ in range(2):
        for i, box in enumerate(boxes):
            assert np.array_equal(own.picture(i).part(box, 427), split.picture(i).pixels(1))
    assert 0 < own.store._used[0] <= own.store.limit == 2_000_000
    here = [own.store.get(i, 1, (*box[2:], 3)) is not None for i, box in enumerate(boxes)]
    assert 2 <= sum(here) < count


@pytest.mark.parametrize("where", ["memory", "disk"])
def test_a_full_disk_ends_the_keeping_and_nothing_else(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    split = FileSplit([(path, 0) for path in sorted(folder.rglob("?.jpg"))])
    (own,) = kept([split], 0.05, tmp_path if where == "disk" else None)
    real, calls = os.pwrite, []

    def write(file: int, data: bytes, at: int) -> int:
        calls.append(at)
        if len(calls) > 3:
            raise OSError(28, "No space left on device")
        return real(file, data[: len(data) // 2 + 1], at)  # as a system may, in parts

    monkeypatch.setattr(keeping.os, "pwrite", write)
    for _ in range(2):
        for i in range(len(split.labels)):
            picture = own.picture(i)
            box = (0, 0, picture.height, picture.width)
            assert np.array_equal(picture.part(box, 427), split.picture(i).pixels(1))
    assert len(calls) == 4, "it does not try again"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = open_files()
    store = Store(3, 10_000, tmp_path)
    store.put(0, 1, np.ones((4, 4, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []
    assert open_files() > before
    del store
    gc.collect()
    assert open_files() == before


def test_a_broken_picture_stays_broken(folder: Path) -> None:
    split = FileSplit([(folder / "flower" / "cut.jpg", 0)])
    (own,) = kept([split], 0.01, None)
    for _ in range(2):
        with pytest.raises(BrokenImageError, match=r"cut.jpg: broken image"):
            own.picture(0).part((0, 0, 100, 100), 100)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("data.cache=memory", "data.cache_gb=1e6"), "data.cache_gb=1e+06: this machine has "),
        (("data.cache=disk", "data.cache_gb=1e9"), "has room for"),
        (("data.cache=disk", "data.cache_folder=nowhere"), "data.cache_folder=nowhere: no such folder"),
        (("data.cache=tape",), "data.cache=tape: one of none, memory, disk is expected"),
    ],
)
def test_what_cannot_be_is_said(zoo: Callable, photos: Path, options: tuple[str, ...], message: str) -> None:
    ran = zoo("train", "model=resnet20", "data=imagefolder", f"data.root={photos}", "data.size=32", *options)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err


def test_it_does_not_make_another_run(configure: Callable) -> None:
    from zoo import config, run_folder

    given = ["data=imagefolder", "data.root=x", "data.cache=memory", "data.cache_gb=2"]
    assert run_folder.default_name(config.one(*given), given) == "resnet20-imagefolder_data.root=x"
