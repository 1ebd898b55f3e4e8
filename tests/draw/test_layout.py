"""What every layout must have: nothing overlaps, nothing sticks out, values flow one way."""

from __future__ import annotations

import itertools

import pytest

from netcompiler.draw.layout.columns import Piece, split
from netcompiler.draw.layout.series import Group, Single, Tangle, components, members, take_apart
from netcompiler.draw.page import fit
from netcompiler.draw.theme import PAPER
from tests.draw.drawn import picture as drawn
from tests.draw.geometry import bounds, is_at, is_in, overlap, points_on


@pytest.fixture
def picture(every, graph_of):
    return drawn(graph_of(every))


def test_nodes_do_not_overlap(picture):
    for a, b in itertools.combinations(picture.nodes, 2):
        assert not overlap(bounds(a), bounds(b)), (a.lines, b.lines)


def test_nodes_stand_in_their_frames_and_in_no_others(picture):
    for node in picture.nodes:
        around = set()
        frame = node.frame
        while frame is not None:
            around.add(frame)
            frame = picture.frames[frame].parent
        left, top, right, bottom = bounds(node)
        for index, frame in enumerate(picture.frames):
            inside = frame.left < left and right < frame.right and frame.top < top and bottom < frame.bottom
            if index in around:
                assert inside, node.lines
            else:
                assert not overlap(bounds(node), (frame.left, frame.top, frame.right, frame.bottom)), (
                    node.lines
                )


def test_sibling_frames_do_not_overlap(picture):
    for a, b in itertools.combinations(picture.frames, 2):
        if a.parent == b.parent:
            assert not overlap((a.left, a.top, a.right, a.bottom), (b.left, b.top, b.right, b.bottom))


def test_everything_is_on_the_page(picture):
    points = [point for node in picture.nodes for point in (bounds(node)[:2], bounds(node)[2:])]
    points += [point for arrow in picture.arrows for point in arrow.curve]
    points += [(frame.right, frame.bottom) for frame in picture.frames]
    assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in points)


def test_arrows_end_at_their_nodes(picture):
    nodes = {node.key: node for node in picture.nodes}
    for arrow in picture.arrows:
        assert len(arrow.curve) % 3 == 1
        others = [other for other in picture.arrows if other is not arrow]
        beside = [other for other in others if other.source == arrow.source]
        assert is_at(arrow.curve[0], nodes[arrow.source]) or is_on_way(arrow.curve[0], beside)
        tip = arrow.tip or arrow.curve[-1]
        beside = [other for other in others if other.target == arrow.target]
        assert is_at(tip, nodes[arrow.target]) or is_on_way(tip, beside)


def is_on_way(point, arrows):
    """Whether a point lies on a straight piece, running down, of one of these arrows."""
    x, y = point
    ways = [arrow.curve for arrow in arrows]
    pieces = [(way[i], way[i + 3]) for way in ways for i in range(0, len(way) - 1, 3)]
    return any(abs(a[0] - x) + abs(b[0] - x) < 0.1 and a[1] < y < b[1] for a, b in pieces)


def test_long_skips_of_blocks_run_through_no_block_on_their_way(graph_of):
    """Those of a residual U-Net leave below the encoder's block and go around it."""
    picture = drawn(graph_of("residual_unet"))
    nodes = {node.key: node for node in picture.nodes}
    concats = {n.key for n in picture.nodes if any(s.text == "concat" for line in n.lines for s in line)}
    skips = [a for a in picture.arrows if a.target in concats and nodes[a.source].shape == "circle"]
    assert len(skips) == 3
    for skip in skips:
        home = picture.frames[nodes[skip.source].frame]
        assert all(y > home.bottom or x > home.right for x, y in points_on(skip.curve))


def test_arrows_do_not_run_through_nodes(picture):
    """Sampled along every arrow: no point of it lies inside a node it does not join."""
    for arrow in picture.arrows:
        samples = list(points_on(arrow.curve))
        for node in picture.nodes:
            if node.key in {arrow.source, arrow.target} or node.shape == "point":
                continue
            hit = [p for p in samples if is_in(p, bounds(node))]
            assert not hit, (node.lines, arrow)


@pytest.mark.parametrize("net", ["resnet18", "resnet50", "resnet152", "resnet1202", "chain"])
def test_long_nets_are_shaped_like_a_page(net, graph_of):
    picture = drawn(graph_of(net))
    assert 0.6 < picture.width / picture.height < 2.2
    # At the size of a page or a slide, the 9.5 pt text stays above 4.5 pt.
    assert fit(picture.width, picture.height) > 0.48


def test_columns_of_the_same_layers_are_aligned(graph_of):
    picture = drawn(graph_of("alexnet"))
    rows = {}
    for node in picture.nodes:
        if node.frame is not None:
            rows.setdefault(picture.frames[node.frame].label, []).append(round(node.y, 3))
    assert set(rows) == {"top", "bottom"}
    assert rows["bottom"] == rows["top"][:-1]


def test_a_u_net_is_drawn_as_a_u(graph_of):
    picture = drawn(graph_of("unet"))
    concats = [node for node in picture.nodes if any(s.text == "concat" for line in node.lines for s in line)]
    assert len({round(node.x) for node in concats}) == 1
    assert len({node.y for node in concats}) == 3
    image = next(node for node in picture.nodes if node.lines and node.lines[0][0].text == "image")
    assert image.x < concats[0].x
    across = [arrow for arrow in picture.arrows if arrow.color == PAPER.skip]
    across = [arrow for arrow in across if arrow.tip is not None]  # without the legend's sample
    assert {arrow.target for arrow in across} == {node.key for node in concats}
    assert all(abs(arrow.curve[0][1] - arrow.tip[1]) < 40 for arrow in across)


def test_take_apart_chain():
    assert take_apart([0, 1, 2], {0: [1], 1: [2]}, [0], [2]) == (Single(0), Single(1), Single(2))


def test_take_apart_residual():
    elements = take_apart([0, 1, 2], {0: [1, 2], 1: [2]}, [0], [2])
    assert elements == (Single(0), Group(((Single(1),),), 0, 2, direct=True), Single(2))


def test_take_apart_branches_of_branches():
    edges = {0: [1, 2, 3], 1: [6], 2: [6], 3: [4, 5], 4: [7], 5: [7], 7: [6]}
    elements = take_apart([0, 1, 2, 3, 4, 5, 7, 6], edges, [0], [6])
    group = elements[1]
    assert isinstance(group, Group)
    assert not group.direct
    inner = (Single(3), Group(((Single(4),), (Single(5),)), 3, 7, direct=False), Single(7))
    assert group.branches == ((Single(1),), (Single(2),), inner)
    assert list(members(*elements)) == [0, 1, 2, 3, 4, 5, 7, 6]


def test_take_apart_what_cannot_be():
    edges = {0: [1, 2], 1: [3, 4], 2: [3, 4], 3: [5], 4: [5]}
    elements = take_apart([0, 1, 2, 3, 4, 5], edges, [0], [5])
    assert elements[1].branches == ((Tangle((1, 2, 3, 4)),),)


def test_take_apart_very_deep_nesting_ends():
    n = 400
    edges = {i: [i + 1] + ([2 * n - i] if i < n else []) for i in range(2 * n)}
    elements = take_apart(range(2 * n + 1), edges, [0], [2 * n])
    assert sorted(members(*elements)) == list(range(2 * n + 1))


def test_components_keep_order():
    assert components([0, 1, 2, 3, 4], {0: [3], 1: [4]}) == [[0, 3], [1, 4], [2]]


def test_split_balances_columns():
    pieces = [Piece(10, 5, may_start=True)] * 6
    assert split(pieces, 1000) == [(0, 6)]
    assert split(pieces, 45) == [(0, 3), (3, 6)]
    assert split(pieces, 30) == [(0, 2), (2, 4), (4, 6)]


def test_split_keeps_together_what_belongs_together():
    pieces = [Piece(10, 5, may_start=i in {0, 5}) for i in range(6)]
    assert split(pieces, 1) == [(0, 5), (5, 6)] or split(pieces, 1) == [(0, 6)]
