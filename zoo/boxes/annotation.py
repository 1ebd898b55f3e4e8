"""Annotations of pictures in the XML of PASCAL VOC, as ImageNet's boxes come: read as hostile files are.

A file has a name for each thing in its picture (ImageNet's is the wnid) and a box around it: the columns and
rows of its outermost pixels, both within it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.errors import UserError

LARGEST = 1 << 20
"""A file is no longer than this, in bytes: room for some thousand boxes."""


@dataclass(frozen=True)
class Thing:
    """One thing: what it is, and the columns and rows of its outermost pixels."""

    name: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Annotation:
    """The things in a picture that had this size when it was annotated; 0 where the file does not say."""

    width: int
    height: int
    things: tuple[Thing, ...]


def read(path: Path) -> Annotation:
    """The annotation in a file.

    Raises:
        UserError: it cannot be read, or is none; names the file and what is wrong in it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    return parse(data, str(path))


def parse(data: bytes, name: str) -> Annotation:
    """An annotation; ``name`` is for messages.

    A document type, which an annotation never has, is refused: its entities could grow without bound, or read
    other files.

    Raises:
        UserError: it is none.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

    if len(data) > LARGEST:
        raise UserError(f"{name}: more than {LARGEST:,} bytes, which no annotation has")
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UserError(f"{name}: refused: it declares a document type or entities") from error
    except (ParseError, ValueError, LookupError) as error:  # the last two are of its encoding
        raise UserError(f"{name}: not XML: {error}") from error
    if root.tag != "annotation":
        raise UserError(f"{name}: not an annotation: it begins with <{root.tag}>")
    things = [_thing(each, name, number) for number, each in enumerate(root.iterfind("object"), 1)]
    return Annotation(_extent(root, "width", name), _extent(root, "height", name), tuple(things))


def _thing(element: Any, name: str, number: int) -> Thing:
    where = f"{name}: object {number}"
    box = element.find("bndbox")
    if box is None:
        raise UserError(f"{where} has no <bndbox>")
    left, top, right, bottom = (_number(box, side, where) for side in ("xmin", "ymin", "xmax", "ymax"))
    if right < left or bottom < top:
        raise UserError(
            f"{where} ends before it begins: xmin {left:g}, xmax {right:g}, ymin {top:g}, ymax {bottom:g}"
        )
    return Thing((element.findtext("name") or "").strip(), left, top, right, bottom)


def _number(element: Any, side: str, where: str) -> float:
    text = element.findtext(side)
    try:
        value = float(text)
    except (TypeError, ValueError):
        value = float("nan")
    if not abs(value) < LARGEST:  # nan too
        raise UserError(f"{where}: <{side}> is {text!r}, and not a number of pixels")
    return value


def _extent(root: Any, side: str, name: str) -> int:
    text = root.findtext(f"size/{side}")
    if text is None:
        return 0
    if not text.strip().isdecimal():
        raise UserError(f"{name}: <{side}> is {text!r}, and not a number of pixels")
    return int(text)
