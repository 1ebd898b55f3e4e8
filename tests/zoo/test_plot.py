"""The learning curves."""

from pathlib import Path

import pytest
from PIL import Image

from zoo import plot
from zoo.history import Row


def rows(count: int) -> list[Row]:
    return [
        Row(i, i, 0.1, 1 / i, 0.5 / i, 0.1, 1.2 / i, 0.6 / i, 0.1, 10, 1, 0, 9) for i in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [1, 2, 30])
def test_any_number_of_epochs_can_be_drawn(tmp_path: Path, count: int) -> None:
    paths = (tmp_path / "curves.png", tmp_path / "curves.svg")
    plot.draw(rows(count), "a net on data", paths)
    with Image.open(paths[0]) as picture:
        assert picture.width > picture.height > 400
    assert paths[1].read_text(encoding="utf-8").rstrip().endswith("</svg>")


def test_the_same_run_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        plot.draw(rows(5), "t", [tmp_path / name])
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_run_without_error_and_loss_can_be_drawn(tmp_path: Path) -> None:
    perfect = [Row(i, i, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10, 1, 0, 0) for i in (1, 2)]
    plot.draw(perfect, "t", [tmp_path / "a.png"])
    assert (tmp_path / "a.png").stat().st_size > 1000
