"""Batches: every image once, in an order that only seed and epoch decide."""

import os
import signal
from pathlib import Path

import pytest
import torch

from zoo.augment.shift import ShiftOptions
from zoo.data.base import DataSet
from zoo.data.digits import Digits, DigitsOptions
from zoo.data.imagefolder import ImageFolder, ImageFolderOptions
from zoo.errors import UserError
from zoo.loader import Batch, Loader, WorkerError
from zoo.transform import Centre, Training
from zoo.transform import training as make_transform


def digits(*, training: bool, batch_size: int = 64, seed: int = 0, workers: int = 0) -> Loader:
    data = Digits(DigitsOptions()).open()
    split = data.train if training else data.val
    return Loader(split, transform(data, 8), batch_size, seed, training=training, workers=workers)


def transform(data: DataSet, size: int) -> Training:
    suits = ShiftOptions(name="shift", pad=1)
    return make_transform(suits, suits, size, data.centre, data.mean)


def same(first: list[Batch], second: list[Batch]) -> bool:
    return len(first) == len(second) and all(
        torch.equal(a.images, b.images) and torch.equal(a.labels, b.labels)
        for a, b in zip(first, second, strict=True)
    )


def test_validation_gives_every_image_once_in_order() -> None:
    loader = digits(training=False, batch_size=100)
    batches = list(loader.epoch(0))
    assert [len(batch.labels) for batch in batches] == [100, 100, 100, 60]
    assert len(loader) == 4
    split = Digits(DigitsOptions()).open().val
    assert torch.cat([batch.labels for batch in batches]).tolist() == split.labels


def test_training_leaves_out_the_incomplete_batch_and_repeats_none() -> None:
    loader = digits(training=True, batch_size=100)
    plan = [keys for _, keys in loader._plan(0)]
    keys = [key for batch in plan for key in batch]
    assert len(plan) == len(loader) == 14
    assert len(set(keys)) == len(keys) == 1400
    assert all(epoch == 0 for epoch, _ in keys)


def test_a_batch_larger_than_the_data_is_all_of_it() -> None:
    loader = digits(training=True, batch_size=5000)
    assert [len(batch.labels) for batch in loader.epoch(0)] == [1437]


def test_epochs_and_seeds_differ_and_repeat() -> None:
    loader = digits(training=True)
    first = list(loader.epoch(0))
    assert same(first, list(loader.epoch(0)))
    assert same(first, list(digits(training=True).epoch(0)))
    assert not same(first, list(loader.epoch(1)))
    assert not same(first, list(digits(training=True, seed=1).epoch(0)))


def test_skipping_gives_the_rest() -> None:
    loader = digits(training=True)
    assert same(list(loader.epoch(3))[5:], list(loader.epoch(3, skip=5)))
    assert list(loader.epoch(3, skip=len(loader))) == []


def test_workers_change_nothing(photos: Path) -> None:
    data = ImageFolder(ImageFolderOptions(root=str(photos))).open()
    runs = []
    for workers in (0, 2):
        loader = Loader(data.train, transform(data, 16), 4, 0, training=True, workers=workers)
        runs.append([*loader.epoch(0), *loader.epoch(1, skip=2)])
    assert same(*runs)


def test_nothing_is_drawn_from_torchs_global_numbers() -> None:
    before = torch.get_rng_state()
    list(digits(training=True).epoch(0))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("workers", [0, 1])
class TestBroken:
    """A broken image: another stands in for it in training, and it is an error in validation."""

    @pytest.fixture
    def data(self, photos: Path) -> DataSet:
        for name in ("2.png", "4.jpg"):
            (photos / "green" / name).write_bytes(b"nothing")
        return ImageFolder(ImageFolderOptions(root=str(photos), val_share=0.01)).open()

    def test_in_training_it_is_named_and_replaced(self, data: DataSet, workers: int) -> None:
        epochs = [
            list(Loader(data.train, transform(data, 16), 4, 0, training=True, workers=workers).epoch(0))
            for _ in range(2)
        ]
        assert same(*epochs), "what stands in is always the same"
        assert all(len(batch.images) == 4 for batch in epochs[0])
        broken = {text for batch in epochs[0] for text in batch.broken}
        assert {text.partition(": ")[0].rpartition("/")[2] for text in broken} <= {"2.png", "4.jpg"}
        assert all(text.endswith("broken image: not an image") for text in broken)

    def test_in_validation_it_is_one_clear_error(self, data: DataSet, workers: int) -> None:
        loader = Loader(data.train, Centre(16, 1.0), 4, 0, training=False, workers=workers)
        with pytest.raises(UserError, match=r"green/.*: broken image: not an image$"):
            list(loader.epoch(0))


def test_nothing_but_broken_images_is_an_error(photos: Path) -> None:
    for path in photos.rglob("*.*"):
        path.write_bytes(b"nothing")
    data = ImageFolder(ImageFolderOptions(root=str(photos))).open()
    with pytest.raises(UserError, match="not an image"):
        list(Loader(data.train, transform(data, 16), 4, 0, training=True, workers=0).epoch(0))


def test_a_worker_that_is_killed_is_named() -> None:
    before = set(torch.multiprocessing.active_children())
    loader = digits(training=True, workers=1)
    batches = loader.epoch(0)
    next(batches)
    (worker,) = set(torch.multiprocessing.active_children()) - before
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match=r"A process that reads images.* ended unexpectedly"):
        list(batches)
