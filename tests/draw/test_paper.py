"""The style `paper`: nets in columns, rows of one output size, as Figure 3 of the ResNet paper."""

from __future__ import annotations

import itertools

import pytest

import netcompiler
from netcompiler.draw.errors import DrawError
from netcompiler.draw.styles import style
from netcompiler.draw.theme import THEMES
from tests.draw.conftest import SPECS
from tests.draw.drawn import draw
from tests.draw.drawn import picture as drawn
from tests.draw.geometry import bounds, flaws, is_in, points_on, words
from tests.draw.test_any_graph import random_graph

REFUSED = {
    "two_inputs": "it has several inputs, and a column starts from one",
    "siamese": "it has several inputs, and a column starts from one",
    "tangle": "its branches before concat cross, and are no block of the spec",
    "dense": "its branches cross, and are no block of the spec",
}

HEADS = """
net heads {
  input image [8, 16, 16]
  a: conv(8, 3, padding=1)
  b: conv(4, 1)
  output b
  from a -> c: conv(2, 1)
  output c
}
"""


@pytest.fixture(scope="module")
def figure_3():
    files = {"vgg19": "vgg", "resnet34": "resnet"}
    return [netcompiler.load(SPECS / f"{file}.net", net)._graph for net, file in files.items()]


def boxes(picture, column=None):
    """The boxes of a column, from top to bottom; the legend's have no column."""
    found = [node for node in picture.nodes if isinstance(node.key, tuple) and node.shape == "box"]
    return sorted((n for n in found if column in {None, n.key[0]}), key=lambda node: node.y)


def says(node):
    return node.lines[0][0].text


def all_said(picture):
    return [[span.text for line in box.lines for span in line] for box in boxes(picture)]


def arcs(picture, *, dashed):
    color = THEMES["paper"].skip
    nodes = {node.key for node in picture.nodes if isinstance(node.key, tuple)}
    return [a for a in picture.arrows if a.color == color and a.source in nodes and a.dashed == dashed]


def row_tops(picture):
    """The heights of the lines between rows."""
    return sorted({shape.points[0][1] for shape in picture.shapes if not shape.closed})


@pytest.mark.parametrize("width", [None, 16.0])
def test_figure_3_of_the_paper(figure_3, width):
    picture = drawn(*figure_3, style="paper", width=width)
    vgg, resnet = boxes(picture, 0), boxes(picture, 1)
    # 19 weight layers and 5 pools; 34 weight layers and 2 pools; and the image.
    assert [len(vgg), len(resnet)] == [25, 37]
    assert [says(box) for box in resnet[:4]] == [
        "image, 3×224×224",
        "7×7 conv, 64, /2",
        "3×3 max pool, /2",
        "3×3 conv, 64",
    ]
    assert [says(box) for box in vgg[-3:]] == ["fc 4096", "fc 4096", "fc 1000"]
    assert [says(box) for box in resnet].count("3×3 conv, 256") == 11
    # "The dotted shortcuts increase dimensions."
    assert [len(arcs(picture, dashed=dashed)) for dashed in (False, True)] == [13, 3]
    assert not picture.frames


def test_rows_are_aligned_by_output_size(figure_3):
    picture = drawn(*figure_3, style="paper")
    tops = row_tops(picture)
    rows = list(itertools.pairwise(tops))
    assert len(rows) == 7
    sizes = [words(text) for text in picture.texts if words(text).replace("×", "").isdecimal()]
    assert sizes == ["224×224", "112×112", "56×56", "28×28", "14×14", "7×7", "1×1"]
    counts = [
        [sum(top < box.y < bottom for box in boxes(picture, column)) for top, bottom in rows]
        for column in (0, 1)
    ]
    assert counts == [[2, 3, 5, 5, 5, 1, 3], [0, 1, 7, 8, 12, 6, 2]]
    for box in boxes(picture)[2:]:
        assert any(top < bounds(box)[1] and bounds(box)[3] < bottom for top, bottom in rows), says(box)
    for top, bottom in rows:
        first = [next((b.y for b in boxes(picture, c) if top < b.y < bottom), None) for c in (0, 1)]
        assert None in first or first[0] == pytest.approx(first[1])


def test_deep_nets_are_folded(graph_of):
    picture = drawn(graph_of("resnet152"), style="paper")
    times = [words(text) for text in picture.texts if words(text)[0] == "×" and words(text)[1:].isdecimal()]
    assert times == ["×2", "×7", "×35", "×2"]
    assert len(picture.frames) == 4
    # Image, conv1, pool, twice three layers in each of four stages, pool, fc.
    assert len(boxes(picture)) == 3 + 4 * 6 + 2
    assert [len(arcs(picture, dashed=dashed)) for dashed in (False, True)] == [4, 4]
    for frame, around in zip(picture.frames, arcs(picture, dashed=False), strict=True):
        area = (frame.left, frame.top, frame.right, frame.bottom)
        assert all(is_in(point, area) for point in points_on(around.curve))


def test_a_very_deep_net_is_as_low_as_another(graph_of):
    picture = drawn(graph_of("resnet1202"), style="paper", width=12.0)
    times = [words(text) for text in picture.texts if words(text)[0] == "×" and words(text)[1:].isdecimal()]
    assert times == ["×200", "×199", "×199"]
    assert picture.height * picture.zoom < 24 * 72 / 2.54
    assert flaws(picture) == []


def test_a_title_stands_above_several_nets_when_asked_for(figure_3):
    first = drawn(*figure_3, style="paper", title="Two nets").texts
    assert "Two nets" in map(words, first)
    assert "Two nets" not in map(words, drawn(*figure_3, style="paper").texts)


@pytest.mark.parametrize("theme", THEMES)
def test_several_nets_have_no_flaws(figure_3, graph_of, theme):
    picture = drawn(*figure_3, graph_of("resnet50"), style="paper", theme=THEMES[theme])
    assert flaws(picture) == []


def test_every_net_is_shown_or_told_why_not(every, graph_of):
    if every in REFUSED:
        why = f"style paper cannot show {graph_of(every).name}: {REFUSED[every]}; take .*graph"
        with pytest.raises(DrawError, match=why):
            drawn(graph_of(every), style="paper")
        return
    for width in (None, 16.0):
        picture = drawn(graph_of(every), style="paper", width=width)
        assert flaws(picture) == []
        assert width is None or picture.smallest_text() >= 5.995


def test_every_weight_layer_stands_in_a_box(graph_of):
    for net in ("alexnet", "unet", "residual_unet", "lenet", "pipeline"):
        graph = graph_of(net)
        tooltips = " ".join(box.tooltip for box in boxes(drawn(graph, style="paper")))
        ways = " ".join(arrow.tooltip for arrow in drawn(graph, style="paper").arrows)
        for layer in graph.layers():
            if layer.operation.kind in {"conv", "linear"} and layer.group in {None, *graph.groups[:1]}:
                assert layer.path in tooltips or layer.label in ways, layer.path


def test_values_flow_down(every, graph_of):
    if every in REFUSED:
        return
    picture = drawn(graph_of(every), style="paper")
    nodes = {node.key: node for node in picture.nodes}
    for arrow in picture.arrows:
        if isinstance(arrow.source, tuple):
            assert nodes[arrow.source].y < nodes[arrow.target].y


def test_groups_are_sums(graph_of):
    picture = drawn(graph_of("alexnet"), style="paper")
    titles = [says(box) for box in boxes(picture)]
    assert titles[1] == "11×11 conv, 48 + 48, /4"
    assert titles[-3:] == ["fc 2048 + 2048", "fc 2048 + 2048", "fc 1000"]
    assert "Sums stand for the groups top and bottom." in map(words, picture.texts)


def test_branches_and_gates_are_boxes_with_their_names(graph_of):
    assert ["mixed1", "3 branches, 4 weight layers"] in all_said(drawn(graph_of("googlenet"), style="paper"))
    gate = """
    block excite { adaptive_avgpool(1) -> conv(4, 1) -> relu -> conv(in.channels, 1) -> sigmoid
      multiply(in, broadcast=true) }
    net gated { input image [8, 16, 16]
      conv(8, 3, padding=1) -> excite -> conv(8, 1) }
    """
    assert ["excite", "1×1 conv, 4 · 1×1 conv, 8"] in all_said(drawn(graph_of(gate), style="paper"))


def test_a_u_net_has_its_skip_connections_at_the_side(graph_of):
    picture = drawn(graph_of("unet"), style="paper")
    long = arcs(picture, dashed=False)
    assert len(long) == 3
    left = min(bounds(box)[0] for box in boxes(picture))
    lanes = [min(x for x, _ in arrow.curve) for arrow in long]
    assert all(lane < left for lane in lanes)
    assert len({round(lane) for lane in lanes}) == 3


def test_costs_stand_in_the_boxes_on_request(graph_of):
    picture = drawn(graph_of("resnet18"), style="paper", costs=True)
    # 7·7·3·64 weights and twice 64 of the normalisation; 7·7·3·64·112·112 multiply-accumulates.
    assert ["7×7 conv, 64, /2", "9.54 K · 118.0 M"] in all_said(picture)
    assert "Numbers in boxes: parameters · multiply-accumulates" in " ".join(map(words, picture.texts))
    assert flaws(picture) == []


def test_heads_tell_names_and_costs(figure_3):
    texts = [words(text) for text in drawn(*figure_3, style="paper").texts]
    assert {"vgg19", "143.7 M parameters", "19.6 G MACs"} <= set(texts)
    assert {"resnet34", "21.8 M parameters", "3.66 G MACs"} <= set(texts)


def test_a_page_is_at_most_so_wide_and_high(figure_3, graph_of):
    for nets, width in ((figure_3, 16.0), ([graph_of("resnet18")], 8.4), (figure_3[:1], 8.4)):
        picture = drawn(*nets, style="paper", width=width)
        assert picture.width * picture.zoom == pytest.approx(width * 72 / 2.54)
        assert picture.height * picture.zoom < 25 * 72 / 2.54
        assert picture.smallest_text() >= 5.995


def test_too_narrow_a_page_is_refused_with_a_width_that_does(figure_3, graph_of):
    nets = [*figure_3, graph_of("resnet18")]
    with pytest.raises(DrawError, match="6 pt is the least that can be read: make it") as caught:
        drawn(*nets, style="paper", width=6.0)
    width = float(str(caught.value).partition("make it ")[2].partition(" cm")[0])
    assert drawn(*nets, style="paper", width=width).smallest_text() >= 5.995


def test_what_is_no_column_is_refused(graph_of):
    with pytest.raises(DrawError, match="it branches into several outputs"):
        drawn(graph_of(HEADS), style="paper")
    with pytest.raises(DrawError, match="it has no layer with weights, pool or merge"):
        drawn(graph_of("net nothing { input x [4]\n relu }"), style="paper")
    steps = " -> ".join(f"conv({width}, 3, padding=1)" for width in range(1, 200))
    with pytest.raises(DrawError, match="it has 199 layers in a column, repeats folded, and 150 is the most"):
        drawn(graph_of(f"net long {{ input x [3, 8, 8]\n {steps} }}"), style="paper")


def test_one_net_several_times(graph_of):
    picture = drawn(graph_of("lenet"), graph_of("lenet"), style="paper")
    assert len({node.key for node in picture.nodes}) == len(picture.nodes)
    assert flaws(picture) == []


def test_the_same_nets_give_the_same_bytes(figure_3):
    assert draw(*figure_3, "dot", style="paper") == draw(*figure_3, "dot", style="paper")


def test_formats(figure_3):
    assert "7×7 conv, 64, /2" in draw(*figure_3, "svg", style="paper").decode()
    assert b"tikzpicture" in draw(*figure_3, "tex", style="paper")


@pytest.mark.parametrize("seed", range(40))
def test_any_graph_is_shown_or_refused(seed):
    graph = random_graph(seed)
    why = style("paper").refuses(graph)
    if why is None:
        assert flaws(drawn(graph, style="paper")) == []
    else:
        assert why.startswith(("it has ", "it branches ", "its branches "))
