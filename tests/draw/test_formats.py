"""Bytes: what each format is, that it is always the same, and what happens when it cannot be made."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from netcompiler.draw import fonts, render
from netcompiler.draw.errors import DrawError
from netcompiler.draw.formats import WRITERS
from tests.draw.drawn import draw

SVG = "{http://www.w3.org/2000/svg}"

ELSEWHERE = """
import sys
from pathlib import Path
import netcompiler
drawing = netcompiler.load("specs/resnet.net", "resnet18").draw()
for format in sys.argv[2:]:
    Path(sys.argv[1], format).write_bytes(drawing.render(format))
assert "torch" not in sys.modules
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The folder of what another process makes of ResNet-18, one file for each format."""
    folder = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, folder, *WRITERS],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parents[2],
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    return folder


@pytest.mark.parametrize(
    ("format", "start"),
    [("svg", b"<?xml"), ("png", b"\x89PNG\r\n"), ("pdf", b"%PDF-"), ("eps", b"%!PS-Adobe"), ("dot", b"//")],
)
def test_each_format_is_what_it_says(format, start, graph_of):
    assert draw(graph_of("lenet"), format).startswith(start)


def test_every_net_is_drawn_in_every_format(every, graph_of):
    for format in WRITERS:
        assert len(draw(graph_of(every), format, dpi=36)) > 1000


@pytest.mark.parametrize("format", ["jpg", "", "SVG", "svg:cairo", "../svg", "x11"])
def test_unknown_format_names_the_known_ones(format, graph_of):
    with pytest.raises(ValueError, match="it has svg, png, pdf, eps, dot, tex, html"):
        draw(graph_of("lenet"), format)


@pytest.mark.parametrize("format", WRITERS)
def test_the_same_bytes_again_and_in_another_process(format, graph_of, elsewhere):
    """Also after other nets were drawn here, with hashes of strings that differ."""
    draw(graph_of("unet"), format)
    first = draw(graph_of("resnet18"), format)
    assert draw(graph_of("resnet18"), format) == first
    assert (elsewhere / format).read_bytes() == first


def test_a_pdf_does_not_say_when_it_was_made(graph_of):
    assert b"CreationDate" not in draw(graph_of("lenet"), "pdf")


def test_nothing_is_written_beside_the_font(graph_of):
    draw(graph_of("lenet"), "png")
    assert {path.suffix for path in fonts.FOLDER.iterdir() if path.is_file()} == {
        ".py",
        ".ttf",
        ".woff2",
        ".txt",
    }
    assert not list(fonts.FOLDER.glob(".*"))


def test_the_users_fontconfig_is_left_alone(graph_of, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/somewhere/fonts.conf")
    draw(graph_of("lenet"), "png")
    assert os.environ["FONTCONFIG_FILE"] == "/somewhere/fonts.conf"
    monkeypatch.delenv("FONTCONFIG_FILE")
    draw(graph_of("lenet"), "png")
    assert "FONTCONFIG_FILE" not in os.environ


def test_png_grows_with_dpi(graph_of):
    from PIL import Image

    small, large = (Image.open(BytesIO(draw(graph_of("lenet"), "png", dpi=dpi))).size for dpi in (72, 144))
    assert large[0] == pytest.approx(2 * small[0], abs=2)
    assert large[1] == pytest.approx(2 * small[1], abs=2)


def test_svg_is_whole_in_itself(graph_of):
    svg = draw(graph_of("alexnet"), "svg").decode()
    root = ET.fromstring(svg)
    assert svg.count("@font-face") == 2
    assert "DOCTYPE" not in svg
    assert not [e for e in root.iter() if any(name.endswith("href") for name in e.attrib)]
    stack = root.attrib["font-family"].split(",")
    assert (stack[0], stack[-1]) == ("'Inter Net'", "sans-serif")


def test_svg_has_every_text(graph_of):
    root = ET.fromstring(draw(graph_of("alexnet"), "svg"))
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert texts.count("conv1") == 2
    assert texts.count("86.5 KB") == 2
    assert texts.count("18.4 KB") == 2
    assert texts.count("8.2 KB") == 3
    assert texts.count("top") == texts.count("bottom") == 1


def test_without_pygraphviz_a_dot_program_is_used(graph_of, monkeypatch):
    import graphviz

    calls = []

    def pipe(engine, format, data, **options):
        calls.append((engine, format, options))
        return b"<svg></svg>" if format == "svg" else b"drawn"

    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setattr(graphviz, "pipe", pipe)
    assert draw(graph_of("lenet"), "pdf") == b"drawn"
    assert b"@font-face" in draw(graph_of("lenet"), "svg")
    assert calls[0] == ("neato", "pdf", {"renderer": None, "neato_no_op": 2, "quiet": True})


def test_without_any_graphviz_the_error_says_what_to_install(graph_of, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DrawError, match=r"apt-get install .*libglib2.*`dot` program on PATH"):
        draw(graph_of("lenet"), "svg")
    # DOT text needs no Graphviz.
    assert draw(graph_of("lenet"), "dot")


def test_a_failing_graphviz_is_a_draw_error(graph_of, monkeypatch):
    import pygraphviz

    def broken(self, **options):
        os.write(2, b"out of paper\n")
        raise OSError("failed")

    monkeypatch.setattr(pygraphviz.AGraph, "draw", broken)
    with pytest.raises(DrawError, match="out of paper"):
        draw(graph_of("lenet"), "svg")


def test_an_empty_picture_is_a_draw_error(graph_of, monkeypatch):
    import pygraphviz

    monkeypatch.setattr(pygraphviz.AGraph, "draw", lambda self, **options: b"")
    with pytest.raises(DrawError, match="empty picture"):
        draw(graph_of("lenet"), "svg")


def test_a_png_that_is_too_large_says_what_to_do(graph_of):
    with pytest.raises(DrawError, match=r"32,767.*SVG or PDF.*dpi or less"):
        draw(graph_of("resnet50"), "png", dpi=5000)


@pytest.mark.parametrize("options", [{"dpi": 0}, {"depth": -1}])
def test_senseless_options_are_refused(options, graph_of):
    with pytest.raises(ValueError, match="or more"):
        draw(graph_of("lenet"), "png", **options)


def test_errors_of_c_code_are_kept_from_the_terminal(capfd):
    with render._captured_errors() as printed:
        os.write(2, b"warning\n")
        assert printed() == "warning"
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
