"""Volumes: everything to scale, nothing in the way of anything, and AlexNet's Figure 2 complete."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

import pytest

from netcompiler import loads
from netcompiler.draw.dot import write
from netcompiler.draw.errors import DrawError
from netcompiler.draw.options import POINTS_PER_CM, Options
from netcompiler.draw.styles.volumes.plan import plan, refuses
from netcompiler.draw.theme import PAPER, THEMES
from tests.draw.conftest import EVERY
from tests.draw.drawn import draw, picture
from tests.draw.geometry import extent, flaws, is_in, words
from tests.draw.test_any_graph import random_graph

REFUSED = {"two_inputs", "transformer", "tangle"}
SHOWN = [net for net in EVERY if net not in REFUSED | {"resnet152", "resnet1202"}]

ROOMY = {"width": None}
ON_PAPER = {"width": 16.0}


@dataclass(frozen=True)
class Box:
    """A box as it is drawn."""

    left: float
    top: float
    width: float
    height: float
    deep: tuple[float, float]
    line: str
    dashed: bool
    order: int

    @property
    def right(self):
        return self.left + self.width

    @property
    def middle(self):
        """The height of the middle of all that is seen of it."""
        return self.top + (self.height - self.deep[1]) / 2

    def holds(self, x, y):
        """Whether a point lies on it, well inside the rectangle around it."""
        inside = self.left < x < self.right + self.deep[0]
        return inside and self.top - self.deep[1] < y < self.top + self.height


def is_upright(points):
    return len(points) == 4 and points[0][1] == points[1][1] and points[1][0] == points[2][0]


def solids(figure, *, kernels=False):
    """The boxes of a picture: of volumes the front is drawn last, of kernels the right face."""
    found = []
    for order, (lid, second, third) in enumerate(
        zip(figure.shapes, figure.shapes[1:], figure.shapes[2:], strict=False)
    ):
        front = second if kernels else third
        side = third if kernels else second
        same = lid.line is not None and lid.line == second.line == third.line
        if not (same and lid.closed and is_upright(front.points) and len(side.points) == 4):
            continue
        if is_upright(lid.points) or side.points[0] != front.points[1]:
            continue
        (left, top), (right, _), (_, bottom), _ = front.points
        deep = side.points[1][0] - side.points[0][0], side.points[0][1] - side.points[1][1]
        found.append(Box(left, top, right - left, bottom - top, deep, front.line, front.dashed, order))
    return found


def volumes(figure):
    """The boxes of volumes, those that are shown again left out."""
    return [box for box in solids(figure) if not box.dashed]


def said(figure):
    return [words(text) for text in figure.texts]


def scene_of(graph, depth=99):
    return plan(graph, Options(), depth)


@pytest.fixture(scope="session")
def alexnet(graph_of):
    return picture(graph_of("alexnet"), style="volumes")


# AlexNet's Figure 2


def test_alexnet_has_every_volume_to_one_scale(alexnet):
    boxes = volumes(alexnet)
    image, *others = sorted(boxes, key=lambda box: box.left)
    maps = [box for box in others if box.line == PAPER.kind("conv").line]
    bars = [box for box in others if box.line == PAPER.kind("linear").line]
    unit = image.height / 224
    sizes = sorted((round(box.height / unit, 6), round(math.hypot(*box.deep) / unit, 6)) for box in maps)
    deep = math.hypot(*image.deep) / image.height
    assert sizes == [(n, pytest.approx(n * deep, rel=1e-5)) for n in (13,) * 6 + (27,) * 2 + (55,) * 2]
    root = image.width / math.sqrt(3)
    channels = sorted(round((box.width / root) ** 2, 4) for box in maps)
    assert channels == [48, 48, *[128] * 4, *[192] * 4]
    units = sorted(round((box.height / root) ** 2, 4) for box in bars)
    assert units == [1000, 2048, 2048, 2048, 2048]


def test_alexnet_is_labelled_as_in_the_paper(alexnet):
    texts = said(alexnet)
    counts = {"224": 2, "3": 1, "11": 4, "stride of 4": 2, "55": 2, "48": 2, "5×5": 2, "27": 2}
    counts |= {"128": 4, "192": 4, "13×13": 2, "3×3": 6, "2048": 4, "1000": 1, "dense": 3, "pooling": 3}
    assert {text: texts.count(text) for text in counts} == counts
    assert [f"conv{n}" in texts for n in range(1, 6)] == [True] * 5
    assert sum("parameters · " in text for text in texts) == 3


def test_alexnets_kernels_are_to_the_scale_of_the_map_that_they_slide_over(alexnet):
    kernels = solids(alexnet, kernels=True)
    boxes = volumes(alexnet)
    shares = []
    for kernel in kernels:
        x, y = kernel.left + kernel.width / 2, kernel.top + kernel.height / 2
        around = [box for box in boxes if box.holds(x, y)]
        (box,) = [box for box in around if box.width == pytest.approx(kernel.width)]
        shares.append(kernel.height / box.height)
        assert kernel.deep[0] / box.deep[0] == pytest.approx(shares[-1])
    # 11 of 224; 5 of the 27 and 3 of the 13 that pooling leaves; 3 of 13.
    expected = [11 / 224] * 2 + [5 / 27] * 2 + [3 / 13] * 6
    assert sorted(shares) == pytest.approx(sorted(expected))


def test_alexnets_lanes_stand_above_one_another_and_cross_seven_times(alexnet, graph_of):
    scene = scene_of(graph_of("alexnet"))
    assert scene.lanes == ["top", "bottom"]
    crossing = [(v.name, v.group) for v in scene.volumes for read in v.reads if read.crosses]
    assert sorted(crossing) == [
        ("conv3", "bottom"),
        ("conv3", "top"),
        ("fc6", "bottom"),
        ("fc6", "top"),
        ("fc7", "bottom"),
        ("fc7", "top"),
        ("fc8", "top"),
    ]
    boxes = [box for box in volumes(alexnet) if box.line == PAPER.kind("conv").line]
    columns = {}
    for box in boxes:
        columns.setdefault(round(box.left, 3), []).append(box.middle)
    assert [len(middles) for middles in columns.values()] == [2] * 5
    assert len({tuple(round(m, 3) for m in sorted(middles)) for middles in columns.values()}) == 1
    lines = [s for s in alexnet.shapes if not s.closed and s.line == PAPER.crossing]
    assert all(shape.dashed for shape in lines)
    top, bottom = sorted(next(iter(columns.values())))
    for shape in lines:
        assert all(top - 60 < y < bottom + 60 for _, y in shape.points)


def test_alexnets_words_stand_in_order(alexnet):
    at = {words(text): text.y for text in alexnet.texts}
    names = ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"]
    assert len({at[name] for name in names}) == 1
    assert at["bottom   28.4 M parameters · 360.2 M MACs"] > at["conv1"]
    # Units stand above the bars whose lower ends lines cross, and below the others.
    bars = sorted(box.middle for box in volumes(alexnet) if box.line == PAPER.kind("linear").line)
    units = sorted(text.y for text in alexnet.texts if words(text) == "2048")
    assert units[0] == units[1] < bars[0] < bars[-1] < units[2] == units[3]
    # Nothing had to be covered to be read.
    assert not [shape for shape in alexnet.shapes if shape.line is None and is_upright(shape.points)]


def test_the_image_stands_outside_the_lanes(alexnet):
    image = min(volumes(alexnet), key=lambda box: box.left)
    bands = [shape for shape in alexnet.shapes if shape.fill in {lane.fill for lane in PAPER.lanes}]
    edges = [shape for shape in bands if shape.line]
    assert len(edges) == 2
    for band in edges:
        assert image.right + image.deep[0] < band.points[0][0]


# All nets


@pytest.mark.parametrize("net", SHOWN)
def test_nothing_is_in_the_way_of_anything(net, graph_of):
    assert flaws(picture(graph_of(net), style="volumes")) == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("net", ["alexnet", "resnet50", "unet", "googlenet", "three_columns"])
def test_nothing_is_in_the_way_on_a_page_in_any_theme(net, theme, graph_of):
    assert flaws(picture(graph_of(net), style="volumes", theme=theme, costs=True, width=24.0)) == []


@pytest.mark.parametrize("net", SHOWN)
def test_no_line_runs_through_words_beside_the_volumes(net, graph_of):
    figure = picture(graph_of(net), style="volumes")
    boxes = solids(figure)
    lines = [
        (order, start, end)
        for order, shape in enumerate(figure.shapes)
        if not shape.closed and shape.line in {PAPER.flow, PAPER.crossing}
        for start, end in itertools.pairwise(shape.points)
    ]
    for text in figure.texts:
        left, _, right, _ = extent(text)
        if any(box.holds((left + right) / 2, text.y) for box in boxes):
            continue
        through = [order for order, start, end in lines if runs_through(start, end, extent(text))]
        plates = [
            order
            for order, shape in enumerate(figure.shapes)
            if shape.line is None
            and shape.points[0][0] <= left + 0.1
            and shape.points[2][0] >= right - 0.1
            and shape.points[0][1] <= text.y <= shape.points[2][1]
        ]
        assert not through or (plates and max(plates) > max(through)), words(text)


def runs_through(start, end, rectangle):
    (x0, y0), (x1, y1) = start, end
    points = [(x0 + (x1 - x0) * i / 60, y0 + (y1 - y0) * i / 60) for i in range(61)]
    return any(is_in(point, rectangle) for point in points)


@pytest.mark.parametrize("net", SHOWN)
def test_every_volume_is_drawn_once_and_to_scale(net, graph_of):
    scene = scene_of(graph_of(net))
    boxes = volumes(picture(graph_of(net), style="volumes"))
    maps = [volume for volume in scene.volumes if volume.is_map]
    assert len(boxes) == len(scene.volumes)
    largest = max(maps, key=lambda volume: volume.shape[1])
    unit = max(box.height for box in boxes if box.width != pytest.approx(4.5)) / largest.shape[1]
    seen = sorted(round(box.height / unit, 3) for box in boxes if box.width != pytest.approx(4.5))
    assert seen == sorted(volume.shape[1] for volume in maps)
    root = max(box.width for box in boxes) / math.sqrt(max(volume.shape[0] for volume in maps))
    widths = sorted(round((box.width / root) ** 2, 2) for box in boxes if box.width != pytest.approx(4.5))
    assert widths == sorted(volume.shape[0] for volume in maps)


@pytest.mark.parametrize("net", SHOWN)
def test_what_is_in_front_covers_what_is_behind(net, graph_of):
    for options in (ROOMY, ON_PAPER):
        boxes = solids(picture(graph_of(net), style="volumes", **options))
        for a, b in itertools.combinations(boxes, 2):
            apart_x = a.right + a.deep[0] <= b.left or b.right + b.deep[0] <= a.left
            apart_y = a.top + a.height <= b.top - b.deep[1] or b.top + b.height <= a.top - a.deep[1]
            if not apart_x and not apart_y:
                assert (a.left < b.left) == (a.order < b.order)


@pytest.mark.parametrize("net", SHOWN)
def test_every_layer_belongs_to_one_volume(net, graph_of):
    graph = graph_of(net)
    scene = scene_of(graph)
    shown = [layer.id for volume in scene.volumes for layer in volume.layers]
    assert len(shown) == len(set(shown))
    if all(bracket.times == 1 for bracket in scene.brackets):
        inside = {layer.id for layer in graph.layers() if layer.parameters or layer.macs}
        assert inside <= set(shown)


@pytest.mark.parametrize("seed", range(0, 300, 8))
def test_random_graphs_are_drawn_or_refused(seed):
    graph = random_graph(seed)
    why = refuses(graph)
    if why is not None:
        with pytest.raises(DrawError, match=re.escape(why)):
            picture(graph, style="volumes")
        return
    assert flaws(picture(graph, style="volumes")) == []


# Long nets and narrow pages


@pytest.mark.parametrize(
    "net", ["lenet", "alexnet", "alexnet_one", "resnet18", "resnet50", "resnet152", "unet"]
)
def test_nets_fit_on_paper(net, graph_of):
    figure = picture(graph_of(net), style="volumes", **ON_PAPER)
    assert figure.smallest_text() >= 5.99
    assert figure.width * figure.zoom == pytest.approx(16 * POINTS_PER_CM)


def test_rows_start_with_the_volume_that_they_go_on_from(graph_of):
    figure = picture(graph_of("resnet50"), style="volumes", **ON_PAPER)
    again = [box for box in solids(figure) if box.dashed]
    assert again
    fresh = volumes(figure)
    assert len(fresh) == len(scene_of(graph_of("resnet50")).volumes)
    for ghost in again:
        below = [box for box in fresh if box.left > ghost.left and abs(box.middle - ghost.middle) < 1]
        assert below
        assert any(
            (box.width, box.height) == (pytest.approx(ghost.width), pytest.approx(ghost.height))
            and box.middle < ghost.middle - 20
            for box in fresh
        )
    assert "from the row above" in said(figure)


def test_a_page_that_is_too_narrow_is_refused_with_the_width_that_would_do(graph_of):
    with pytest.raises(DrawError, match=r"at 5 cm the smallest text would be .* make it [\d.]+ cm wide"):
        picture(graph_of("alexnet"), style="volumes", width=5.0)


def test_repeats_are_folded_and_skip_connections_are_arcs(graph_of):
    figure = picture(graph_of("resnet152"), style="volumes")
    texts = said(figure)
    assert [text for text in texts if text.startswith("×")] == ["×2", "×7", "×35", "×2"]
    arcs = [arrow for arrow in figure.arrows if arrow.color == PAPER.skip and arrow.tip is not None]
    assert sorted(arrow.dashed for arrow in arcs) == [False] * 4 + [True] * 4
    assert [text for text in texts if text.startswith("1×1 conv")] == [
        "1×1 conv, 256",
        "1×1 conv, 512, /2",
        "1×1 conv, 1024, /2",
        "1×1 conv, 2048, /2",
    ]
    boxes = solids(figure)
    for arc in arcs:
        level = min(y for _, y in arc.curve)
        (x0, x1) = sorted((arc.curve[0][0], arc.tip[0]))
        under = [box for box in boxes if x0 < box.left and box.right < x1 and 0 < box.middle - level < 120]
        assert under
        assert all(level < box.top - box.deep[1] for box in under)


def test_a_unet_has_its_skips_and_a_volume_for_each_concatenation(graph_of):
    figure = picture(graph_of("unet"), style="volumes")
    assert len([arrow for arrow in figure.arrows if arrow.color == PAPER.skip and arrow.tip]) == 3
    assert len([box for box in volumes(figure) if box.line == PAPER.kind("merge").line]) == 3
    assert said(figure).count("up-conv") == 3


SQUEEZE = """
net squeezed {
  input image [3, 32, 32]
  stem: conv(64, 3, padding=1)
  conv1: conv(64, 3, padding=1) -> relu -> conv2: conv(64, 3, padding=1)
  from conv2 -> adaptive_avgpool(1) -> fc1: conv(16, 1) -> relu -> fc2: conv(64, 1) -> sigmoid
  multiply(conv2, broadcast=true) -> add(stem) -> relu
}
"""


def test_a_product_and_the_sum_after_it_are_two_things():
    """Squeeze and excitation: one arc ends on the product's volume, the residual's at the sign above it."""
    graph = loads(SQUEEZE)._graph
    figure = picture(graph, style="volumes")
    arcs = [arrow for arrow in figure.arrows if arrow.color == PAPER.skip and arrow.tip]
    assert len({arrow.tip for arrow in arcs}) == 2
    (product,) = (box for box in volumes(figure) if box.line == PAPER.kind("merge").line)
    heights = sorted(arrow.tip[1] for arrow in arcs)
    assert heights[0] < product.top - product.deep[1] < heights[1] < product.top
    assert len([box for box in volumes(figure) if box.height == product.height]) == 5, "no map is a kernel"


def test_branches_stand_below_one_another(graph_of):
    scene = scene_of(graph_of("googlenet"))
    lanes = {volume.lane for volume in scene.volumes if volume.column == 2}
    assert lanes == {0, 1, 2}
    merges = [volume for volume in scene.volumes if volume.kind == "merge"]
    assert [volume.lane for volume in merges] == [0, 0, 0]


def test_blocks_can_be_shown_as_one_volume(graph_of):
    figure = picture(graph_of("resnet50"), style="volumes", depth=0)
    texts = said(figure)
    assert {"layer1", "layer2", "layer3", "layer4", "256", "512", "1024", "2048"} <= set(texts)
    assert len(volumes(figure)) == 7
    figure = picture(graph_of("resnet50"), style="volumes", fold=("layer3",))
    assert len(volumes(figure)) == len(scene_of(graph_of("resnet50")).volumes) - 5
    with pytest.raises(DrawError, match="no block of resnet50 is called layer9"):
        picture(graph_of("resnet50"), style="volumes", fold=("layer9",))


def test_costs_add_up(graph_of):
    graph = graph_of("alexnet")
    texts = said(picture(graph, style="volumes", costs=True))
    # Both conv1 together: 2 · (48 · 3 · 11 · 11 + 48) parameters.
    assert {"34.9 K", "105.4 M", "37.8 M", "4.10 M"} <= set(texts)
    assert "34.9 K" not in said(picture(graph, style="volumes"))


def test_long_names_do_not_push_anything_off_the_page(graph_of):
    name = "a_very_long_name_of_a_layer_that_goes_on_and_on"
    text = f"""
    net {name} {{
      group {name}_left, {name}_right
      input image [3, 32, 32]
      columns {name}_left, {name}_right {{
        {name}: conv(8, 3, padding=1) -> maxpool(2) -> {name}2: conv(8, 3)
      }}
      on {name}_left {{ gather -> flatten -> {name}3: linear(1000000) }}
    }}
    """
    for options in (ROOMY, ON_PAPER):
        assert flaws(picture(graph_of(text), style="volumes", **options)) == []


def test_maps_may_be_of_any_shape(graph_of):
    text = """
    net odd {
      input wide [1, 1, 400]
      a: conv(4, [1, 9], stride=[1, 4]) -> maxpool([1, 2])
      b: conv(4, 1, groups=4) -> conv(64, 1, dilation=1) -> c: conv_transpose(2, [3, 5], stride=[3, 2])
      upsample(scale_factor=2) -> adaptive_maxpool([2, 3]) -> flatten -> linear(1)
    }
    """
    figure = picture(graph_of(text), style="volumes")
    assert flaws(figure) == []
    assert {"1×400", "1×9", "1×98", "depthwise", "up-conv", "×3×2"} <= set(said(figure))


# What it cannot show


@pytest.mark.parametrize(
    ("net", "why"),
    [
        ("transformer", "transpose gives 16×64, and a volume has channels, height and width"),
        ("two_inputs", "text gives 40×128, and a volume has channels, height and width"),
        ("tangle", "its branches are connected in more ways than volumes side by side can show"),
        ("net mlp { input x [10]\n linear(5) -> relu -> linear(2) }", "none of its layers gives maps"),
        ("net sound { input x [1, 100]\n conv(4, 3) }", "x gives 1×100"),
        ("net film { input x [3, 4, 8, 8]\n conv(4, 3) }", "x gives 3×4×8×8"),
    ],
)
def test_nets_without_volumes_are_refused_with_the_reason(net, why, graph_of):
    with pytest.raises(DrawError, match=f"{re.escape(why)}.*take graph"):
        picture(graph_of(net), style="volumes")


def test_too_many_volumes_are_refused(graph_of):
    text = "net long { input image [3, 8, 8]\n for w in 4..154 { conv(w, 1) } }"
    with pytest.raises(DrawError, match="more than 120 volumes in a row; put what belongs together"):
        picture(graph_of(text), style="volumes")


# Files


def test_the_same_net_gives_the_same_bytes(graph_of):
    for format in ("svg", "dot", "tex"):
        first = draw(graph_of("alexnet"), format, style="volumes", **ON_PAPER)
        assert first == draw(graph_of("alexnet"), format, style="volumes", **ON_PAPER)


def test_graphviz_reads_every_string(graph_of):
    text = write(picture(graph_of("resnet152"), style="volumes"), 4.0, cut_dashes=True)
    assert max(map(len, re.findall(r'"[^"]*"', text))) < 16384
    assert draw(graph_of("resnet152"), "png", style="volumes", dpi=40).startswith(b"\x89PNG")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_colours_are_those_of_the_theme(theme, graph_of):
    figure = picture(graph_of("resnet50"), style="volumes", theme=theme)
    assert {box.line for box in volumes(figure)} == {
        theme.kind(kind).line for kind in ("input", "conv", "pool", "linear")
    }
    legend = {"convolution", "pooling", "fully connected", "kernel", "projection to one element"}
    assert legend | {"skip connection", "skip connection with layers"} <= set(said(figure))
    assert "projection from another group" not in said(figure)
