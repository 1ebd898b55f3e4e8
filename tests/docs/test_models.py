"""The pages of models are what `make models` writes now: their text, and every picture to the byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import code_lines, make_models
from zoo import catalog

COMMANDS = make_models.commands()
STALE = "run: make models"


def test_the_pages_are_fresh() -> None:
    # `tests/zoo/test_models.py` holds that the numbers are.
    for page, text in make_models.pages(catalog.entries()).items():
        assert page.read_text(encoding="utf-8") == text, f"{page.name}: {STALE}"


def test_there_are_no_other_files() -> None:
    families = {net.family for net in catalog.entries()}
    assert families == COMMANDS.keys()
    wanted = {f"{family}.{ending}" for family in families for ending in ("md", "svg")}
    assert {path.name for path in make_models.FOLDER.iterdir()} == wanted, STALE


@pytest.mark.parametrize("family", COMMANDS)
def test_a_picture_is_fresh(family: str, tmp_path: Path) -> None:
    make_models.draw(COMMANDS[family], tmp_path / "new.svg")
    fresh = (make_models.FOLDER / f"{family}.svg").read_bytes() == (tmp_path / "new.svg").read_bytes()
    assert fresh, STALE


def test_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in make_models.FOLDER.iterdir()}
    assert max(sizes.values()) < 150_000, sizes
    assert sum(sizes.values()) < 2_500_000


def test_links_lead_somewhere() -> None:
    for page in (make_models.INDEX, *make_models.FOLDER.glob("*.md")):
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_specs_are_a_quarter_as_long() -> None:
    assert code_lines.total().share < 0.25
    assert {size.family for size in code_lines.sizes()} < {net.family for net in catalog.entries()}


def test_lines_of_code() -> None:
    assert code_lines.of_spec("# title\n\nnet n {  # a net\n  relu\n}\n") == 3
    text = '''
"""About
the module."""
from a import b

__all__ = [
    "f",
]


class F_Weights:
    A = 1


@b
def f(
    x,
):
    """What it does."""

    # a remark
    return """two
lines"""
'''
    assert code_lines.of_python(text) == 5
