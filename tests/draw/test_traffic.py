"""Placement groups as lanes: stretches, crossings, totals."""

from __future__ import annotations

import pytest

from netcompiler.cost import memory, transfers
from netcompiler.draw import words
from netcompiler.draw.drawing import Drawing
from netcompiler.draw.errors import DrawError
from netcompiler.draw.styles.traffic.chain import is_chain
from netcompiler.draw.styles.traffic.stretches import traffic
from netcompiler.draw.styles.traffic.table import measures
from netcompiler.draw.theme import THEMES
from tests.draw.drawn import draw
from tests.draw.drawn import picture as drawn
from tests.draw.geometry import flaws
from tests.draw.geometry import words as said_by

FOUR_COLUMNS = """
net four_columns {
  group gpu0, gpu1, gpu2, gpu3
  input image [3, 64, 64]
  columns gpu0, gpu1, gpu2, gpu3 {
    conv1: conv(16, 3, padding=1) -> relu -> conv2: conv(16, 3, padding=1, stride=2) -> relu
    exchange
    conv3: conv(32, 3, padding=1) -> relu -> adaptive_avgpool(1) -> flatten
  }
  on gpu2 { gather -> fc: linear(10) }
}
"""

EIGHT = """
block basic(width) {
  residual { conv(width, 3, padding=1) -> relu -> conv(width, 3, padding=1) }
}
net eight {
  group g0, g1, g2, g3, g4, g5, g6, g7
  input image [3, 32, 32]
  on g0 { conv1: conv(16, 3, padding=1) -> relu -> l0: basic(16) * 2 }
  on g1 { l1: basic(16) * 2 }
  on g2 { l2: basic(16) * 2 }
  on g3 { l3: basic(16) * 2 }
  on g4 { l4: basic(16) * 2 }
  on g5 { l5: basic(16) * 2 }
  on g6 { l6: basic(16) * 2 }
  on g7 { adaptive_avgpool(1) -> flatten -> fc: linear(10) }
}
"""

THERE_AND_BACK = """
net there_and_back {
  group a_device_with_a_long_name, other, third
  input image [3, 32, 32]
  input text [8, 32, 32]
  from image
  on a_device_with_a_long_name { a1: conv(8, 3, padding=1) -> a2: relu }
  on other { b1: conv(8, 1) -> relu }
  on third { c1: conv(8, 1) -> relu }
  on a_device_with_a_long_name { a3: conv(8, 3, padding=1) -> concat(a2) -> a4: conv(8, 1) }
  on other { b3: conv(8, 1) -> concat(text) -> b4: conv(8, 1) }
  on other { aux: { adaptive_avgpool(1) -> flatten -> linear(3) } }
  output aux if training
  from b4
  on third { c4: conv(8, 1) -> end: add(c1) }
  output end
}
"""

ONE_GROUP = """
net one_group {
  group gpu
  input image [3, 32, 32]
  on gpu { conv(8, 3) -> relu -> flatten -> linear(10) }
}
"""

PLACED = ["alexnet", "pipeline", "three_columns", FOUR_COLUMNS, EIGHT, THERE_AND_BACK, ONE_GROUP]


def picture(graph, **options):
    return drawn(graph, style="traffic", **options)


def said(picture):
    """Every text of a picture, those in nodes too."""
    lines = [line for node in picture.nodes for line in node.lines]
    return [said_by(text) for text in picture.texts] + ["".join(span.text for span in line) for line in lines]


def test_memory_is_that_of_parameters_and_of_all_outputs(graph_of):
    graph = graph_of(ONE_GROUP)
    held = memory(graph.layers())
    assert held.parameters == 4 * (3 * 3 * 3 * 8 + 8 + 8 * 30 * 30 * 10 + 10)
    # conv, relu and flatten give 8×30×30 numbers each, linear 10; the image is the caller's.
    assert held.activations == 4 * (3 * 8 * 30 * 30 + 10)


def test_shared_weights_are_held_once_and_their_outputs_twice(graph_of):
    graph = graph_of("net twice { input x [8]\n a: linear(8) -> b: linear(8) -> reuse(a) }")
    held = memory(graph.layers())
    assert held.parameters == 4 * 2 * (8 * 8 + 8)
    assert held.activations == 4 * 3 * 8


def test_stretches_of_alexnet_end_where_its_columns_talk(graph_of):
    found = traffic(graph_of("alexnet"))
    layers = {(s.group, s.phase): [x.name for x in s.layers if x.weights] for s in found.stretches}
    both = [["conv1", "conv2"], ["conv3", "conv4", "conv5"], ["fc6"], ["fc7"]]
    assert [layers["bottom", phase] for phase in range(4)] == both
    assert [layers["top", phase] for phase in range(5)] == [*both, ["fc8"]]
    assert len(found.crossings) == 7
    assert [c.bytes for c in found.crossings] == [86528, 86528, 18432, 18432, 8192, 8192, 8192]


@pytest.mark.parametrize("net", PLACED)
def test_every_layer_is_in_one_stretch_and_every_byte_crosses_once(net, graph_of):
    graph = graph_of(net)
    found = traffic(graph)
    placed = [layer.id for layer in graph.layers() if layer.group is not None]
    assert sorted(x.id for s in found.stretches for x in s.layers) == sorted(placed)
    assert sum(c.bytes for c in found.crossings) == sum(t.bytes for t in transfers(graph))
    assert all(c.target.phase > c.source.phase for c in found.crossings)
    assert all(b.phase > a.phase for a, b in found.onward)


@pytest.mark.parametrize("net", PLACED)
def test_rows_of_the_table_add_up(net, graph_of):
    graph = graph_of(net)
    *rows, total = measures(graph)
    assert [row[0] for row in rows] == list(graph.groups)
    assert total[1] == words.count(sum(layer.parameters for layer in graph.layers()))
    assert total[2] == words.count(sum(layer.macs for layer in graph.layers()))
    assert total[5] == total[6] == words.size(sum(t.bytes for t in transfers(graph)))


def test_the_picture_of_alexnet_tells_its_traffic(graph_of):
    texts = said(picture(graph_of("alexnet")))
    assert [texts.count(size) for size in ("86.5 KB", "18.4 KB", "8.2 KB")] == [2, 2, 3]
    assert {"top", "bottom", "conv1–2", "conv3–5", "fc6", "fc7", "fc8", "all"} <= set(texts)
    assert "61.0 M parameters · 724.4 M MACs · 234.5 KB between groups" in texts
    # 60,965,224 parameters in single precision.
    assert "243.9 MB" in texts


@pytest.mark.parametrize("net", PLACED)
@pytest.mark.parametrize("options", [{}, {"costs": True}, {"width": 16}])
def test_nothing_overlaps_or_sticks_out(net, options, graph_of):
    assert not flaws(picture(graph_of(net), **options))


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("net", ["alexnet", "three_columns", "pipeline"])
def test_every_theme_fits(net, theme, graph_of):
    assert not flaws(picture(graph_of(net), theme=theme))


def test_every_crossing_is_dashed_and_joins_its_stretches(graph_of):
    graph = graph_of(FOUR_COLUMNS)
    shown = picture(graph)
    crossing = [a for a in shown.arrows if a.color == THEMES["paper"].crossing and a.tip is not None]
    assert {(a.source, a.target) for a in crossing} != set()
    assert len({(a.source.group, a.target.group, a.source.phase) for a in crossing}) == 4 * 3 + 3
    assert all(a.dashed for a in crossing)


def test_lanes_run_to_the_right_on_a_slide_and_down_on_a_page(graph_of):
    wide, narrow = picture(graph_of("alexnet")), picture(graph_of("alexnet"), width=10)
    for shown, along in ((wide, True), (narrow, False)):
        top, bottom = (next(f for f in shown.frames if f.label == name) for name in ("top", "bottom"))
        assert (top.left == bottom.left) == along
        assert (top.top == bottom.top) == (not along)


def test_a_pipeline_is_a_row_of_lanes(graph_of):
    assert is_chain(traffic(graph_of("pipeline")))
    assert not is_chain(traffic(graph_of("alexnet")))
    assert not is_chain(traffic(graph_of(THERE_AND_BACK)))
    shown = picture(graph_of("pipeline"))
    lanes = [next(f for f in shown.frames if f.label == name) for name in "abc"]
    assert len({f.top for f in lanes}) == 1
    assert lanes[0].right < lanes[1].left < lanes[1].right < lanes[2].left
    assert {"524.3 KB", "262.1 KB", "l3: basic ×3"} <= set(said(shown))


def test_a_long_pipeline_wraps(graph_of):
    shown = picture(graph_of(EIGHT), width=16)
    rows = {round(f.top) for f in shown.frames}
    assert 1 < len(rows) < 8
    assert shown.smallest_text() >= 6


def test_inputs_that_are_read_late_go_past_the_lanes(graph_of):
    shown = picture(graph_of(THERE_AND_BACK))
    text = next(a for a in shown.arrows if a.source == "input:text")
    first = shown.frames[0]
    assert min(y for _, y in text.curve) < first.top
    assert text.target.group == "other"


def test_outputs_for_training_are_dashed(graph_of):
    shown = picture(graph_of(THERE_AND_BACK))
    assert [n.key for n in shown.nodes if n.dashed] == [("output", "aux")]


def test_a_net_without_groups_is_refused(graph_of):
    with pytest.raises(DrawError, match="cannot show resnet18: it has no placement groups"):
        Drawing((graph_of("resnet18"),), "traffic")


def test_too_narrow_a_page_is_refused_with_a_width_that_does(graph_of):
    with pytest.raises(DrawError, match=r"make it 14\.9 cm wide"):
        picture(graph_of(FOUR_COLUMNS), width=6)
    assert picture(graph_of(FOUR_COLUMNS), width=14.9).smallest_text() >= 6 - 0.005


def test_too_many_stretches_are_refused(graph_of):
    steps = "".join(" on a { conv(4, 1) }\n on b { conv(4, 1) }\n" for _ in range(501))
    with pytest.raises(DrawError, match="1,002 stretches between crossings, and 1,000 is the most"):
        picture(graph_of("net long { group a, b\n input x [4, 8, 8]\n" + steps + "}"))


@pytest.mark.parametrize("net", ["alexnet", "pipeline"])
def test_the_same_net_gives_the_same_bytes(net, graph_of):
    for format in ("svg", "tex"):
        first = draw(graph_of(net), format, style="traffic")
        assert first == draw(graph_of(net), format, style="traffic")
