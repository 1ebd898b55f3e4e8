"""Batches: every image once, in an order that only seed and epoch decide."""

from pathlib import Path

import pytest
import torch

from zoo.data.digits import Digits, DigitsOptions
from zoo.data.imagefolder import ImageFolder, ImageFolderOptions
from zoo.errors import UserError
from zoo.loader import Batch, Loader


def digits(*, training: bool, batch_size: int = 64, seed: int = 0, workers: int = 0) -> Loader:
    data = Digits(DigitsOptions()).open(8)
    return Loader(data.train if training else data.val, batch_size, seed, training=training, workers=workers)


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
    split = Digits(DigitsOptions()).open(8).val
    assert torch.cat([batch.labels for batch in batches]).tolist() == split.labels
    images = torch.cat([batch.images for batch in batches])
    assert torch.equal(images, torch.stack([split.read(i, None) for i in range(len(split.labels))]))


def test_training_leaves_out_the_incomplete_batch_and_repeats_none() -> None:
    loader = digits(training=True, batch_size=100)
    plan = loader._plan(0)
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
    data = ImageFolder(ImageFolderOptions(root=str(photos))).open(16)
    runs = []
    for workers in (0, 2):
        loader = Loader(data.train, 4, 0, training=True, workers=workers)
        runs.append([*loader.epoch(0), *loader.epoch(1, skip=2)])
    assert same(*runs)


def test_nothing_is_drawn_from_torchs_global_numbers() -> None:
    before = torch.get_rng_state()
    list(digits(training=True).epoch(0))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("workers", [0, 1])
def test_a_broken_image_is_one_clear_error(photos: Path, workers: int) -> None:
    broken = photos / "green" / "4.jpg"
    broken.write_bytes(b"nothing")
    data = ImageFolder(ImageFolderOptions(root=str(photos), val_share=0.01)).open(16)
    with pytest.raises(UserError) as caught:
        list(Loader(data.train, 4, 0, training=True, workers=workers).epoch(0))
    assert str(caught.value) == f"{broken}: broken image: not an image"
