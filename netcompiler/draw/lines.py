"""Lines that join no nodes: rules, leaders, samples in a legend."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from netcompiler.draw.curves import straight, with_tip
from netcompiler.draw.picture import Arrow, Node, Picture, Point


def add_line(
    picture: Picture,
    points: Sequence[Point],
    color: str,
    *,
    width: float = 1.0,
    dashed: bool = False,
    head: bool = False,
    tooltip: str = "",
) -> None:
    """Add straight lines through points, on top of nodes; with an arrow's head at the end if asked for.

    Where there are nodes to join, an `Arrow` from one to the other is better: it makes the DOT text a graph.
    """
    number = len(picture.nodes)
    ends = (f"line {number} from", f"line {number} to")
    for end, (x, y) in zip(ends, (points[0], points[-1]), strict=True):
        picture.nodes.append(Node(end, "point", x, y, 0.4, 0.4, color, color))
    curve = [points[0]]
    for start, stop in pairwise(points):
        curve += straight(start, stop)[1:]
    tip = None
    if head:
        curve, tip = with_tip(curve, width)
    picture.arrows.append(Arrow(*ends, tuple(curve), tip, color, width, dashed, tooltip))
