"""TikZ: code that LaTeX takes, whose text is what it should be and fits in its place."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from netcompiler.draw import fonts, tikz
from netcompiler.draw.latex import escape
from netcompiler.draw.picture import Arrow, Frame, Node, Picture, Shape, Span, Text
from netcompiler.draw.theme import THEMES
from tests.draw.drawn import draw, picture

HOSTILE = 'a_b%c$ {x}^2 & #1 \\foo ~ "q" `<a|b>` --- Ångström Žižek ß Łódź λΩµ √2 ÷ 漢字 Жук'

PICTURES = [
    ("alexnet", "volumes"),
    ("resnet50", "volumes"),
    ("googlenet", "volumes"),
    ("alexnet", "graph"),
    ("unet", "graph"),
    ("resnet50", "columns"),
    ("alexnet", "traffic"),
]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a_b%c$", r"a\_b\%c\$"),
        (r"\{}", r"\textbackslash{}\{\}"),
        (
            "x^2 ~ #1 & <|>",
            r"x\textasciicircum{}2 \textasciitilde{} \#1 \& \textless{}\textbar{}\textgreater{}",
        ),
        ("3×3, √n", r"3$\times$3, $\surd$n"),
        ("a--b", r"a-{}-b"),
        ("a–b", "a--b"),
        ("Žé", r"\v{Z}\'{e}"),
        ("ï", r"\"{\i}"),
        ("λ", r"$\lambda$"),
        ("漢", r"\ifdefined\Umathchar 漢\else ?\fi{}"),
        ("line\nfeed\x00", "linefeed"),
    ],
)
def test_text_is_escaped(text, escaped):
    assert escape(text) == escaped


def code(net, style, graph_of, **options):
    return draw(graph_of(net), "tex", style=style, **options).decode()


@pytest.mark.parametrize(("net", "style"), PICTURES)
def test_the_code_is_one_whole_picture(net, style, graph_of):
    text = code(net, style, graph_of)
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert text.count("\\begin{tikzpicture}") == text.count("\\end{tikzpicture}") == 1
    defined = set(re.findall(r"\\definecolor\{(net\w+)\}", text))
    used = set(re.findall(r"\b(net[0-9A-F]{6})\b", text))
    assert defined == used
    # The end of any other line would be a space beside the picture.
    assert all(re.search(r"([];%]|^%.*|\\[a-z]+)$", line) for line in text.splitlines())


@pytest.mark.parametrize("width", [None, 16.0, 24.0])
def test_the_code_is_as_large_as_the_picture(width, graph_of):
    text = code("lenet", "volumes", graph_of, width=width)
    figure = picture(graph_of("lenet"), style="volumes", width=width)
    unit = float(re.search(r"x=([\d.]+)bp", text)[1])
    right, bottom = map(
        float, re.search(r"bounding box\] \(0,0\) rectangle \(([\d.]+),([\d.]+)\)", text).groups()
    )
    assert right * unit == pytest.approx(figure.width * figure.zoom, rel=1e-3)
    assert bottom * unit == pytest.approx(figure.height * figure.zoom, rel=1e-3)


def test_every_text_has_its_size_and_its_width(graph_of):
    figure = picture(graph_of("alexnet"), style="volumes", width=16.0)
    spans = [span for text in figure.texts for span in text.line]
    found = re.findall(r"\\nettext\{([\d.]+)\}\{([\d.]+)bp\}", tikz.write(figure))
    assert len(found) == len(spans)
    sizes = sorted(10 * float(scale) for scale, _ in found)
    assert sizes == pytest.approx(sorted(span.size * figure.zoom for span in spans), rel=1e-3)
    assert sizes[0] >= 5.99
    widths = sorted(fonts.width(span.text, span.size, span.bold) * figure.zoom for span in spans)
    assert sorted(float(width) for _, width in found) == pytest.approx([w + 1.2 for w in widths], abs=0.01)


EVERYTHING = Picture(
    "every thing",
    200.0,
    100.0,
    "#fffff0",
    shapes=[
        Shape(((10, 10), (40, 10), (40, 40)), "#aabbcc", "#112233", dashed=True),
        Shape(((10, 50), (40, 50), (40, 60)), None, "#112233", closed=False),
        Shape(((60, 10), (70, 10), (70, 40)), "#aabbcc", None),
    ],
    frames=[Frame(50, 20, 190, 90, "#eeeeee", "#333333", sheets=2)],
    nodes=[
        Node("a", "box", 80, 40, 40, 20, "#ffffff", "#000000", ((Span("one", 9, "#000000", bold=True),),)),
        Node("b", "circle", 140, 40, 12, 12, "#ffffff", "#000000", sheets=1, dashed=True),
        Node("c", "point", 150, 40, 4, 4, "#000000", "#000000"),
    ],
    arrows=[Arrow("a", "b", ((100, 40), (110, 40), (120, 40), (128, 40)), (134, 40), "#ff0000", dashed=True)],
    texts=[Text((Span(" 2 ", 9, "#000000"), Span("2  3", 6, "#000000")), 10, 90)],
    zoom=2.0,
)


def test_all_that_a_picture_can_hold_is_written():
    lines = tikz.write(EVERYTHING).splitlines()
    drawn = [line for line in lines if line.startswith(("\\path", "\\fill", "\\node"))]
    # The page twice, three shapes, a frame and two sheets, three nodes and a sheet, an arrow and its head,
    # the text in a node, a text.
    assert len(drawn) == 2 + 3 + 3 + 4 + 2 + 1 + 1
    assert "\\node[anchor=base west] at (10.00,93.24)" in drawn[-1]
    assert "{~2~}" in drawn[-1]
    assert "{2~~3}" in drawn[-1]
    assert [line.count("net dashed") for line in drawn if "net dashed" in line] == [1] * 4
    assert sum(line.endswith("-- cycle;") for line in drawn) == 3
    assert "dash pattern=on 8.4bp off 5.6bp" in "".join(lines)
    assert "line width=1.8bp" in drawn[5]


needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex")
needs_text = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext")


def typeset(text, folder, preamble=""):
    """Sets TikZ code on a page of its own size; gives the log and the PDF's path."""
    (folder / "net.tex").write_text(text)
    (folder / "page.tex").write_text(
        "\\documentclass{article}\\usepackage[paperwidth=60cm,paperheight=100cm,margin=0pt]{geometry}"
        f"\\usepackage{{tikz}}{preamble}\\pagestyle{{empty}}\\parindent=0pt"
        "\\begin{document}\\input{net}\\end{document}"
    )
    command = ["pdflatex", "-interaction=batchmode", "-halt-on-error", "page.tex"]
    run = subprocess.run(command, cwd=folder, check=False, capture_output=True)
    log = (folder / "page.log").read_text(errors="replace")
    assert run.returncode == 0, log
    return log, folder / "page.pdf"


def words_of(pdf):
    """Each word in a PDF with its left and right end in points."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    html = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    pattern = r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)<'
    return [(word, float(left), float(right)) for left, right, word in re.findall(pattern, html)]


@needs_latex
@pytest.mark.parametrize(("net", "style"), PICTURES)
def test_latex_takes_it(net, style, graph_of, tmp_path):
    theme = THEMES["dark" if style == "graph" else "paper"]
    log, _ = typeset(code(net, style, graph_of, theme=theme), tmp_path)
    assert "Overfull" not in log


@needs_latex
def test_latex_takes_names_and_titles_of_any_kind(graph_of, tmp_path):
    text = code("lenet", "graph", graph_of, title=HOSTILE, caption=HOSTILE)
    log, _ = typeset(text, tmp_path)
    assert "Overfull" not in log
    typeset(tikz.write(EVERYTHING), tmp_path)


@needs_latex
@needs_text
def test_the_text_is_in_the_pdf_and_on_the_page(graph_of, tmp_path):
    figure = picture(graph_of("alexnet"), style="volumes", width=16.0)
    _, pdf = typeset(tikz.write(figure), tmp_path)
    found = words_of(pdf)
    said = [word for word, _, _ in found]
    assert said.count("2048") == 4
    assert said.count("dense") == 3
    assert all(left >= 0 and right <= figure.width * figure.zoom + 1 for _, left, right in found)


@needs_latex
@needs_text
@pytest.mark.parametrize("face", ["cmss", "cmr", "cmtt"])
def test_text_fits_in_any_font(face, tmp_path):
    said = ["illicit", "little", "1111", "parameters", "MAXIMUM"]
    line = [Text((Span(word, 20, "#000000", bold=True),), 10, 30 + 30 * i) for i, word in enumerate(said)]
    figure = Picture("words", 300, 200, "#ffffff", texts=line)
    _, pdf = typeset(tikz.write(figure), tmp_path, f"\\renewcommand{{\\sfdefault}}{{{face}}}")
    found = {word: right - left for word, left, right in words_of(pdf)}
    assert list(found) == said
    for word, width in found.items():
        assert width < fonts.width(word, 20, bold=True) + 2, word
