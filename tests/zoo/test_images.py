"""Files to pixels: what is read, by whom, and what is refused by name."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from zoo.augment.crop import random_box
from zoo.data.base import BrokenImageError
from zoo.images import decode as decoding
from zoo.images.crop import centre_box, take
from zoo.images.decode import decode
from zoo.images.picture import Pixels


@pytest.fixture
def pixels() -> np.ndarray:
    """A smooth picture, which JPEG keeps well: uint8 [40, 60, 3]."""
    down, right = np.mgrid[0:40, 0:60]
    return np.stack([down * 6, right * 4, 255 - down * 3], axis=-1).astype(np.uint8)


def test_a_jpeg_is_read_as_pil_would(tmp_path: Path, pixels: np.ndarray) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(pixels).save(path, quality=95)
    read = decode(path)
    assert read.shape == (40, 60, 3)
    with Image.open(path) as image:
        assert np.abs(read.astype(int) - np.asarray(image.convert("RGB")).astype(int)).max() <= 4


def test_png_is_exact(tmp_path: Path, pixels: np.ndarray) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert np.array_equal(decode(tmp_path / "a.png"), pixels)


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "1"])
@pytest.mark.filterwarnings("error")
def test_other_modes_become_rgb(tmp_path: Path, pixels: np.ndarray, mode: str) -> None:
    path = tmp_path / ("a.jpg" if mode in {"L", "CMYK"} else "a.png")
    image = Image.fromarray(pixels).convert(mode)
    image.save(path)
    expected = np.asarray(image.convert("RGB")).astype(int)
    read = decode(path)
    assert read.dtype == np.uint8
    assert np.abs(read.astype(int) - expected).mean() < 6


def test_transparency_shows_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    image.putpixel((3, 3), (200, 0, 0, 255))
    image.save(tmp_path / "a.png")
    read = decode(tmp_path / "a.png")
    assert read[0, 0].tolist() == [255, 255, 255]
    assert read[3, 3].tolist() == [200, 0, 0]


def test_sixteen_bits_are_scaled(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, 64).reshape(8, 8).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert np.array_equal(decode(tmp_path / "a.png")[:, :, 0], (values >> 8).astype(np.uint8))


def jpeg(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.jpg", lambda data: b"", "the file is empty"),
        ("text.jpg", lambda data: b"not a picture", "not an image"),
        ("cut.jpg", lambda data: data[: len(data) // 2], "runcated"),
        ("head.jpg", lambda data: data[:20], "broken image"),
    ],
)
def test_a_broken_file_is_named(
    tmp_path: Path, pixels: np.ndarray, name: str, content: Callable[[bytes], bytes], why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content(jpeg(pixels)))
    with pytest.raises(BrokenImageError) as caught:
        decode(path)
    assert str(caught.value).startswith(f"{path}: broken image: ")
    assert why in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenImageError, match=r"gone.jpg: cannot be read: No such file"):
        decode(tmp_path / "gone.jpg")


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_bomb_is_refused(
    tmp_path: Path, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(pixels).save(path)
    monkeypatch.setattr(decoding, "MOST_PIXELS", 40 * 60 - 1)
    with pytest.raises(BrokenImageError, match="60×40 pixels are more than"):
        decode(path)


def test_random_boxes_lie_within_and_keep_their_bounds() -> None:
    rng = np.random.default_rng(0)
    for _ in range(500):
        height, width = (int(side) for side in rng.integers(1, 200, 2))
        top, left, box_height, box_width = random_box(height, width, 0.25, rng)
        assert 0 <= top <= height - box_height
        assert 0 <= left <= width - box_width
        assert box_height > 0
        assert box_width > 0
        if min(height, width) > 60:
            assert box_height * box_width >= 0.24 * height * width or box_height == box_width
            assert 0.7 < box_width / box_height < 1.4


def test_centre_box_is_centred() -> None:
    assert centre_box(40, 60, 1.0) == (0, 10, 40, 40)
    assert centre_box(40, 60, 0.5) == (10, 20, 20, 20)
    assert centre_box(1, 1, 0.1) == (0, 0, 1, 1)


def test_take_crops_mirrors_and_scales(pixels: np.ndarray) -> None:
    whole = take(Pixels(pixels), (0, 10, 40, 40), 40, flip=False)
    assert torch.equal(whole, torch.from_numpy(pixels[:, 10:50].copy()).permute(2, 0, 1))
    assert torch.equal(take(Pixels(pixels), (0, 10, 40, 40), 40, flip=True), whole.flip(2))
    small = take(Pixels(pixels), (0, 10, 40, 40), 10, flip=False)
    assert small.shape == (3, 10, 10)
    assert small.dtype == torch.uint8
    mean = torch.nn.functional.avg_pool2d(whole.float(), 4)
    assert (small.float() - mean).abs()[:, 1:-1, 1:-1].max() < 3
