"""The digits: real, split for good, moved a little."""

import numpy as np
import torch
from sklearn.datasets import load_digits

from zoo.data.digits import Digits, DigitsOptions


def test_they_are_scikit_learns() -> None:
    data = Digits(DigitsOptions(shift=0)).open(8)
    assert len(data.train.labels) + len(data.val.labels) == 1797
    assert data.classes == tuple("0123456789")
    bunch = load_digits()
    real = {np.rint(image * (255 / 16)).astype(np.uint8).tobytes() for image in bunch.images}
    for split in (data.train, data.val):
        image = split.read(0, None)
        assert image.shape == (1, 8, 8)
        assert image.dtype == torch.uint8
        assert image.numpy().tobytes() in real


def test_the_split_is_stratified_disjoint_and_always_the_same() -> None:
    first, again = (Digits(DigitsOptions()).open(8) for _ in range(2))
    assert first.val.labels == again.val.labels
    for digit in range(10):
        both = first.train.labels.count(digit) + first.val.labels.count(digit)
        assert abs(first.val.labels.count(digit) / both - 0.2) < 0.01
    images = [
        {split.read(i, None).numpy().tobytes() for i in range(len(split.labels))}
        for split in (first.train, first.val)
    ]
    assert len(images[0]) == len(first.train.labels), "no image twice"
    assert not images[0] & images[1]
    other = Digits(DigitsOptions(split_seed=1)).open(8)
    assert other.val.labels != first.val.labels


def test_the_statistics_are_those_of_the_training_images() -> None:
    data = Digits(DigitsOptions()).open(8)
    pixels = torch.stack([data.train.read(i, None) for i in range(len(data.train.labels))]) / 255
    assert data.mean[0] == np.float32(pixels.mean()) or abs(data.mean[0] - float(pixels.mean())) < 1e-6
    assert abs(data.std[0] - float(pixels.std(correction=0))) < 1e-6


def test_shifts_move_the_digit_and_lose_at_most_its_rim() -> None:
    split = Digits(DigitsOptions(shift=2)).open(8).train
    still = split.read(3, None)[0]
    seen = set()
    for seed in range(60):
        moved = split.read(3, np.random.default_rng(seed))[0]
        places = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if torch.equal(moved, moved_by(still, down, right))
        ]
        assert places
        seen.add(places[0])
    assert len(seen) > 15


def moved_by(image: torch.Tensor, down: int, right: int) -> torch.Tensor:
    padded = torch.nn.functional.pad(image, (2, 2, 2, 2))
    return padded[2 - down : 10 - down, 2 - right : 10 - right]


def test_scaling_keeps_the_picture() -> None:
    data = Digits(DigitsOptions(size=32)).open(32)
    image = data.val.read(0, None)
    assert image.shape == (1, 32, 32)
    back = torch.nn.functional.avg_pool2d(image.float(), 4)
    small = Digits(DigitsOptions()).open(8).val.read(0, None).float()
    assert torch.corrcoef(torch.stack([back.flatten(), small.flatten()]))[0, 1] > 0.95
