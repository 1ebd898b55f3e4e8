"""Augmentation: drawn from its generator alone, and what its papers say."""

import numpy as np
import pytest
import torch

from zoo.augment.auto import AutoOptions, settled
from zoo.augment.base import AugmentOptions
from zoo.augment.crop import CropOptions
from zoo.augment.none import NoneOptions
from zoo.augment.scale import ScaleOptions, scale
from zoo.augment.shift import ShiftOptions
from zoo.errors import UserError
from zoo.images.erase import erase
from zoo.images.lighting import AXES, VALUES, light
from zoo.images.picture import Pixels
from zoo.images.rand_augment import OPERATIONS, rand_augment
from zoo.mix import Mixer
from zoo.seeds import ForImage
from zoo.transform import Centre, training

RGB = (0.485, 0.456, 0.406)
ALL = {"pca": 0.1, "rand_augment": 2, "erase": 0.5}


@pytest.fixture
def picture() -> Pixels:
    return Pixels(np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    "options",
    [
        NoneOptions(name="none", **ALL),
        ShiftOptions(name="shift", **ALL),
        CropOptions(name="crop", **ALL),
        ScaleOptions(name="scale", shortest=20, longest=30, **ALL),
        AutoOptions(name="auto", **ALL),
    ],
    ids=lambda options: options.name,
)
@pytest.mark.parametrize("channels", [1, 3])
def test_every_way_gives_images_that_its_generator_decides(
    picture: Pixels, options: AugmentOptions, channels: int
) -> None:
    suits = CropOptions(name="crop")
    if channels == 1:
        picture = Pixels(picture.array[..., :1])
        options = options.__class__(**{**vars(options), "pca": 0.0})
    transform = training(options, suits, 16, 1.0, RGB[:channels])
    first = [transform(picture, ForImage(0, 0, seed)) for seed in range(8)]
    again = [transform(picture, ForImage(0, 0, seed)) for seed in range(8)]
    assert all(image.shape == (channels, 16, 16) and image.dtype == torch.uint8 for image in first)
    assert all(map(torch.equal, first, again))
    assert len({image.numpy().tobytes() for image in first}) > 3


def test_training_images_may_have_a_size_of_their_own(picture: Pixels) -> None:
    made = training(CropOptions(name="crop", size=12), AugmentOptions(), 16, 1.0, RGB)(picture, rng)
    assert made.shape == (3, 12, 12)


def test_auto_takes_what_suits_the_data_and_what_was_set() -> None:
    suits = ShiftOptions(name="shift", pad=1, flip=0.0)
    assert settled(AutoOptions(name="auto", mixup=0.2), suits) == ShiftOptions(
        "shift", mixup=0.2, pad=1, flip=0.0
    )
    crop = CropOptions(name="crop")
    assert settled(crop, suits) is crop


def test_lighting_needs_colours() -> None:
    with pytest.raises(UserError, match=r"augment\.pca"):
        training(ShiftOptions(name="shift", pca=0.1), ShiftOptions(), 8, 1.0, (0.5,))


def test_scales_that_make_no_sense(picture: Pixels) -> None:
    with pytest.raises(UserError, match=r"augment\.longest=10: must be at least augment\.shortest \(20\)"):
        scale(ScaleOptions(shortest=20, longest=10), AugmentOptions())
    place = scale(ScaleOptions(shortest=20, longest=30), AugmentOptions())
    assert place is not None
    with pytest.raises(UserError, match=r"smaller than the images that the net takes \(32\)"):
        place(Pixels(np.zeros((40, 60, 3), np.uint8)), 32, rng())


def test_scale_takes_the_square_that_the_papers_take() -> None:
    """A shorter side of 40 scaled to 80, and 20 cropped of that, is a square of 10."""
    place = scale(ScaleOptions(shortest=80, longest=80), AugmentOptions())
    assert place is not None
    for seed in range(50):
        (top, left, height, width), _ = place(Pixels(np.zeros((40, 60, 3), np.uint8)), 20, rng(seed))
        assert (height, width) == (10, 10)
        assert 0 <= top <= 30
        assert 0 <= left <= 50


def test_lighting_moves_all_pixels_along_the_axes() -> None:
    grey = torch.full((3, 4, 4), 128, dtype=torch.uint8)
    moved = light(grey, 0.1, rng(1))
    assert len({tuple(moved[:, i, j].tolist()) for i in range(4) for j in range(4)}) == 1
    expected = np.array(AXES) @ (rng(1).normal(0, 0.1, 3) * np.array(VALUES)) * 255
    assert np.abs((moved[:, 0, 0].numpy().astype(float) - 128) - expected).max() <= 0.5
    assert np.allclose(np.array(AXES).T @ np.array(AXES), np.eye(3), atol=2e-3)


def test_erasing_fills_one_box_with_the_colour() -> None:
    image = torch.zeros(3, 40, 40, dtype=torch.uint8)
    erase(image, (10, 20, 30), rng(2))
    rows, columns = image[0].nonzero(as_tuple=True)
    height, width = int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1
    assert len(rows) == height * width
    assert 0.015 < height * width / 1600 < 0.36
    assert image[:, rows[0], columns[0]].tolist() == [10, 20, 30]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("number", range(len(OPERATIONS)))
def test_every_operation_changes_a_picture_and_keeps_its_shape(number: int, channels: int) -> None:
    class Fixed:
        def integers(self, _low: int, _high: int, count: int) -> list[int]:
            return [number] * count

        def random(self) -> float:
            return 0.0

        def normal(self, mean: float, _deviation: float) -> float:
            return mean

    image = torch.from_numpy(rng().integers(40, 200, (channels, 16, 16), dtype=np.uint8))
    made = rand_augment(image, 1, 9.0, 0.0, 1.0, (1, 2, 3)[:channels], Fixed())  # type: ignore[arg-type]
    assert made.shape == image.shape
    assert made.dtype == torch.uint8
    assert not torch.equal(made, image) or (channels == 1 and number == 7), "grey has no colour to enhance"


class TestMix:
    """Targets say how much of each image there is."""

    def mixed(self, mixer: Mixer, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        images = torch.arange(4.0).view(4, 1, 1, 1).expand(4, 1, 16, 16).clone()
        return mixer(images, torch.arange(4), rng(seed))

    @pytest.mark.parametrize("mixer", [Mixer(0.5, 0, 4), Mixer(0, 1.0, 4), Mixer(0.5, 1.0, 4)])
    def test_shares_are_those_of_the_pixels(self, mixer: Mixer) -> None:
        for seed in range(40):
            images, targets = self.mixed(mixer, seed)
            assert targets.sum(1).tolist() == pytest.approx([1, 1, 1, 1])
            means = targets @ torch.arange(4.0)
            assert images.mean((1, 2, 3)).tolist() == pytest.approx(means.tolist(), abs=1e-4)

    def test_cutmix_keeps_pixels_whole_and_mixup_blends(self) -> None:
        images, _ = self.mixed(Mixer(0, 1.0, 4), 3)
        assert set(images.unique().tolist()) <= {0.0, 1.0, 2.0, 3.0}
        assert any(len(image.unique()) == 2 for image in images)
        images, _ = self.mixed(Mixer(1.0, 0, 4), 3)
        assert all(len(image.unique()) == 1 for image in images)

    def test_the_generator_decides(self) -> None:
        assert all(map(torch.equal, self.mixed(Mixer(1, 1, 4), 5), self.mixed(Mixer(1, 1, 4), 5)))


def test_validation_takes_the_centre(picture: Pixels) -> None:
    made = Centre(40, 1.0)(picture, rng)
    assert torch.equal(made, torch.from_numpy(picture.array[:, 10:50].copy()).permute(2, 0, 1))
