"""The small parts: words, widths, curves, dashes, colours."""

from __future__ import annotations

import math

import pytest

from netcompiler.draw import fonts, words
from netcompiler.draw.curves import rounded, straight, swing, with_tip
from netcompiler.draw.dashes import DASH, SPACE, dashes
from netcompiler.draw.theme import PAPER
from tests.draw.drawn import picture as drawn


def texts(picture):
    return ["".join(span.text for span in text.line) for text in picture.texts]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00 K"),
        (25_557_032, "25.6 M"),
        (4_089_184_256, "4.09 G"),
        (999_960, "1.00 M"),
    ],
)
def test_count(number, text):
    assert words.count(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(40, "40 B"), (86_528, "86.5 KB"), (18_432, "18.4 KB"), (8192, "8.2 KB"), (10**6, "1.0 MB")],
)
def test_size(number, text):
    assert words.size(number) == text


def test_shape():
    assert words.shape((256, 56, 56)) == "256×56×56"
    assert words.shape(()) == "1"


def test_widths_come_from_the_font():
    from fontTools.ttLib import TTFont

    for bold in (False, True):
        font = TTFont(fonts.path(bold, "ttf"))
        advances, names = font["hmtx"], font.getBestCmap()
        for character in "aW1×·→é ":
            expected = advances[names[ord(character)]][0] / font["head"].unitsPerEm
            assert fonts.width(character, 10, bold) == pytest.approx(10 * expected)


def test_unknown_characters_are_an_em_wide():
    assert fonts.width("日本", 7) == 14


def test_rounded_corners_stay_between_their_ends():
    curve = rounded([(0, 0), (50, 0), (50, 100), (50, 100), (0, 100)])
    assert (curve[0], curve[-1]) == ((0, 0), (0, 100))
    assert len(curve) % 3 == 1
    assert all(0 <= x <= 50 and 0 <= y <= 100 for x, y in curve)


def test_swing_is_straight_where_it_can_be():
    assert swing((5, 0), (5, 30)) == straight((5, 0), (5, 30))
    curve = swing((0, 0), (20, 40))
    assert curve[1][0] == 0
    assert curve[2][0] == 20


def test_tip_points_the_way_the_curve_goes():
    curve, tip = with_tip(straight((0, 0), (0, 30)))
    assert tip == (0, 30)
    assert curve[-1][0] == 0
    assert 20 < curve[-1][1] < 30


def test_dashes_cover_the_curve_from_end_to_end():
    curve = rounded([(0, 0), (100, 0), (100, 80)])
    parts = dashes(curve)
    assert parts[0][0] == curve[0]
    assert math.dist(parts[-1][-1], curve[-1]) < 0.1
    assert all(len(part) % 3 == 1 for part in parts)
    length = 175
    assert len(parts) == pytest.approx(length / (DASH + SPACE), rel=0.1)


def test_very_short_curves_are_one_dash():
    assert len(dashes(straight((0, 0), (0, 1)))) == 1


def test_title_has_the_totals(graph_of):
    assert "25.6 M parameters · 4.09 G MACs" in texts(drawn(graph_of("resnet50")))


def test_repeats_are_marked(graph_of):
    found = texts(drawn(graph_of("resnet152")))
    assert [text for text in found if text.startswith("×")] == ["×2", "×7", "×35", "×2"]


def test_blocks_say_their_name_and_shape(graph_of):
    found = texts(drawn(graph_of("resnet50")))
    assert {"layer1", "layer4", "bottleneck  0", "bottleneck  1–2", "256×56×56", "2048×7×7"} <= set(found)


def test_groups_say_their_totals(graph_of):
    found = texts(drawn(graph_of("alexnet")))
    assert {"top", "bottom", "32.5 M parameters", "28.4 M parameters"} <= set(found)


def test_legend_has_what_the_picture_has(graph_of):
    found = texts(drawn(graph_of("resnet50")))
    assert {"convolution", "pooling", "skip connection", "skip connection with layers"} <= set(found)
    assert "between groups, bytes a sample" not in found
    assert "between groups, bytes a sample" in texts(drawn(graph_of("alexnet")))
    assert "skip connection" not in texts(drawn(graph_of("lenet")))


def skips(picture):
    keys = {node.key for node in picture.nodes if not isinstance(node.key, str)}
    return [arrow for arrow in picture.arrows if arrow.color == PAPER.skip and arrow.source in keys]


def test_identities_are_solid_and_projections_dashed(graph_of):
    found = skips(drawn(graph_of("resnet50")))
    # A projection is an arrow to its layer and one from there; each stage has one, and one identity.
    assert sum(arrow.dashed for arrow in found) == 4 * 2
    assert sum(not arrow.dashed for arrow in found) == 4


def test_every_named_skip_connection_is_drawn(graph_of):
    assert len(skips(drawn(graph_of("unet")))) == 3
    assert len(skips(drawn(graph_of("dense")))) == 6


def test_crossings_are_dashed_and_say_their_bytes(graph_of):
    picture = drawn(graph_of("alexnet"))
    keys = {node.key for node in picture.nodes if not isinstance(node.key, str)}
    crossing = [a for a in picture.arrows if a.color == PAPER.crossing and a.source in keys]
    assert len(crossing) == 7
    assert all(arrow.dashed for arrow in crossing)
    assert (
        sorted(t for t in texts(picture) if t.endswith("KB"))
        == ["18.4 KB"] * 2 + ["8.2 KB"] * 3 + ["86.5 KB"] * 2
    )


def test_output_for_training_only_is_marked(graph_of):
    picture = drawn(graph_of("googlenet"))
    (aux,) = [node for node in picture.nodes if node.dashed]
    assert [line[0].text for line in aux.lines] == ["aux", "10", "training only"]


def test_names_of_layers_are_shown(graph_of):
    first = [node.lines[0][0].text for node in drawn(graph_of("resnet50")).nodes if node.lines]
    assert {"conv1", "conv2", "conv3", "downsample", "fc"} <= set(first)
