"""The notebook runs from end to end, wherever Jupyter starts, and shows what it shows when it runs."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from tests.docs.scripts import script

tour = script("make_tour")
KEPT = nbformat.read(tour.TOUR, as_version=4)


def shown(cell) -> list[object]:
    """What a cell shows, as far as it is the same on every machine: pictures by their pixels."""
    return [_shown(output, exact=tour.VARIES not in cell.metadata.get("tags", ())) for output in cell.outputs]


def _shown(output, exact: bool) -> object:
    assert output.output_type != "error"
    if output.output_type == "stream":
        assert output.name == "stdout", output.text
        return output.text if exact else output.name
    data = dict(output.data)
    picture = data.pop("image/png", None)
    return (data, None if picture is None else pixels(picture)) if exact else sorted(output.data)


def pixels(png: str) -> tuple[tuple[int, int], bytes]:
    with Image.open(BytesIO(base64.b64decode(png))) as image:
        return image.size, image.convert("RGB").tobytes()


@pytest.mark.long
def test_the_notebook_is_fresh(tmp_path: Path) -> None:
    for kept, fresh in zip(KEPT.cells, tour.run(tmp_path).cells, strict=True):
        if kept.cell_type == "code":
            same = shown(kept) == shown(fresh)
            assert same, f"run: make tour\n{kept.source}"


def test_the_notebook_is_a_valid_one() -> None:
    nbformat.validate(KEPT)


def test_the_notebook_is_small() -> None:
    assert tour.TOUR.stat().st_size < 1_000_000


def test_only_training_may_differ_from_machine_to_machine() -> None:
    tagged = [cell.source for cell in KEPT.cells if cell.metadata.get("tags")]
    assert len(tagged) == 1
    assert "optimizer.step()" in tagged[0]
