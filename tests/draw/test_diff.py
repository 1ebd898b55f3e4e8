"""The style ``diff``: two nets side by side, with what differs marked."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import netcompiler
from netcompiler.comparison.compare import compare
from netcompiler.draw.colors import contrast
from netcompiler.draw.dot import line_width
from netcompiler.draw.drawing import Drawing
from netcompiler.draw.errors import DrawError
from netcompiler.draw.styles.diff.entries import rows
from netcompiler.draw.styles.diff.plan import plan
from netcompiler.draw.theme import THEMES
from netcompiler.draw.tree import leaves
from tests.draw.conftest import SPECS, TEXTS
from tests.draw.drawn import draw, picture
from tests.draw.test_any_graph import random_graph

RESNET = SPECS / "resnet.net"


def resnet(name: str):
    return netcompiler.load(RESNET, name)._graph


def changed(name: str, old: str, new: str):
    """A net of these tests, and the same with something else in its text."""
    text = TEXTS[name]
    assert old in text
    return netcompiler.loads(text)._graph, netcompiler.loads(text.replace(old, new))._graph


EDITS = {
    "unet": ("enc2: double(32)", "enc2: double(48)"),
    "residual_unet": ("middle: res(128)", "middle: res(96)"),
    "googlenet": ("mixed2: mixed(16)", "mixed2: mixed(24)"),
    "densenet": ("dense(12) * 6", "dense(12) * 8"),
    "dense": ("x2: conv(12", "x2: conv(16"),
    "two_inputs": ("linear(64) -> relu", "linear(96) -> gelu"),
    "siamese": ("tower: tower(16)", "tower: tower(24)"),
    "tangle": ("b2: conv(16, 1)", "b2: conv(16, 3, padding=1)"),
    "chain": ("8..40", "8..24"),
    "pipeline": ("basic(64) * 3", "basic(64) * 5"),
    "three_columns": ("c2: conv(48, 1)", "c2: conv(48, 1) -> batchnorm"),
    "transformer": ("* 12", "* 24"),
    "inline": ("} * 7", "} * 4"),
    "interleaved": ("linear(3)", "linear(4)"),
}


@pytest.fixture(
    params=[*EDITS, "resnet18 resnet34", "resnet18 resnet50", "resnet50 resnet18", "resnet18 unet"]
)
def pair(request):
    if request.param in EDITS:
        return changed(request.param, *EDITS[request.param])
    first, second = request.param.split()
    return resnet(first), netcompiler.loads(TEXTS["unet"])._graph if second == "unet" else resnet(second)


def box_of_text(text):
    width, height = line_width(text.line), max(span.size for span in text.line)
    left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    return left, text.y - height / 2, left + width, text.y + height / 2


def box_of_node(node):
    return (
        node.x - node.width / 2,
        node.y - node.height / 2,
        node.x + node.width / 2,
        node.y + node.height / 2,
    )


def overlap(a, b) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.1 and min(a[3], b[3]) - max(a[1], b[1]) > 0.1


def check_places(drawn) -> None:
    """Nothing lies on top of anything else, and nothing sticks out of the page."""
    nodes = [box_of_node(node) for node in drawn.nodes]
    texts = [box_of_text(text) for text in drawn.texts]
    for box in (*nodes, *texts, *((f.left, f.top, f.right, f.bottom) for f in drawn.frames)):
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= drawn.width
        assert box[3] <= drawn.height
    for a, b in itertools.combinations([*nodes, *texts], 2):
        assert not overlap(a, b), (a, b)
    for node, box in zip(drawn.nodes, nodes, strict=True):
        for line in node.lines:
            assert line_width(line) <= box[2] - box[0]
        around = node.frame
        while around is not None:
            frame = drawn.frames[around]
            assert frame.left <= box[0]
            assert box[2] <= frame.right
            assert frame.top <= box[1]
            assert box[3] <= frame.bottom
            around = frame.parent


def points(arrow):
    """Points on an arrow's curve."""
    for index in range(0, len(arrow.curve) - 1, 3):
        a, b, c, d = arrow.curve[index : index + 4]
        for step in range(5):
            t = step / 4
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield (
                sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
            )


def check_ways(drawn) -> None:
    """No way leads through a node that it does not join, nor through words, nor out of the page."""
    nodes = {node.key: box_of_node(node) for node in drawn.nodes}
    texts = [box_of_text(text) for text in drawn.texts]
    for arrow in drawn.arrows:
        for x, y in points(arrow):
            assert 0 <= x <= drawn.width
            assert 0 <= y <= drawn.height
            spot = (x - 0.5, y - 0.5, x + 0.5, y + 0.5)
            for key, box in nodes.items():
                assert key in {arrow.source, arrow.target} or not overlap(spot, box), (arrow.source, key)
            assert not any(overlap(spot, box) for box in texts), (x, y)


def test_everything_has_a_place_of_its_own(pair) -> None:
    drawn = picture(*pair, style="diff")
    check_places(drawn)
    check_ways(drawn)


@pytest.mark.parametrize("seed", range(12))
def test_random_nets_are_drawn(seed) -> None:
    drawn = picture(random_graph(seed), random_graph(seed + 1), style="diff")
    check_places(drawn)
    check_ways(drawn)


@pytest.mark.parametrize("seed", range(24, 32))
def test_every_leaf_of_both_nets_stands_in_one_row(seed) -> None:
    found = plan(compare(random_graph(seed), random_graph(seed + 1)), 24)
    for side, tree in enumerate(found.trees):
        shown = [leaf for row in rows(found.entries) for leaf in row.leaves[side] if leaf.layers]
        assert len(shown) == len(set(shown))
        assert set(shown) == {leaf for leaf in leaves(tree.root) if leaf.layers}


def words(drawn) -> list[str]:
    texts = [line for node in drawn.nodes for line in node.lines]
    texts += [text.line for text in drawn.texts]
    return ["".join(span.text for span in line) for line in texts]


def test_added_blocks_are_one_node_with_a_plus() -> None:
    drawn = picture(resnet("resnet101"), resnet("resnet152"), style="diff")
    found = words(drawn)
    assert (
        "layers 375 → 562 (+50%) · parameters 44.5 M → 60.2 M (+35%) · MACs 7.80 G → 11.5 G (+48%)" in found
    )
    assert "bottleneck  ×13" in found
    assert "layer3.23 … layer3.35" in found
    assert "143 layers · 14.5 M parameters" in found
    assert found.count("+") == 2
    assert "~" not in found
    assert "−" not in found


def test_changes_are_told_between_the_nets() -> None:
    drawn = picture(resnet("resnet18"), resnet("resnet50"), style="diff")
    found = words(drawn)
    assert "padding 1 → 0" in found
    assert "output 64×56×56 → 256×56×56" in found
    assert "+ ReLU" in found
    # The other way round, what was added is removed.
    back = words(picture(resnet("resnet50"), resnet("resnet18"), style="diff"))
    both = {"layer1.2", "layer2.2 … layer2.3", "layer3.2 … layer3.5", "bottleneck  ×4", "downsample", "conv3"}
    assert both <= set(found) & set(back)
    assert "− ReLU" in back


def test_rows_of_both_nets_are_at_one_height() -> None:
    drawn = picture(resnet("resnet18"), resnet("resnet50"), style="diff")
    places = {node.key: node for node in drawn.nodes if isinstance(node.key, tuple)}
    both = [(places[row, 0], places[row, 1]) for row, side in places if side == 1 and (row, 0) in places]
    assert len(both) > 20
    for first, second in both:
        assert first.y == second.y
        assert first.x < second.x


def test_black_and_white_is_enough() -> None:
    """What is removed is dashed, and every row that is not the same has its sign."""
    drawn = picture(resnet("resnet18"), netcompiler.loads(TEXTS["unet"])._graph, style="diff")
    found = set()
    for node in drawn.nodes:
        if not isinstance(node.key, tuple) or node.key[0].wide:
            continue
        sign = node.key[0].sign
        found.add(sign)
        assert node.dashed == (sign == "−")
        beside = {t.line[0].text for t in drawn.texts if t.y == pytest.approx(node.y) and len(t.line) == 1}
        assert sign in beside or sign == "="
    assert found >= {"−", "+", "~"}


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_themes(theme) -> None:
    check_places(picture(resnet("resnet18"), resnet("resnet50"), style="diff", theme=theme))
    for paint in (theme.added, theme.removed, theme.changed):
        assert contrast(theme.ink, paint.fill) >= 7
        assert contrast(theme.quiet, paint.fill) >= 4.5
        assert contrast(paint.line, paint.fill) >= 4.5
        assert contrast(paint.line, theme.paper) >= 4.5


@pytest.mark.parametrize("width", [8.5, 16, 25])
def test_a_page_of_any_width_is_legible(width) -> None:
    drawn = picture(resnet("resnet34"), resnet("resnet50"), style="diff", width=width)
    assert drawn.smallest_text() >= 5.99
    assert drawn.width * drawn.zoom == pytest.approx(width / 2.54 * 72)
    check_places(drawn)


def test_levels_of_blocks(pair) -> None:
    for depth in (0, 1):
        drawn = picture(*pair, style="diff", depth=depth)
        check_places(drawn)
        assert not drawn.frames or depth


def test_costs_of_every_node() -> None:
    found = words(picture(resnet("resnet18"), resnet("resnet34"), style="diff", costs=True))
    assert "74.0 K params · 231.2 M MACs" in found


def test_the_same_net_twice() -> None:
    drawn = picture(resnet("resnet18"), resnet("resnet18"), style="diff")
    found = words(drawn)
    assert "75 layers, the same" in found
    assert "resnet18, before" in found
    assert "resnet18, after" in found
    check_places(drawn)


def test_outputs_that_differ_are_shown() -> None:
    text = TEXTS["googlenet"]
    first = netcompiler.loads(text)._graph
    second = netcompiler.loads(text.replace("output aux if training", "output aux"))._graph
    found = words(picture(first, second, style="diff"))
    assert "training only" in found
    assert "~" in found


@pytest.mark.parametrize("format", ["svg", "pdf", "dot"])
def test_the_same_bytes_again(format) -> None:
    def once() -> bytes:
        return draw(resnet("resnet18"), resnet("resnet50"), format, style="diff")

    assert once() == once()


def test_it_takes_two_nets() -> None:
    with pytest.raises(
        DrawError, match="style diff shows what differs between two nets, and this is resnet18"
    ):
        Drawing((resnet("resnet18"),), "diff")
    three = (resnet("resnet18"), resnet("resnet34"), resnet("resnet50"))
    with pytest.raises(DrawError, match="and this is resnet18, resnet34, resnet50"):
        Drawing(three, "diff")


def test_it_is_not_offered_for_a_single_net() -> None:
    for style in ("volumes", "paper"):
        with pytest.raises(DrawError) as error:
            _ = Drawing((netcompiler.loads(TEXTS["tangle"])._graph,), style).picture
        assert "diff" not in str(error.value)


def test_too_much_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netcompiler.draw.styles.diff._MOST_ROWS", 20)
    with pytest.raises(
        DrawError, match=r"would have \d\d rows, and 20 is the most; put what belongs together"
    ):
        picture(resnet("resnet18"), resnet("resnet50"), style="diff", depth=3)


def test_fewer_levels_where_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netcompiler.draw.styles.diff._MANY_ROWS", 40)
    drawn = picture(resnet("resnet18"), resnet("resnet50"), style="diff")
    assert {frame.parent for frame in drawn.frames} == {None}
    assert "+5, −1, ~3 layers" in words(drawn)


def test_from_python(tmp_path: Path) -> None:
    comparison = netcompiler.compare(
        netcompiler.load(RESNET, "resnet18"), netcompiler.load(RESNET, "resnet34")
    )
    file = tmp_path / "diff.svg"
    comparison.draw(file, theme="dark")
    assert file.read_bytes().startswith(b"<?xml")
    assert comparison._repr_svg_().startswith("<?xml")
