"""Arrows that a layout would lead through other nodes are led around them."""

from __future__ import annotations

import pytest

from netcompiler import load
from netcompiler.draw.curves import straight
from netcompiler.draw.detour import around
from netcompiler.draw.options import Options
from netcompiler.draw.picture import Arrow, Frame, Node, Picture
from netcompiler.draw.styles.graph import draw
from tests.draw.geometry import bounds, flaws, is_at, is_in, points_on

FAR = [
    ("fpn", "resnet50_fpn", {"expand": ("fpn",)}),
    ("fpn", "resnet50_fpn", {}),
    ("gpt", "gpt2", {}),
    ("swin", "swin_t", {"depth": 3}),
    ("squeezenet", "squeezenet1_1", {}),
]


@pytest.mark.parametrize(("file", "net", "options"), FAR)
def test_nothing_is_struck_through(file: str, net: str, options: dict[str, object]) -> None:
    graph = load(f"specs/{file}.net", net)._graph
    picture = draw([graph], Options(**options))
    assert picture.arrows
    assert not [trouble for trouble in flaws(picture) if trouble.startswith("arrow through")]
    for arrow in picture.arrows:
        node = next(node for node in picture.nodes if node.key == arrow.target)
        assert is_at(arrow.tip or arrow.curve[-1], node)


def node(key: str, x: float, y: float, frame: int | None = None) -> Node:
    return Node(key, "box", x, y, 60.0, 20.0, "white", "black", (), frame=frame)


def wall(count: int) -> Picture:
    """a, a row of nodes, and b below it, which an arrow from a reaches through the middle of the row."""
    picture = Picture("wall", 600.0, 300.0, "white")
    picture.nodes = [node("a", 300, 20), node("b", 300, 280)]
    picture.nodes += [node(f"w{i}", 300 + 80 * (i - (count - 1) / 2), 150) for i in range(count)]
    picture.arrows = [Arrow("a", "b", tuple(straight((300, 30), (300, 270))), (300.0, 275.0), "black")]
    return picture


@pytest.mark.parametrize("count", [1, 3, 5])
def test_around_a_wall(count: int) -> None:
    picture = wall(count)
    around(picture)
    way = list(points_on(picture.arrows[0].curve))
    assert not any(is_in(point, bounds(other)) for point in way for other in picture.nodes[2:])
    assert is_at(picture.arrows[0].curve[0], picture.nodes[0])
    again = wall(count)
    around(again)
    assert again.arrows == picture.arrows, "the same each time"


def test_what_is_free_stays() -> None:
    picture = wall(2)
    before = list(picture.arrows)
    around(picture)
    assert picture.arrows == before, "it passes between the two"


def test_a_frame_that_holds_neither_end_is_passed_by() -> None:
    picture = wall(1)
    picture.frames = [Frame(200, 100, 420, 200, "white", "black")]
    picture.nodes[2] = node("w0", 300, 150, frame=0)
    around(picture)
    assert not any(200 < x < 420 and 100 < y < 200 for x, y in points_on(picture.arrows[0].curve))
