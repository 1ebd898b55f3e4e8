"""The style `graph`: what it shows at which width, what is expanded, folded and counted; all of it tidy."""

from __future__ import annotations

import pytest

from netcompiler.draw import words
from netcompiler.draw.condense import condense
from netcompiler.draw.dot import line_width
from netcompiler.draw.errors import DrawError
from netcompiler.draw.options import Options
from netcompiler.draw.page import SMALLEST
from netcompiler.draw.styles.graph import plan
from netcompiler.draw.theme import PAPER, SLIDE
from netcompiler.draw.tree import Box, boxes, layers, leaves
from tests.draw.drawn import picture as drawn
from tests.draw.geometry import extent, flaws
from tests.draw.geometry import words as said

POINTS = 72 / 2.54

EXCHANGES = """
net exchanges {
  group a, b
  input image [3, 32, 32]
  columns a, b {
    conv1: conv(16, 3, padding=1) -> relu
    exchange
    residual { c1: conv(16, 3, padding=1) -> relu -> exchange -> c2: conv(32, 1) }
    exchange
    conv3: conv(32, 3, padding=1) -> adaptive_avgpool(1) -> flatten
    exchange
    fc6: linear(64)
  }
  on a { gather -> fc: linear(10) }
}
"""

EARLY_OUTPUT = """
net early {
  group a, b
  input image [3, 32, 32]
  on a { adaptive_avgpool(1) -> flatten -> fc1: linear(20) -> relu -> fc2: linear(20) }
  output fc2
  from fc1 -> on b { fc3: linear(30) -> relu -> fc4: linear(30) }
  on a { fc5: linear(10) }
  output fc5
}
"""

LONG = """
net a_name_that_is_rather_long_for_a_net {
  input image [3, 32, 32]
  conv(8, 3) -> relu -> adaptive_avgpool(1) -> flatten -> linear(10)
}
"""


def texts(picture):
    return [said(text) for text in picture.texts]


def titles(picture):
    """The main line of every node."""
    return [max(node.lines, key=lambda line: line[0].size)[0].text for node in picture.nodes if node.lines]


def lines_of(picture, title):
    """All lines of the nodes with this main line."""
    return [
        ["".join(span.text for span in line) for line in node.lines]
        for node in picture.nodes
        if any(line[0].text == title for line in node.lines)
    ]


# Tidy in every theme, at every width.


@pytest.mark.parametrize(
    "options",
    [{}, {"theme": SLIDE}, {"costs": True}],
    ids=["paper", "slide", "costs"],
)
def test_every_net_is_tidy(every, options, graph_of):
    assert flaws(drawn(graph_of(every), **options)) == []


@pytest.mark.parametrize("net", ["alexnet", "resnet50", "resnet152", "googlenet", "unet", "residual_unet"])
@pytest.mark.parametrize("theme", [PAPER, SLIDE], ids=["paper", "slide"])
@pytest.mark.parametrize("width", [8.5, 16, 25])
def test_at_a_width_text_is_legible_and_all_is_tidy(net, theme, width, graph_of):
    picture = drawn(graph_of(net), theme=theme, width=width)
    assert picture.smallest_text() >= SMALLEST - 0.005
    assert picture.width * picture.zoom == pytest.approx(width * POINTS)
    assert flaws(picture) == []


@pytest.mark.parametrize("text", [EXCHANGES, EARLY_OUTPUT])
def test_groups_are_tidy(text, graph_of):
    for options in ({}, {"theme": SLIDE}, {"width": 16}):
        assert flaws(drawn(graph_of(text), **options)) == []


def test_a_picture_for_a_page_is_no_higher_than_the_page(graph_of):
    for net in ("resnet18", "resnet50", "resnet152", "googlenet", "unet", "chain"):
        picture = drawn(graph_of(net), width=16)
        assert picture.height * picture.zoom < 24.5 * POINTS, net


def test_what_is_higher_than_a_page_uses_its_width(graph_of):
    """Two columns of ResNet-50 with all its blocks are legible side by side at 21 cm."""
    picture = drawn(graph_of("resnet50"), width=21, depth=9)
    stages = [frame for frame in picture.frames if frame.parent is None]
    assert [frame.label for frame in stages] == ["layer1", "layer2", "layer3", "layer4"]
    assert stages[2].left > stages[1].right
    assert stages[2].top < stages[1].top
    assert picture.height < 2.5 * picture.width


def test_shapes_keep_clear_of_the_heads_of_arrows(graph_of):
    """Also where things stand close."""
    picture = drawn(graph_of("resnet50"), width=21, depth=9)
    tips = [(*arrow.tip, arrow.curve[-1][1]) for arrow in picture.arrows if arrow.tip is not None]
    shapes = [text for text in picture.texts if said(text).count("×") == 2 and text.anchor == "start"]
    assert shapes
    for text in shapes:
        for x, y, _ in tips:
            if abs(y - text.y) < 12 and 0 < text.x - x < 20:
                assert text.x - x >= 4.4, said(text)


def test_a_pile_s_number_keeps_clear_of_what_its_block_takes(graph_of):
    picture = drawn(graph_of("resnet152"), costs=True, depth=1)
    badges = [extent(text) for text in picture.texts if said(text)[0] == "×"]
    costs = [extent(text) for text in picture.texts if said(text).endswith(" MACs")]
    assert len(badges) == 4
    for left, top, right, _ in badges:
        assert all(
            lowest + 1.5 < top
            for start, _, end, lowest in costs
            if start < right and left < end and lowest < top + 8
        )


def test_a_picture_for_a_slide_is_wide(graph_of):
    for net in ("resnet18", "resnet50", "googlenet"):
        picture = drawn(graph_of(net), width=25, theme=SLIDE)
        assert picture.width / picture.height > 1.4, net


# How much is shown at a width.


def test_a_wide_page_shows_more_than_a_narrow_one(graph_of):
    nodes = [len(drawn(graph_of("resnet50"), width=width).nodes) for width in (8.5, 16, 60)]
    assert nodes == sorted(set(nodes))
    assert titles(drawn(graph_of("resnet50"), width=8.5)).count("layer3") == 1


def test_of_like_blocks_one_is_shown_before_all_become_nodes(graph_of):
    picture = drawn(graph_of("resnet50"), width=16)
    assert len(lines_of(picture, "bottleneck")) == 6, "two for each of layer2 to layer4"
    assert {"layer1", "bottleneck  0", "bottleneck  1–2"} <= set(texts(picture)), "the first two are frames"
    assert any(text.endswith("of each kind of block the first is open") for text in texts(picture))
    whole = texts(drawn(graph_of("resnet50"))) + texts(drawn(graph_of("resnet50"), width=21, depth=1))
    assert not any("is open" in text for text in whole)


def test_a_depth_is_kept(graph_of):
    full = drawn(graph_of("resnet50"), depth=0, width=30)
    assert titles(full).count("layer1") == 1
    with pytest.raises(DrawError) as error:
        drawn(graph_of("resnet50"), depth=2, width=6)
    assert "make it " in str(error.value)
    assert "show fewer levels with depth 1" in str(error.value)


def test_what_cannot_be_legible_is_refused_with_advice(graph_of):
    with pytest.raises(DrawError) as error:
        drawn(graph_of("three_columns"), width=5)
    found = str(error.value)
    assert found.startswith("at 5 cm the smallest text would be ")
    assert "6 pt is the least that can be read: make it " in found
    wide = float(found.partition("make it ")[2].partition(" cm")[0])
    assert drawn(graph_of("three_columns"), width=wide).smallest_text() >= SMALLEST - 0.005


def test_a_small_net_does_not_shout(graph_of):
    picture = drawn(graph_of("net s { input x [4]\n linear(2) }"), width=25)
    assert picture.smallest_text() < 10


def test_titles_captions_and_legends_stay_within_the_width(graph_of):
    picture = drawn(
        graph_of("resnet50"),
        width=6,
        depth=0,
        title="A long title that goes on and on, about a residual network of fifty layers",
        caption="Nothing but convolutions, and " + "w" * 120,
    )
    found = texts(picture)
    assert sum("w" * 10 in text for text in found) > 1
    assert "A long title that goes on and on, about a residual network of fifty layers" not in found
    assert "A long title that goes on and on, about a residual network of fifty layers" in " ".join(found)
    assert flaws(picture) == []


def test_a_long_name_is_a_title_in_several_lines(graph_of):
    picture = drawn(graph_of(LONG), width=5)
    assert "a_name_that_is_rather_long_for_a_net" in "".join(texts(picture))
    assert {"314 parameters", "194.5 K MACs"} <= set(texts(picture)), "numbers stay with their units"
    assert all(extent(text)[0] >= 0 and extent(text)[2] <= picture.width for text in picture.texts)


# Blocks that a user names.


def test_an_expanded_block_is_shown_whatever_the_depth(graph_of):
    tree = plan(graph_of("resnet50"), Options(depth=0, expand=("layer3.0",)))
    assert [box.path for box in boxes(tree.root)] == ["", "layer3", "layer3.0"]
    assert [item.times for box in boxes(tree.root) if box.path == "layer3" for item in box.children] == [1, 5]


def test_an_expanded_copy_stands_by_itself(graph_of):
    tree = plan(graph_of("resnet50"), Options(expand=("layer3.2",)))
    (stage,) = [box for box in boxes(tree.root) if box.path == "layer3"]
    assert [(item.number, item.times) for item in stage.children] == [
        ("0", 1),
        ("1", 1),
        ("2", 1),
        ("3–5", 3),
    ]


def test_all_that_is_in_an_expanded_block_is_shown(graph_of):
    tree = plan(graph_of("resnet50"), Options(depth=0, expand=("layer3",)))
    assert [box.path for box in boxes(tree.root)] == ["", "layer3", "layer3.0", "layer3.1"]


def test_a_star_names_every_block_of_a_level(graph_of):
    tree = plan(graph_of("resnet50"), Options(expand=("layer3.*",)))
    (stage,) = [box for box in boxes(tree.root) if box.path == "layer3"]
    assert [item.number for item in stage.children] == list("012345")


def test_a_folded_block_is_one_node(graph_of):
    tree = plan(graph_of("resnet50"), Options(fold=("layer2", "layer3.1")))
    paths = {box.path for box in boxes(tree.root)}
    assert "layer2" not in paths
    assert {"layer1", "layer3", "layer4"} <= paths
    (stage,) = [box for box in boxes(tree.root) if box.path == "layer3"]
    assert [(item.role if not isinstance(item, Box) else "box", item.times) for item in stage.children] == [
        ("box", 1),
        ("summary", 1),
        ("box", 4),
    ]


def test_folded_copies_stay_together(graph_of):
    tree = plan(graph_of("resnet50"), Options(fold=("layer3.*",)))
    (stage,) = [box for box in boxes(tree.root) if box.path == "layer3"]
    assert [(leaf.role, leaf.times) for leaf in leaves(stage)] == [("summary", 1), ("summary", 5)]


def test_within_a_folded_block_an_expanded_one_is_shown(graph_of):
    tree = plan(graph_of("resnet50"), Options(fold=("layer3",), expand=("layer3.0",)))
    (stage,) = [box for box in boxes(tree.root) if box.path == "layer3"]
    assert [isinstance(item, Box) for item in stage.children] == [True, False]


def test_a_block_around_nothing_but_another_is_found_too(graph_of):
    graph = graph_of(
        "block b { conv(4, 1) -> conv(4, 3) }\n"
        "net n { input x [4, 8, 8]\n outer: { inner: b } -> conv(4, 1) }"
    )
    for path in ("outer", "outer.inner"):
        assert len(list(boxes(plan(graph, Options(fold=(path,))).root))) == 1


def test_every_layer_is_accounted_for_and_flows_join_what_is_there(every, graph_of):
    graph = graph_of(every)
    boxed = [path for box in boxes(condense(graph).root) for path in (box.path, *box.around)]
    paths = [path for path in boxed if path in graph.scopes and path]
    for options in (Options(expand=tuple(paths[:1]), depth=0), Options(fold=tuple(paths[-1:]))):
        tree = plan(graph, options)
        held = [layer.id for layer in layers(tree.root)] + [layer.id for layer in tree.hidden]
        assert sorted(held) == sorted(graph.nx)
        known = set(leaves(tree.root))
        assert all(flow.source in known and flow.target in known for flow in tree.flows)


def test_a_block_that_becomes_a_node_is_joined_once(graph_of):
    """However often it reads the value inside, there is one arrow to it."""
    picture = drawn(graph_of("googlenet"), depth=0)
    pairs = [(arrow.source, arrow.target) for arrow in picture.arrows]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    ("option", "path", "message"),
    [
        ("expand", "layr3", "no block of resnet50 is called layr3: did you mean layer3?"),
        ("fold", "layer3.00", "no block of resnet50 is called layer3.00: did you mean layer3.0?"),
        ("fold", "layer3.0.conv1", "layer3.0.conv1 is a layer, not a block; the block around it is layer3.0"),
        ("expand", "conv1", "conv1 is a layer, not a block"),
        ("fold", "layer9.*", "no block of resnet50 is called layer9.*: its blocks are layer1, layer1.0, "),
    ],
)
def test_a_path_that_no_block_has(option, path, message, graph_of):
    with pytest.raises(DrawError) as error:
        drawn(graph_of("resnet50"), **{option: (path,)})
    assert str(error.value).startswith(message)


def test_a_net_without_blocks_says_so(graph_of):
    with pytest.raises(DrawError, match="no block is called features: lenet has no blocks"):
        drawn(graph_of("lenet"), fold=("features",))


def test_a_block_is_not_expanded_and_folded(graph_of):
    with pytest.raises(DrawError, match="block layer2 is to be expanded and to be folded"):
        drawn(graph_of("resnet50"), fold=("layer2",), expand=("layer*",))


def test_what_is_spread_over_groups_cannot_be_one_node(graph_of):
    with pytest.raises(DrawError, match="block top cannot be folded: its layers do not stand together"):
        drawn(graph_of("alexnet"), fold=("top",))


# Numbers.


def test_neighbours_of_the_same_title_say_their_numbers(graph_of):
    found = texts(drawn(graph_of("residual_unet")))
    assert {"up  7", "up  8", "up  9"} <= set(found)
    assert "encoder" in texts(drawn(graph_of("transformer"))), "alone, it needs no number"


def test_costs_are_those_of_each_layer(graph_of):
    graph = graph_of("lenet")
    picture = drawn(graph, costs=True)
    found = [line[0].text for node in picture.nodes for line in node.lines]
    for layer in graph.layers():
        if layer.parameters:
            line = f"{words.count(layer.parameters)} params · {words.count(layer.macs)} MACs"
            assert line in found
    assert not any("params" in line[0].text for node in drawn(graph).nodes for line in node.lines)


def test_costs_of_blocks_are_sums_and_those_of_copies_are_of_each(graph_of):
    graph = graph_of("resnet50")
    found = texts(drawn(graph, costs=True))
    inside = [layer for layer in graph.layers() if f"{layer.path}.".startswith("layer3.")]
    total = sum(layer.parameters for layer in inside)
    one = sum(layer.parameters for layer in inside if layer.path.startswith("layer3.1."))
    assert f"{words.count(total)} params" in found
    assert f"{words.count(one)} params each" in found
    assert f"{words.count(sum(layer.macs for layer in inside))} MACs" in found


def test_costs_of_blocks_that_are_nodes(graph_of):
    (node,) = lines_of(drawn(graph_of("resnet50"), costs=True, depth=0), "layer1")
    assert node == ["layer1", "32 layers", "215.8 K params · 667.9 M MACs"]


# Groups.


def test_every_exchange_is_drawn_in_the_same_way(graph_of):
    """As ways that cross, into the layer that reads it, or into the point where several readers part."""
    picture = drawn(graph_of(EXCHANGES))
    assert "exchange" not in titles(picture)
    crossing = [arrow for arrow in picture.arrows if arrow.color == PAPER.crossing and arrow.tip is not None]
    assert len(crossing) == 2 * 4 + 1
    nodes = {node.key: node for node in picture.nodes}
    for arrow in crossing:
        target = nodes[arrow.target]
        level = arrow.tip[1] - arrow.curve[-1][1]
        assert abs(level) < 0.5, f"arrives level: {target.lines}"
    assert sum(nodes[arrow.target].shape == "point" for arrow in crossing) == 2


def test_sizes_of_what_crosses_stand_in_the_lane_that_sends_it(graph_of):
    picture = drawn(graph_of(EXCHANGES))
    lanes = {frame.label: frame for frame in picture.frames if frame.label in {"a", "b"}}
    sizes = [text for text in picture.texts if text.line[0].color == PAPER.crossing]
    assert len(sizes) == 2 * 4 + 1
    for text in sizes:
        left, _, right, _ = extent(text)
        assert any(lane.left < left and right < lane.right for lane in lanes.values()), said(text)


def test_an_early_output_runs_along_the_edge_of_its_lane(graph_of):
    picture = drawn(graph_of(EARLY_OUTPUT))
    outputs = {
        node.lines[0][0].text: node
        for node in picture.nodes
        if node.lines and node.y > picture.frames[0].bottom
    }
    assert outputs["fc2"].x > outputs["fc5"].x
    assert outputs["fc2"].y == pytest.approx(outputs["fc5"].y)


# The rest of the page.


def test_larger_text_gets_more_room(graph_of):
    small, large = (drawn(graph_of("lenet"), theme=theme) for theme in (PAPER, SLIDE))
    assert 1.2 < large.height / small.height < 1.6
    assert large.outline > small.outline
    widest = max(line_width(line) for node in large.nodes for line in node.lines)
    assert all(node.width >= widest for node in large.nodes if node.lines)
