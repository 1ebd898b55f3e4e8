"""The gallery is what `make gallery` writes now: its page, and every picture to the byte.

So is every picture of the other pages, which show none but these.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from netcompiler.draw import styles
from tests.docs.blocks import PAGES
from tests.docs.scripts import script

gallery = script("make_gallery")
COMMANDS = gallery.commands()

COLUMN = 830
"""How wide a page of GitHub shows a picture at the most, in pixels."""

LEGIBLE = 7.95
"""Pixels of the smallest text: 6 pt, less what rounding takes."""

STALE = "run: make gallery"


def test_the_page_is_fresh() -> None:
    fresh = gallery.PAGE.read_text(encoding="utf-8") == gallery.page()
    assert fresh, STALE


@pytest.mark.parametrize("image", COMMANDS)
def test_a_picture_is_fresh(image: str, tmp_path: Path) -> None:
    gallery.draw(COMMANDS[image], tmp_path / image)
    fresh = (gallery.IMAGES / image).read_bytes() == (tmp_path / image).read_bytes()
    assert fresh, STALE


def test_there_are_no_other_pictures() -> None:
    assert {path.name for path in gallery.IMAGES.iterdir()} == set(COMMANDS), STALE


def test_pages_show_pictures_of_the_gallery_alone() -> None:
    shown = {
        name
        for page in PAGES
        for name in re.findall(r"images/([^\s\"')]+\.\w+)", page.read_text(encoding="utf-8"))
    }
    assert shown == set(COMMANDS)


def test_every_style_is_shown() -> None:
    shown = {
        found for command in COMMANDS.values() for found in re.findall(r"(?:--style |netc )(\w+)", command)
    }
    assert set(styles.names()) - {styles.DEFAULT} <= shown


def test_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in gallery.IMAGES.iterdir()}
    assert max(sizes.values()) < 200_000, sizes
    assert sum(sizes.values()) < 4_000_000


@pytest.mark.parametrize("picture", gallery.pictures(), ids=lambda picture: picture.name)
def test_a_picture_can_be_read_on_the_page(picture) -> None:
    for name in picture.commands:
        root = ET.parse(gallery.IMAGES / name).getroot()
        natural = float(root.attrib["width"].removesuffix("pt")) * 96 / 72
        shrunk = min(1, COLUMN / natural)
        scale = float(re.match(r"scale\(([\d.]+)", root[1].attrib["transform"]).group(1))
        smallest = min(
            float(text.attrib["font-size"]) for text in root.iter("{http://www.w3.org/2000/svg}text")
        )
        assert smallest * scale * 96 / 72 * shrunk >= LEGIBLE
