"""The digits: real, split for good, moved a little."""

import numpy as np
import torch
from sklearn.datasets import load_digits

from zoo.augment.shift import ShiftOptions, shift
from zoo.data.base import Split
from zoo.data.digits import Digits, DigitsOptions
from zoo.seeds import ForImage
from zoo.transform import Centre, Training


def image(split: Split, index: int, size: int = 8) -> torch.Tensor:
    return Centre(size, 1.0)(split.picture(index), ForImage(0, 0, 0))


def test_they_are_scikit_learns() -> None:
    data = Digits(DigitsOptions()).open()
    assert len(data.train.labels) + len(data.val.labels) == 1797
    assert data.classes == tuple("0123456789")
    bunch = load_digits()
    real = {np.rint(image * (255 / 16)).astype(np.uint8).tobytes() for image in bunch.images}
    for split in (data.train, data.val):
        digit = image(split, 0)
        assert digit.shape == (1, 8, 8)
        assert digit.dtype == torch.uint8
        assert digit.numpy().tobytes() in real


def test_the_split_is_stratified_disjoint_and_always_the_same() -> None:
    first, again = (Digits(DigitsOptions()).open() for _ in range(2))
    assert first.val.labels == again.val.labels
    for digit in range(10):
        both = first.train.labels.count(digit) + first.val.labels.count(digit)
        assert abs(first.val.labels.count(digit) / both - 0.2) < 0.01
    images = [
        {image(split, i).numpy().tobytes() for i in range(len(split.labels))}
        for split in (first.train, first.val)
    ]
    assert len(images[0]) == len(first.train.labels), "no image twice"
    assert not images[0] & images[1]
    other = Digits(DigitsOptions(split_seed=1)).open()
    assert other.val.labels != first.val.labels


def test_the_statistics_are_those_of_the_training_images() -> None:
    data = Digits(DigitsOptions()).open()
    pixels = torch.stack([image(data.train, i) for i in range(len(data.train.labels))]) / 255
    assert data.mean[0] == np.float32(pixels.mean()) or abs(data.mean[0] - float(pixels.mean())) < 1e-6
    assert abs(data.std[0] - float(pixels.std(correction=0))) < 1e-6


def test_shifts_move_the_digit_and_lose_at_most_its_rim() -> None:
    split = Digits(DigitsOptions()).open().train
    place = shift(ShiftOptions(pad=2, flip=0), ShiftOptions())
    moving = Training(ShiftOptions(), place, 8, 1.0, (0,))
    still = image(split, 3)[0]
    seen = set()
    for seed in range(60):
        moved = moving(split.picture(3), ForImage(0, 0, seed))[0]
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
    split = Digits(DigitsOptions()).open().val
    large = image(split, 0, 32)
    assert large.shape == (1, 32, 32)
    back = torch.nn.functional.avg_pool2d(large.float(), 4)
    small = image(split, 0).float()
    assert torch.corrcoef(torch.stack([back.flatten(), small.flatten()]))[0, 1] > 0.95
