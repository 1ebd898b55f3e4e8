"""Files for paper: how large a page is, fonts that are embedded, text to select, letters that are missing."""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest

from netcompiler.draw import fonts
from netcompiler.draw.errors import DrawError
from netcompiler.draw.theme import DARK, PAPER
from tests.draw.drawn import draw, picture

CM = 72 / 2.54
WIDTH = 8.5
JAPANESE = "日本語"


@pytest.fixture(params=[WIDTH, None], ids=["narrow", "natural"])
def asked(request):
    return request.param


@pytest.fixture
def size(asked, graph_of):
    """The size of the page in points."""
    page = picture(graph_of("lenet"), width=asked)
    if asked is not None:
        assert page.zoom != 1
        assert page.width * page.zoom == pytest.approx(asked * CM)
    return page.width * page.zoom, page.height * page.zoom


def test_an_svg_has_its_size_in_points(asked, size, graph_of):
    root = ET.fromstring(draw(graph_of("lenet"), "svg", width=asked))
    for side, length in zip(("width", "height"), size, strict=True):
        assert root.attrib[side].endswith("pt")
        assert float(root.attrib[side].removesuffix("pt")) == pytest.approx(length, abs=1)


def test_a_pdf_has_its_size(asked, size, graph_of):
    data = draw(graph_of("lenet"), "pdf", width=asked)
    (box,) = re.findall(rb"/MediaBox \[([^\]]*)\]", data)
    assert [float(number) for number in box.split()] == pytest.approx([0, 0, *size], abs=1)


def test_an_eps_has_its_size(asked, size, graph_of):
    data = draw(graph_of("lenet"), "eps", width=asked)
    (box,) = re.findall(rb"(?m)^%%BoundingBox: (.*)$", data)
    assert [float(number) for number in box.split()] == pytest.approx([0, 0, *size], abs=1)


def test_edges_that_can_be_seen_have_a_margin(graph_of):
    """On white paper a picture fills the width that is asked for; on a dark one its paper shows around it."""
    for theme, free in ((PAPER, 5), (DARK, 14)):
        page = picture(graph_of("resnet50"), width=16, depth=1, theme=theme)
        assert min(text.x for text in page.texts) >= free
        assert min(frame.left for frame in page.frames) >= free


@pytest.mark.parametrize("dpi", [96, 192, 600])
def test_a_png_says_how_large_it_is_on_paper(asked, size, dpi, graph_of):
    from PIL import Image

    image = Image.open(BytesIO(draw(graph_of("lenet"), "png", dpi=dpi, width=asked)))
    image.load()
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    for pixels, length in zip(image.size, size, strict=True):
        assert pixels * 72 / dpi == pytest.approx(length, abs=1)


def shown(content):
    """The texts that drawing operations show, each in one piece: ``[(con)-17(v1)]TJ``."""
    for pieces in re.findall(rb"\[((?:\((?:\\.|[^()\\])*\)|[-\d. ])*)\]TJ", content):
        letters = b"".join(re.findall(rb"\(((?:\\.|[^()\\])*)\)", pieces))
        plain = re.sub(rb"\\(\d{3})", lambda found: bytes([int(found[1], 8)]), letters)
        yield re.sub(rb"\\(.)", rb"\1", plain).decode("latin-1").strip()


def unpacked(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_the_text_of_a_pdf_can_be_selected(graph_of):
    data = draw(graph_of("lenet"), "pdf")
    assert data.count(b"/FontFile2") == data.count(b"/ToUnicode") == 2
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    texts = {text for stream in streams for text in shown(unpacked(stream))}
    assert {"lenet", "image", "conv1", "conv2", "fc 120", "1×28×28", "flatten"} <= texts


def test_the_text_of_an_eps_is_text_in_embedded_fonts(graph_of):
    data = draw(graph_of("lenet"), "eps")
    assert re.findall(rb"/FontName /(\S+) def", data) == [b"InterNet-Bold", b"InterNet-Regular"]
    assert data.count(b"/sfnts [") == 2
    assert {"lenet", "conv1", "1×28×28"} <= set(shown(data))


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "eps", "dot", "tex"])
def test_the_same_bytes_again_at_a_width_and_in_a_theme(format, graph_of):
    first, second = (draw(graph_of("unet"), format, dpi=96, width=16, theme=DARK) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("format", ["png", "pdf", "eps"])
def test_letters_that_the_font_lacks_are_refused(format, graph_of):
    with pytest.raises(DrawError) as error:
        draw(graph_of("lenet"), format, title=f"LeNet {JAPANESE}")
    letters = " ".join(JAPANESE)
    assert str(error.value).startswith(f"the font of pictures has no {letters}: draw it as SVG")


def test_an_svg_leaves_them_to_the_reader(graph_of):
    root = ET.fromstring(draw(graph_of("lenet"), "svg", title=f"LeNet {JAPANESE}"))
    assert f"LeNet {JAPANESE}" in [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_missing_letters_are_named_once():
    assert fonts.missing(f"a é ж λ × → … {JAPANESE}{JAPANESE}") == list(JAPANESE)
    assert fonts.missing("line\nfeed\u200b") == []
