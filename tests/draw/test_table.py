"""The style `table`: Table 1 of the ResNet paper, as a picture, in LaTeX and in Markdown."""

from __future__ import annotations

import itertools
import shutil
import subprocess

import pytest

import netcompiler
from netcompiler.draw.errors import DrawError
from netcompiler.draw.styles import style
from netcompiler.draw.styles.table.model import table
from netcompiler.draw.theme import THEMES
from tests.draw.conftest import SPECS
from tests.draw.drawn import draw
from tests.draw.drawn import picture as drawn
from tests.draw.geometry import extent, flaws, overlap, words
from tests.draw.test_any_graph import random_graph

RESNETS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")

BASIC = {"resnet18", "resnet34"}
"""Those whose blocks are two 3×3 convolutions."""

REFUSED = {"two_inputs", "siamese"}

BLOCKS = {
    "resnet18": (2, 2, 2, 2),
    "resnet34": (3, 4, 6, 3),
    "resnet50": (3, 4, 6, 3),
    "resnet101": (3, 4, 23, 3),
    "resnet152": (3, 8, 36, 3),
}
"""From Table 1 of the paper: how many blocks conv2_x to conv5_x have."""

GIGA_MACS = {"resnet18": 1.8, "resnet34": 3.6, "resnet50": 3.8, "resnet101": 7.6, "resnet152": 11.3}
"""From the paper's last row, where they are called FLOPs, for nets that stride in the first 1×1."""


@pytest.fixture(scope="module")
def resnets():
    return [netcompiler.load(SPECS / "resnet.net", name)._graph for name in RESNETS]


def said(cell):
    return [(*item.lines, item.times) for item in (*cell.head, *cell.body)]


def test_table_1_of_the_paper(resnets):
    found = table(resnets)
    assert [row.size for row in found.rows] == ["112×112", "56×56", "28×28", "14×14", "7×7", "1×1"]
    for column, name in enumerate(RESNETS):
        stacks = [row.cells[column].body[0] for row in found.rows[1:5]]
        assert tuple(item.times for item in stacks) == BLOCKS[name]
        for item, width in zip(stacks, (64, 128, 256, 512), strict=True):
            deep = (f"1×1, {width}", f"3×3, {width}", f"1×1, {4 * width}")
            assert item.lines == ((f"3×3, {width}",) * 2 if name in BASIC else deep)
        assert {item.fence for item in stacks} == {"brackets"}
        assert said(found.rows[0].cells[column]) == [("7×7, 64, stride 2", 1)]
        assert said(found.rows[1].cells[column])[0] == ("3×3 max pool, stride 2", 1)
        assert said(found.rows[5].cells[column]) == [("average pool", 1), ("1000-d fc", 1)]
    assert "The first block of layer2, layer3 and layer4 has stride 2." in found.notes


@pytest.mark.parametrize("name", RESNETS)
def test_macs_are_those_of_the_paper(name):
    options = {} if name in {"resnet18", "resnet34"} else {"paper_stride": True}
    ((_, _), (label, (macs,))) = table(
        [netcompiler.load(SPECS / "resnet.net", name, **options)._graph]
    ).totals
    assert label == "MACs"
    assert float(macs.removesuffix(" G")) == pytest.approx(GIGA_MACS[name], rel=0.025)


def test_what_several_nets_have_in_common_is_one_cell(resnets):
    picture = drawn(*resnets, style="table")
    texts = [words(text) for text in picture.texts]
    for once in ("7×7, 64, stride 2", "3×3 max pool, stride 2", "average pool, 1000-d fc"):
        assert texts.count(once) == 1
    # Blocks stand in each column, as in the paper.
    assert texts.count("1×1, 2048") == 3
    assert sum(text == "×3" for text in texts) == 8


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [None, 16.0])
def test_a_table_has_no_flaws(resnets, theme, width):
    picture = drawn(*resnets, style="table", theme=THEMES[theme], width=width)
    assert flaws(picture) == []
    assert width is None or picture.smallest_text() >= 5.995
    assert no_rule_runs_through_words(picture)


def test_every_net_makes_a_table_or_says_why_not(every, graph_of):
    if every in REFUSED:
        with pytest.raises(
            DrawError, match=r"style table cannot show \w+: it has several inputs, .*; take .*graph"
        ):
            drawn(graph_of(every), style="table")
        return
    picture = drawn(graph_of(every), style="table")
    assert flaws(picture) == []
    assert no_rule_runs_through_words(picture)


def no_rule_runs_through_words(picture):
    boxes = [extent(text) for text in picture.texts]
    for shape in picture.shapes:
        for a, b in itertools.pairwise(shape.points):
            line = (
                min(a[0], b[0]) - 0.2,
                min(a[1], b[1]) - 0.2,
                max(a[0], b[0]) + 0.2,
                max(a[1], b[1]) + 0.2,
            )
            assert not any(overlap(line, box) for box in boxes), line
    return True


def test_too_narrow_a_page_is_refused_with_a_width_that_does(resnets):
    with pytest.raises(DrawError, match=r"6 pt is the least that can be read: make it 11\.5 cm wide"):
        drawn(*resnets, style="table", width=8.4)
    assert drawn(*resnets, style="table", width=11.5).smallest_text() >= 5.995


def test_groups_are_sums(graph_of):
    found = table([graph_of("alexnet")])
    assert said(found.rows[0].cells[0]) == [("11×11, 48 + 48, stride 4", 1)]
    assert said(found.rows[-1].cells[0]) == [("2048 + 2048-d fc", 2), ("1000-d fc", 1)]
    assert "Sums stand for the groups top and bottom." in found.notes


def test_a_u_net_says_what_it_joins(graph_of):
    rows = table([graph_of("unet")]).rows
    assert ("concat with enc1", 1) in said(rows[-1].cells[0])
    assert ("2×2 up-conv, 16, stride 2", 1) in said(rows[-1].cells[0])


def test_branches_stand_between_bars(graph_of):
    found = table([graph_of("googlenet")])
    branches = found.rows[0].cells[0].body[1]
    assert branches.fence == "bars"
    assert branches.lines == ("1×1, 8", "1×1, 8 → 3×3, 8", "3×3 max pool → 1×1, 8")
    assert any("that meet in: concat" in note for note in found.notes)
    assert any("outputs for training, aux" in note for note in found.notes)


def test_a_dense_net_has_the_notation_of_its_paper(graph_of):
    stem, dense = table([graph_of("densenet")]).rows[0].cells[0].body
    assert (stem.lines, stem.fence) == (("3×3, 16",), "")
    assert (dense.lines, dense.times, dense.fence) == (("3×3, 12",), 6, "brackets")


def test_a_transformer_is_an_encoder_in_brackets(graph_of):
    rows = table([graph_of("transformer")]).rows
    assert [row.size for row in rows] == ["4×4", "17", "1×1"]
    assert said(rows[1].cells[0])[-1] == ("attention, 4 heads", "256-d fc", "64-d fc", 12)


def test_markdown(graph_of):
    assert draw(
        graph_of("resnet18"), graph_of("resnet50"), "md", style="table", title="Two nets"
    ).decode() == (
        "**Two nets**\n\n"
        "| stage | output size | resnet18 | resnet50 |\n"
        "| :-: | :-: | :-: | :-: |\n"
        "| conv1 | 112×112 | 7×7, 64, stride 2 | 7×7, 64, stride 2 |\n"
        "| layer1 | 56×56 | 3×3 max pool, stride 2<br>[3×3, 64<br>3×3, 64] ×2 "
        "| 3×3 max pool, stride 2<br>[1×1, 64<br>3×3, 64<br>1×1, 256] ×3 |\n"
        "| layer2 | 28×28 | [3×3, 128<br>3×3, 128] ×2 | [1×1, 128<br>3×3, 128<br>1×1, 512] ×4 |\n"
        "| layer3 | 14×14 | [3×3, 256<br>3×3, 256] ×2 | [1×1, 256<br>3×3, 256<br>1×1, 1024] ×6 |\n"
        "| layer4 | 7×7 | [3×3, 512<br>3×3, 512] ×2 | [1×1, 512<br>3×3, 512<br>1×1, 2048] ×3 |\n"
        "| fc | 1×1 | average pool, 1000-d fc | average pool, 1000-d fc |\n"
        "| parameters |  | 11.7 M | 25.6 M |\n"
        "| MACs |  | 1.81 G | 4.09 G |\n"
        "\n"
        "Brackets hold a building block, × the number of such blocks in a row. "
        "The first block of layer2, layer3 and layer4 has stride 2.\n"
    )


def test_every_table_in_markdown_has_cells_for_all_columns(every, graph_of):
    if every in REFUSED:
        return
    lines = (
        draw(graph_of(every), graph_of("resnet18"), "md", style="table", legend=False).decode().splitlines()
    )
    assert len({line.replace(r"\|", "").count("|") for line in lines}) == 1


def test_latex(graph_of):
    text = draw(graph_of("resnet18"), graph_of("resnet50"), "tex", style="table").decode()
    stack = r"\begin{tabular}{@{}c@{}}1$\times$1, 64\\3$\times$3, 64\\1$\times$1, 256\end{tabular}"
    assert rf"$\left[\,{stack}\,\right]\times 3$" in text
    assert r"conv1 & 112$\times$112 & \multicolumn{2}{c}{7$\times$7, 64, stride 2} \\" in text
    assert r"\cmidrule(lr){3-4}" in text
    assert "table}" not in text
    captioned = draw(graph_of("lenet"), "tex", style="table", caption="100% of it").decode()
    assert r"\caption{100\% of it}" in captioned


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
def test_latex_takes_every_table(graph_of, resnets, tmp_path):
    nets = [
        [graph_of(net)] for net in ("alexnet", "unet", "googlenet", "transformer", "tangle", "three_columns")
    ]
    for number, graphs in enumerate([resnets, *nets]):
        (tmp_path / f"{number}.tex").write_bytes(draw(*graphs, "tex", style="table"))
    inputs = "\n\n".join(rf"\input{{{number}}}" for number in range(len(nets)))
    text = (
        rf"\documentclass{{article}}\usepackage{{booktabs}}\begin{{document}}\tiny {inputs}\end{{document}}"
    )
    (tmp_path / "all.tex").write_text(text)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in done.stdout


def test_the_same_nets_give_the_same_bytes(resnets):
    for format in ("dot", "md", "tex"):
        first, second = (draw(*resnets[:3], format, style="table") for _ in range(2))
        assert first == second


def test_names_of_few_stages_have_no_column():
    nets = [netcompiler.load(SPECS / "vgg.net", name)._graph for name in ("vgg11", "vgg16")]
    assert draw(*nets, "md", style="table").decode().startswith("| output size | vgg11 | vgg16 |")
    texts = {words(text) for text in drawn(*nets, style="table").texts}
    assert "stage" not in texts
    assert "7×7" in texts


def test_a_table_of_very_many_lines_is_refused(graph_of):
    steps = " -> ".join(f"conv({width}, 3, padding=1)" for width in range(1, 400))
    with pytest.raises(DrawError, match="its table would have 399 lines, and 300 is the most"):
        drawn(graph_of(f"net long {{ input x [3, 8, 8]\n {steps} }}"), style="table")
    sizes = " -> ".join(["conv(3, 3)"] * 70)
    with pytest.raises(DrawError, match="it has 70 stages of different sizes, and 60 is the most"):
        drawn(graph_of(f"net deep {{ input x [3, 200, 200]\n {sizes} }}"), style="table")


@pytest.mark.parametrize("name", ["a_name_" * 28, "name" * 50])
def test_names_of_any_length_are_broken(graph_of, name):
    text = f"net {name} {{ input x [3, 8, 8]\n {name}: conv(3, 3) -> flatten -> linear(2) }}"
    picture = drawn(graph_of(text), style="table")
    assert flaws(picture) == []
    assert picture.width < 400


def test_without_a_legend_there_are_no_notes(resnets):
    texts = [words(text) for text in drawn(*resnets, style="table", legend=False).texts]
    assert not any("Brackets" in text for text in texts)


@pytest.mark.parametrize("seed", range(40))
def test_any_graph_is_shown_or_refused(seed):
    graph = random_graph(seed)
    why = style("table").refuses(graph)
    if why is None:
        assert flaws(drawn(graph, style="table")) == []
    else:
        assert why.startswith(("it has ", "it branches ", "its branches "))
