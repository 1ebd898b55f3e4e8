"""Photographs: decoded at the scale that is wanted, the right way up, with the pixels of a plain reading."""

import io
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

from zoo.images.crop import take
from zoo.images.photo import Photo, read, reduction
from zoo.images.picture import BrokenImageError, Pixels
from zoo.input import ToInput

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What each orientation of EXIF asks a viewer to do, from its table (CIPA DC-008, tag 274)."""


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    """A real one: uint8 [427, 640, 3]."""
    image: np.ndarray = load_sample_images().images[0]
    return image


def encoded(pixels: np.ndarray, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def with_orientation(number: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


def by_pil(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_pixels_are_those_that_pil_decodes(photograph: np.ndarray) -> None:
    data = encoded(photograph, quality=90)
    assert np.abs(Photo("a", data).pixels(1).astype(int) - by_pil(data)).max() <= 4


@pytest.mark.parametrize(
    ("box", "side", "by"),
    [
        ((0, 0, 447, 447), 224, 1),
        ((5, 5, 448, 500), 224, 2),
        ((0, 0, 895, 2000), 224, 2),
        ((0, 0, 896, 896), 224, 4),
        ((0, 0, 100_000, 100_000), 224, 8),
        ((0, 0, 10, 10), 224, 1),
    ],
)
def test_what_is_reduced_keeps_the_pixels_that_are_wanted(
    box: tuple[int, int, int, int], side: int, by: int
) -> None:
    assert reduction(box, side) == by


@pytest.mark.parametrize("by", [2, 4, 8])
def test_a_reduced_picture_is_the_same_picture(photograph: np.ndarray, by: int) -> None:
    """Against the mean over squares of the whole one."""
    photo = Photo("a", encoded(photograph, quality=95))
    small, whole = photo.pixels(by), photo.pixels(1)
    assert small.shape == (-(-427 // by), -(-640 // by), 3)
    rows, columns = 427 // by, 640 // by
    means = whole[: rows * by, : columns * by].reshape(rows, by, columns, by, 3).mean(axis=(1, 3))
    assert np.abs(small[:rows, :columns] - means).mean() < 1.5


def test_any_box_is_the_same_reduced_or_not() -> None:
    photo = Photo("a", encoded(load_sample_images().images[1], quality=95))
    assert photo.reducible
    rng = random.Random(0)
    seen = set()
    for _ in range(40):
        tall, wide = rng.randint(64, 427), rng.randint(64, 640)
        box = (rng.randint(0, 427 - tall), rng.randint(0, 640 - wide), tall, wide)
        by = reduction(box, 64)
        seen.add(by)
        part = photo.part(box, 64)
        assert min(part.shape[:2]) >= 64
        assert abs(part.shape[0] - tall / by) <= 0.5
        assert abs(part.shape[1] - wide / by) <= 0.5
        exact = take(Pixels(photo.pixels(1)), box, 64, flip=False)
        # Half a pixel of displacement at most; one at a quarter of the length would give 9.
        assert (take(photo, box, 64, flip=False).float() - exact).abs().mean() < (0.01 if by == 1 else 6)
    assert seen == {1, 2, 4}


@pytest.mark.parametrize("number", [1, *TURNS])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photograph_is_the_right_way_up(photograph: np.ndarray, number: int, kind: str) -> None:
    data = encoded(photograph, kind, exif=with_orientation(number))
    photo = Photo("a", data)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(image.transpose(TURNS[number]) if number in TURNS else image)
    assert photo.pixels(1).shape == expected.shape == (photo.height, photo.width, 3)
    assert np.abs(photo.pixels(1).astype(int) - expected).max() <= 4
    assert photo.reducible == (kind == "JPEG" and number == 1), "what is upright stays with the fast reader"


def test_broken_exif_turns_nothing(photograph: np.ndarray) -> None:
    data = encoded(photograph, exif=with_orientation(6))
    at = data.index(b"Exif\0\0") + 6
    broken = data[:at] + b"\xff" * 12 + data[at + 12 :]
    assert Photo("a", broken).pixels(1).shape == photograph.shape


def test_damage_after_the_head_shows_with_the_pixels(tmp_path: Path, photograph: np.ndarray) -> None:
    path = tmp_path / "cut.jpg"
    path.write_bytes(encoded(photograph)[:9000])
    photo = read(path)
    assert (photo.height, photo.width) == (427, 640)
    for side in (50, 400):
        with pytest.raises(BrokenImageError, match=r"cut.jpg: broken image: .*runcated"):
            photo.part((0, 0, 427, 427), side)


def test_what_pil_forgives_comes_whole(photograph: np.ndarray) -> None:
    """Rubbish between the scan and its end: simplejpeg refuses, PIL reads."""
    data = encoded(photograph, quality=80)
    photo = Photo("a", data[:-2] + b"\x00" * 40 + data[-2:])
    assert photo.part((0, 0, 420, 420), 50).shape[0] in {105, 420}
    assert photo.pixels(1).shape == (427, 640, 3)


def test_parts_of_one_picture_outlive_those_of_the_next(photograph: np.ndarray) -> None:
    one, two = Photo("a", encoded(photograph)), Photo("b", encoded(255 - photograph))
    box = (0, 0, 427, 427)
    part, kept = one.part(box, 427), one.pixels(1)
    before = part.copy()
    assert two.part(box, 427).mean() != part.mean()
    assert np.array_equal(part, before)
    assert np.array_equal(kept[:, :427], before)
    assert part.flags.owndata


def test_images_are_taken_with_their_channels_side_by_side(photograph: np.ndarray) -> None:
    picture = Pixels(photograph)
    for box in ((0, 0, 427, 427), (3, 4, 64, 64), (-8, -8, 100, 100)):
        plain, mirrored = (take(picture, box, 64, flip=flip) for flip in (False, True))
        assert plain.stride() == mirrored.stride() == (1, 192, 3)
        assert torch.equal(mirrored, plain.flip(2))
    whole = take(picture, (0, 0, 427, 427), 427, flip=False)
    whole.zero_()
    assert photograph.any(), "the data set's own pixels are not written to"


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("channels", [1, 3])
def test_inputs_are_scaled_by_channel(layout: torch.memory_format, channels: int) -> None:
    images = torch.randint(0, 256, (4, channels, 5, 6), dtype=torch.uint8)
    mean, std = [0.4, 0.5, 0.6][:channels], [0.2, 0.25, 0.3][:channels]
    expected = images.float().div(255)
    expected = expected.sub(torch.tensor(mean).view(-1, 1, 1)).div(torch.tensor(std).view(-1, 1, 1))
    for given in (images, images.contiguous(memory_format=torch.channels_last)):
        made = ToInput(mean, std, torch.device("cpu"), layout)(given)
        assert torch.allclose(made, expected, rtol=0, atol=1e-6)
        assert made.is_contiguous(memory_format=layout)
