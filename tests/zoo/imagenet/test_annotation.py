"""Annotations: what they say, and hostile or broken ones, which are refused in one line."""

from pathlib import Path

import numpy as np
import pytest

from zoo.augment.crop import CropOptions, crop, random_box
from zoo.boxes.annotation import LARGEST, Annotation, Thing, parse, read
from zoo.boxes.boxed import Boxed, within
from zoo.boxes.overlap import covered, iou
from zoo.boxes.places import find
from zoo.errors import UserError
from zoo.images.picture import BrokenImageError, Pixels

PLAIN = """<annotation><filename>n01440764_10040</filename>
  <size><width>500</width><height>375</height><depth>3</depth></size>
  <object><name>n01440764</name><bndbox><xmin>13</xmin><ymin>76</ymin><xmax>429</xmax><ymax>307</ymax></bndbox>
  </object>
  <object><name> n02999410 </name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>10</xmax><ymax>9</ymax></bndbox>
  </object></annotation>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><annotation><filename>&c;</filename></annotation>"""
OUTSIDE = """<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation><filename>&x;</filename></annotation>"""


def test_things_and_sizes() -> None:
    found = parse(PLAIN.encode(), "a.xml")
    assert (found.width, found.height) == (500, 375)
    assert found.things == (Thing("n01440764", 13, 76, 429, 307), Thing("n02999410", 0, 0, 10, 9))
    assert parse(b"<annotation/>", "a.xml") == Annotation(0, 0, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "a.xml: refused: it declares a document type or entities"),
        (OUTSIDE, "a.xml: refused: it declares a document type or entities"),
        ('<!DOCTYPE annotation SYSTEM "http://there/a.dtd"><annotation/>', "a.xml: refused: it declares a"),
        ("<annotation>", "a.xml: not XML: no element found"),
        ("", "a.xml: not XML: no element found"),
        ("<annotation>&x;</annotation>", "a.xml: not XML: undefined entity"),
        ('<?xml version="1.0" encoding="nothing"?><annotation/>', "a.xml: not XML: unknown encoding"),
        ("<html/>", "a.xml: not an annotation: it begins with <html>"),
        (PLAIN.replace("429", "wide"), "a.xml: object 1: <xmax> is 'wide', and not a number of pixels"),
        (PLAIN.replace("429", "nan"), "a.xml: object 1: <xmax> is 'nan'"),
        (PLAIN.replace("429", "1e99"), "a.xml: object 1: <xmax> is '1e99'"),
        (PLAIN.replace("<xmax>10</xmax>", ""), "a.xml: object 2: <xmax> is None"),
        (PLAIN.replace("429", "12"), "a.xml: object 1 ends before it begins: xmin 13, xmax 12"),
        (PLAIN.replace("bndbox", "box"), "a.xml: object 1 has no <bndbox>"),
        (PLAIN.replace("500", "many"), "a.xml: <width> is 'many'"),
        (" " * (LARGEST + 1), "a.xml: more than 1,048,576 bytes"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text.encode(), "a.xml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UserError, match="more than"):
        read(path)


def test_overlap_by_hand() -> None:
    """Both outermost pixels count: 0 to 9 are ten."""
    assert iou((0, 0, 9, 9), (0, 0, 9, 9)) == 1.0
    assert iou((0, 0, 9, 9), (0, 5, 9, 14)) == 50 / 150
    assert iou((0, 0, 9, 9), (9, 9, 18, 18)) == 1 / 199
    assert iou((0, 0, 9, 9), (10, 0, 19, 9)) == 0.0
    assert covered((10, 10, 10, 20), (0, 0, 15, 100)) == 0.5
    assert covered((10, 10, 10, 20), (50, 50, 5, 5)) == 0.0


def test_boxes_are_parts_of_the_picture() -> None:
    """Cut off at its edges; a picture of another size than the annotated one scales them."""
    annotation = Annotation(
        100, 50, (Thing("a", 10, 5, 19, 14), Thing("b", 90, 40, 120, 60), Thing("c", 200, 0, 210, 9))
    )
    assert within(annotation, 50, 100) == [(5, 10, 10, 10), (40, 90, 10, 10)]
    assert within(annotation, 100, 200) == [(10, 20, 20, 20), (80, 180, 20, 20)]
    assert within(Annotation(0, 0, annotation.things), 50, 100) == [(5, 10, 10, 10), (40, 90, 10, 10)]


class TestCrop:
    """Crops that keep to boxes."""

    def test_they_have_their_share_of_one_box(self) -> None:
        boxes = [(0, 0, 20, 20), (80, 130, 20, 20)]
        found = [random_box(100, 150, 0.08, np.random.default_rng(seed), boxes, 0.9) for seed in range(200)]
        assert all(any(covered(box, own) >= 0.9 for box in boxes) for own in found)
        free = [random_box(100, 150, 0.08, np.random.default_rng(seed)) for seed in range(200)]
        assert not all(any(covered(box, own) >= 0.9 for box in boxes) for own in free)

    def test_without_boxes_nothing_changes(self) -> None:
        """The same random numbers give the same crops, whatever the option says."""
        picture = Pixels(np.zeros((100, 150, 3), np.uint8))
        places = [crop(CropOptions(name="crop", box_share=share), CropOptions()) for share in (0.0, 0.5)]
        for seed in range(20):
            one, other = (place(picture, 32, np.random.default_rng(seed)) for place in places)
            assert one == other
            assert one == places[1](Boxed(picture, lambda: None), 32, np.random.default_rng(seed))

    def test_a_broken_annotation_is_a_broken_image(self) -> None:
        def broken() -> Annotation:
            raise UserError("a.xml: not XML")

        picture = Boxed(Pixels(np.zeros((10, 10, 3), np.uint8)), broken)
        place = crop(CropOptions(name="crop", box_share=0.5), CropOptions())
        assert place is not None
        with pytest.raises(BrokenImageError, match="not XML"):
            place(picture, 8, np.random.default_rng(0))


def test_where_boxes_lie(tmp_path: Path) -> None:
    assert find(tmp_path, "val") is None
    folder = tmp_path / "ILSVRC" / "Annotations" / "CLS-LOC" / "train" / "n01440764"
    folder.mkdir(parents=True)
    (folder / "n01440764_10040.xml").write_text(PLAIN)
    boxes = find(tmp_path, "train")
    assert boxes is not None
    found = boxes.of("n01440764_10040")
    assert found is not None
    assert len(found.things) == 2
    assert boxes.has("n01440764_10040")
    assert not boxes.has("n01440764_10")
    assert boxes.of("n01440764_10") is None
