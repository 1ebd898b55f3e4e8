"""What a notebook shows of a net and of a drawing, and that pictures of one page leave each other alone."""

from __future__ import annotations

import re
import struct
from xml.etree import ElementTree as ET

import pytest
from IPython.core.formatters import DisplayFormatter

import netcompiler

SVG = "{http://www.w3.org/2000/svg}"
NET = "net n {{ input x [8] -> {} }}"
LINEAR = NET.format("linear(4)").replace(" -> ", "\n")


@pytest.fixture
def net() -> netcompiler.Net:
    return netcompiler.loads(LINEAR)


def shown(thing: object) -> tuple[dict[str, object], dict[str, object]]:
    """What Jupyter's kernel makes of a cell's value: its forms, and what is said about them."""
    return DisplayFormatter().format(thing)


def test_a_net_is_a_picture_with_its_totals(net) -> None:
    forms, _ = shown(net)
    assert set(forms) == {"image/svg+xml", "text/plain"}
    texts = [text.text for text in ET.fromstring(forms["image/svg+xml"].encode()).iter(f"{SVG}text")]
    assert "n" in texts
    assert "36 parameters · 32 MACs" in texts
    assert forms["text/plain"] == "<Net n: 2 layers, 36 parameters, 32 MACs>"


def test_a_drawing_is_the_picture_that_was_asked_for(net) -> None:
    drawing = net.draw(theme="dark", title="Mine")
    forms, _ = shown(drawing)
    assert forms == {"image/svg+xml": drawing.render("svg").decode(), "text/plain": repr(drawing)}
    assert repr(drawing) == "<Drawing of n, style graph>"


def test_a_drawing_can_be_shown_as_png_in_its_real_size(net) -> None:
    forms, about = shown(net.draw(format="png", dpi=288))
    assert set(forms) == {"image/png", "text/plain"}
    pixels = struct.unpack_from(">II", forms["image/png"], 16)
    size = about["image/png"]
    # 96 CSS pixels an inch.
    assert pixels == pytest.approx((size["width"] * 3, size["height"] * 3), abs=3)


@pytest.mark.parametrize("format", ["pdf", "html", "jpg"])
def test_other_formats_need_a_file(net, format) -> None:
    with pytest.raises(
        ValueError, match=f"a notebook shows svg or png, not {format}: name a file to write it"
    ):
        net.draw(format=format)


def test_a_file_leaves_the_notebook_its_svg(net, tmp_path) -> None:
    forms, _ = shown(net.draw(tmp_path / "net.pdf", format="pdf"))
    assert "image/svg+xml" in forms


@pytest.mark.parametrize("format", ["svg", "png"])
def test_what_cannot_be_drawn_is_a_warning(net, format) -> None:
    """IPython would show a traceback of its own insides for an exception."""
    drawing = net.draw(width=0.5, format=format)
    with pytest.warns(UserWarning, match="no picture: at 0.5 cm the smallest text"):
        forms, _ = shown(drawing)
    assert set(forms) == {"text/plain"}


def test_a_net_that_cannot_be_drawn_is_still_shown_in_words(net, monkeypatch) -> None:
    def without_graphviz(*_: object) -> bytes:
        raise netcompiler.DrawError("there is no Graphviz")

    monkeypatch.setattr("netcompiler.draw.render.render", without_graphviz)
    with pytest.warns(UserWarning, match="no picture: there is no Graphviz"):
        forms, _ = shown(net)
    assert set(forms) == {"text/plain"}


@pytest.mark.parametrize("theme", ["paper", "slide", "dark"])
def test_nothing_in_an_svg_reaches_the_page_around_it(graph_of, theme) -> None:
    """Two pictures in one page: what one names or restyles, the other would feel."""
    net = netcompiler.Net(graph_of("alexnet"))
    text = net.draw(theme=theme)._repr_svg_()
    root = ET.fromstring(text.encode())
    (style,) = root.iter(f"{SVG}style")
    assert re.sub(r"@font-face\{[^}]*\}", "", style.text) == ""
    assert not [e for e in root.iter() if {"id", "class"} & set(e.attrib)]


def test_the_font_is_said_once_for_all_text(net) -> None:
    root = ET.fromstring(net._repr_svg_().encode())
    assert root.attrib["font-family"].startswith("'Inter Net',")
    assert not [text for text in root.iter(f"{SVG}text") if "font-family" in text.attrib]


def test_only_the_picture_has_a_title_to_hover_on(graph_of) -> None:
    """Graphviz names every node and arrow; a browser would show ``n12`` beside the pointer."""
    root = ET.fromstring(netcompiler.Net(graph_of("resnet18"))._repr_svg_().encode())
    assert [title.text for title in root.iter(f"{SVG}title")] == ["resnet18"]
