"""Ways around: arrows that would run through a node they have nothing to do with are led past it.

A layout gives nearly all arrows ways that are free. What is left, such as values of inner blocks that are
read far away, runs here on a grid of the lines beside nodes and frames: the cheapest way, by length, corners,
what it crosses and what it would run along (as in orthogonal connector routing: Wybrow, Marriott & Stuckey,
2009).
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Any

from netcompiler.draw.curves import rounded, with_tip
from netcompiler.draw.dot import line_width
from netcompiler.draw.picture import Arrow, Frame, Node, Picture, Point, Text

Rect = tuple[float, float, float, float]
"""left, top, right, bottom."""

_INSIDE = 1.5
"""How far into a node an arrow may come before it counts as struck."""
_CLEAR = 4.0
"""Between a way and the nodes that it passes."""
_TRACKS = (8.0, 14.0)
"""Distances from nodes and frames in which ways run."""
_STUB = 7.0
"""Length of the straight piece at either end."""
_SAMPLES = 8
"""Pieces that a curve is looked at in."""
_MOST = 60
"""Arrows that are led around in one picture, and lines of the grid each way: more would take seconds."""
_LINES = 260
_CELL = 60.0
"""Side of the squares that rectangles are looked up by."""

_CORNER, _CROSSING, _FOREIGN, _ALONG, _TAKEN = 24.0, 14.0, 3.0, 6.0, 80.0
"""What costs how much, in points of length: a corner; another line crossed; each point in a frame that holds
neither end; each point along another line; an end where another arrow ends."""
_BACKWARDS = 120.0
"""What it costs to leave a node at its head or to arrive at its foot, against the way that values flow."""
_APART = 4.5
"""Closer than this, ways run along each other or along a frame."""
_NEVER = float("inf")

_State = tuple[Point, bool]
"""A place on the grid, and whether it is passed level."""


def around(picture: Picture) -> None:
    """Lead the picture's arrows past the nodes that they would run through, where there is a way."""
    nodes = {node.key: _rect(node) for node in picture.nodes}
    index = _Index(nodes)
    struck = [i for i, arrow in enumerate(picture.arrows) if _strikes(arrow, index)]
    if not struck or len(struck) > _MOST:
        return
    grid = _Grid(picture, nodes, struck)
    for i in struck:
        found = grid.way(picture.arrows[i])
        if found is not None:
            picture.arrows[i] = found


def place(texts: Iterable[Sequence[Text]], picture: Picture) -> Iterator[Text]:
    """Of each text's possible places the first that no arrow runs through; the first of all where none is."""
    lines = _Index({i: _bounds(points) for i, points in enumerate(_all_pieces(picture.arrows))})
    pieces = list(_all_pieces(picture.arrows))
    for places in texts:
        free = (text for text in places if not _crossed(text, lines, pieces))
        yield next(free, places[0])


class _Index:
    """Finds the rectangles near another."""

    def __init__(self, rects: Mapping[Any, Rect]) -> None:
        self.rects: dict[Any, Rect] = dict(rects)
        self._cells: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for key, rect in self.rects.items():
            for cell in _cells(rect):
                self._cells[cell].append(key)

    def near(self, rect: Rect) -> list[Any]:
        return list(dict.fromkeys(key for cell in _cells(rect) for key in self._cells.get(cell, ())))


def _cells(rect: Rect) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(value // _CELL) for value in rect)
    return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def _strikes(arrow: Arrow, index: _Index) -> bool:
    own = {arrow.source, arrow.target}
    for piece in _pieces(arrow.curve):
        for key in index.near(_bounds(piece)):
            if key not in own and _meets(piece, _grown(index.rects[key], -_INSIDE)):
                return True
    return False


def _crossed(text: Text, lines: _Index, pieces: Sequence[tuple[Point, Point]]) -> bool:
    rect = text_rect(text)
    return any(_meets(pieces[i], rect) for i in lines.near(rect))


def text_rect(text: Text) -> Rect:
    """The room that a line of text takes, without what hangs below it."""
    width = line_width(text.line)
    left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    half = 0.38 * max(span.size for span in text.line)
    return left, text.y - half, left + width, text.y + half


class _Grid:
    """The lines on which ways run, and what stands between them."""

    def __init__(self, picture: Picture, nodes: dict[Hashable, Rect], struck: Sequence[int]) -> None:
        self.picture = picture
        self.nodes = nodes
        self.blocked = _Index({key: _grown(rect, _CLEAR) for key, rect in nodes.items()})
        texts = {i: text_rect(text) for i, text in enumerate(picture.texts)}
        self.texts = _Index(texts)
        self.frames = [(f, (f.left, f.top, f.right, f.bottom)) for f in picture.frames]
        self.edges = [edge for _, rect in self.frames for edge in _edges(rect)]
        self.edge_index = _Index({i: _bounds(edge) for i, edge in enumerate(self.edges)})
        self.frame_of = {node.key: node.frame for node in picture.nodes}
        lead = set(struck)
        self.taken: list[tuple[Point, Point, Hashable]] = [
            (*piece, arrow.source)
            for i, arrow in enumerate(picture.arrows)
            if i not in lead
            for piece in _pieces(arrow.curve)
        ]
        self.lines = _Index({i: _bounds((a, b)) for i, (a, b, _) in enumerate(self.taken)})
        self.ends = [arrow.tip for i, arrow in enumerate(picture.arrows) if i not in lead and arrow.tip]
        rects = [*nodes.values(), *(rect for _, rect in self.frames)]
        self.xs = _lines(v for r in rects for d in _TRACKS for v in (r[0] - d, r[2] + d))
        self.ys = _lines(v for r in rects for d in _TRACKS for v in (r[1] - d, r[3] + d))

    def way(self, arrow: Arrow) -> Arrow | None:
        """The arrow on the cheapest way; None where there is none."""
        if max(len(self.xs), len(self.ys)) > _LINES:
            return None
        source, target = self.nodes[arrow.source], self.nodes[arrow.target]
        begins, ends = list(_ports(source)), list(_ports(target))
        search = _Search(self, arrow, self._foreign(arrow))
        found = search.run(begins, ends)
        if found is None:
            return None
        points = _straightened(found)
        curve, tip = (rounded(points), None) if arrow.tip is None else with_tip(rounded(points), arrow.width)
        for piece in pairwise(points):
            self.taken.append((*piece, arrow.source))
        self.lines = _Index({i: _bounds((a, b)) for i, (a, b, _) in enumerate(self.taken)})
        self.ends.append(points[-1])
        return replace(arrow, curve=tuple(curve), tip=tip)

    def _foreign(self, arrow: Arrow) -> list[Rect]:
        """Frames that hold neither end."""
        own = {*self._around(arrow.source), *self._around(arrow.target)}
        return [rect for i, (_, rect) in enumerate(self.frames) if i not in own]

    def _around(self, key: Hashable) -> Iterator[int]:
        frame = self.frame_of.get(key)
        while frame is not None:
            yield frame
            frame = self._frame(frame).parent

    def _frame(self, index: int) -> Frame:
        return self.frames[index][0]


@dataclass(frozen=True)
class _Port:
    """Where a way meets a node: on its edge, and a little before."""

    edge: Point
    stub: Point
    level: bool
    foot: bool | None = None
    """True at the foot, where ways leave, False at the head, where they arrive."""


_Finish = tuple[float, "_State", _Port]
"""What a way costs, its last place on the grid, and where it arrives."""


def _ports(rect: Rect) -> Iterator[_Port]:
    left, top, right, bottom = rect
    x, y = (left + right) / 2, (top + bottom) / 2
    yield _Port((x, bottom), (x, bottom + _STUB), level=False, foot=True)
    yield _Port((x, top), (x, top - _STUB), level=False, foot=False)
    yield _Port((right, y), (right + _STUB, y), level=True)
    yield _Port((left, y), (left - _STUB, y), level=True)


class _Search:
    """One search: Dijkstra's, over places on the grid and the direction in which they are passed."""

    def __init__(self, grid: _Grid, arrow: Arrow, foreign: list[Rect]) -> None:
        self.grid = grid
        self.arrow = arrow
        self.foreign = foreign
        self._costs: dict[tuple[Point, Point], float] = {}

    def run(self, begins: Sequence[_Port], ends: Sequence[_Port]) -> list[Point] | None:
        """The way's points from edge to edge; None where there is none."""
        xs = _lines([*self.grid.xs, *(p.stub[0] for p in (*begins, *ends))], exact=True)
        ys = _lines([*self.grid.ys, *(p.stub[1] for p in (*begins, *ends))], exact=True)
        goals = {port.stub: port for port in ends}
        starts = {(port.stub, port.level): port for port in begins}
        best: dict[_State, float] = {state: self._leaving(port) for state, port in starts.items()}
        parents: dict[_State, _State] = {}
        number = count()
        queue = [(cost, next(number), state) for state, cost in best.items()]
        heapq.heapify(queue)
        finish: tuple[float, _State, _Port] | None = None
        while queue and (finish is None or queue[0][0] < finish[0]):
            cost, _, state = heapq.heappop(queue)
            port = goals.get(state[0])
            if port is not None:
                finish = self._sooner(finish, (cost, state, port))
            for following in _neighbours(state[0], xs, ys):
                corner = _CORNER if following[1] != state[1] else 0.0
                new = cost + corner + self._price(state[0], following[0])
                if new < best.get(following, _NEVER):
                    best[following], parents[following] = new, state
                    heapq.heappush(queue, (new, next(number), following))
        if finish is None:
            return None
        _, state, port = finish
        points = [port.edge, state[0]]
        while state in parents:
            state = parents[state]
            points.append(state[0])
        return [starts[state].edge, *reversed(points)]

    def _sooner(self, known: _Finish | None, reached: _Finish) -> _Finish:
        """The cheaper of two ways to arrive."""
        cost, state, port = reached
        cost += self._arriving(port) + (_CORNER if port.level != state[1] else 0.0)
        return known if known is not None and known[0] <= cost else (cost, state, port)

    def _leaving(self, port: _Port) -> float:
        return self._blocked_cost(port) + (_BACKWARDS if port.foot is False else 0.0)

    def _arriving(self, port: _Port) -> float:
        taken = any(abs(x - port.edge[0]) < 4 and abs(y - port.edge[1]) < 4 for x, y in self.grid.ends)
        backwards = _BACKWARDS if port.foot else 0.0
        return self._blocked_cost(port) + (_TAKEN if taken else 0.0) + backwards

    def _blocked_cost(self, port: _Port) -> float:
        """Texts beside a node keep ways from its side."""
        piece = (port.edge, port.stub)
        rect = _bounds(piece)
        return 40.0 * sum(_meets(piece, self.grid.texts.rects[key]) for key in self.grid.texts.near(rect))

    def _price(self, start: Point, end: Point) -> float:
        key = (start, end) if start < end else (end, start)
        if key not in self._costs:
            self._costs[key] = self._cost(*key)
        return self._costs[key]

    def _cost(self, start: Point, end: Point) -> float:
        rect = _bounds((start, end))
        own = {self.arrow.source, self.arrow.target}
        for key in self.grid.blocked.near(rect):
            blocked = self.grid.nodes[key] if key in own else self.grid.blocked.rects[key]
            if _meets((start, end), _grown(blocked, -0.1)):
                return _NEVER
        length = abs(end[0] - start[0]) + abs(end[1] - start[1])
        cost = length
        if any(_meets((start, end), frame) for frame in self.foreign):
            cost += _FOREIGN * length
        cost += 30.0 * sum(_meets((start, end), self.grid.texts.rects[k]) for k in self.grid.texts.near(rect))
        near_edges = self.grid.edge_index.near(_grown(rect, _APART))
        cost += _ALONG * length * any(_parallel((start, end), self.grid.edges[i]) for i in near_edges)
        for key in self.grid.lines.near(_grown(rect, _APART)):
            a, b, source = self.grid.taken[key]
            if source == self.arrow.source:
                continue
            if _parallel((start, end), (a, b)):
                cost += _ALONG * length
            elif _meets((a, b), _grown(rect, 0.05)):
                cost += _CROSSING
        return cost


def _edges(rect: Rect) -> Iterator[tuple[Point, Point]]:
    left, top, right, bottom = rect
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return pairwise(corners)


def _neighbours(place: Point, xs: Sequence[float], ys: Sequence[float]) -> Iterator[_State]:
    x, y = place
    i, j = bisect_left(xs, x), bisect_left(ys, y)
    if i > 0:
        yield (xs[i - 1], y), True
    if i + 1 < len(xs):
        yield (xs[i + 1], y), True
    if j > 0:
        yield (x, ys[j - 1]), False
    if j + 1 < len(ys):
        yield (x, ys[j + 1]), False


def _lines(values: Iterable[float], *, exact: bool = False) -> list[float]:
    """Sorted, and without what is nearly the same."""
    kept: list[float] = []
    for value in sorted(set(values)):
        if not kept or exact or value - kept[-1] > 2.0:
            kept.append(value)
    return kept


def _parallel(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """True when two lines run along each other, closer than ways should."""
    for axis in (0, 1):
        across = 1 - axis
        if abs(one[0][across] - one[1][across]) > 0.1 or abs(other[0][across] - other[1][across]) > 0.1:
            continue
        if abs(one[0][across] - other[0][across]) < _APART:
            low = max(min(one[0][axis], one[1][axis]), min(other[0][axis], other[1][axis]))
            high = min(max(one[0][axis], one[1][axis]), max(other[0][axis], other[1][axis]))
            return high - low > 1.0
    return False


def _straightened(points: Sequence[Point]) -> list[Point]:
    """Without points in the middle of straight lines."""
    kept = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        level = abs(before[1] - point[1]) < 0.01 and abs(point[1] - after[1]) < 0.01
        upright = abs(before[0] - point[0]) < 0.01 and abs(point[0] - after[0]) < 0.01
        if not (level or upright):
            kept.append(point)
    return [*kept, points[-1]]


def _all_pieces(arrows: Iterable[Arrow]) -> Iterator[tuple[Point, Point]]:
    for arrow in arrows:
        yield from _pieces(arrow.curve)
        if arrow.tip is not None:
            yield arrow.curve[-1], arrow.tip


def _pieces(curve: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """A Bézier curve as short straight lines."""
    for i in range(0, len(curve) - 3, 3):
        a, b, c, d = curve[i : i + 4]
        if _is_straight(a, b, c, d):
            yield a, d
            continue
        points = [_bezier(a, b, c, d, k / _SAMPLES) for k in range(_SAMPLES + 1)]
        yield from pairwise(points)


def _is_straight(a: Point, b: Point, c: Point, d: Point) -> bool:
    return all(abs(p[0] - a[0]) < 0.1 for p in (b, c, d)) or all(abs(p[1] - a[1]) < 0.1 for p in (b, c, d))


def _bezier(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    s = 1 - t
    weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    x = sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True))
    y = sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True))
    return x, y


def _meets(piece: tuple[Point, Point], rect: Rect) -> bool:
    """Whether a straight line runs into a rectangle (Liang & Barsky, 1984)."""
    (x0, y0), (x1, y1) = piece
    left, top, right, bottom = rect
    if left >= right or top >= bottom:
        return False
    enter, leave = 0.0, 1.0
    for delta, low, high in ((x1 - x0, left - x0, right - x0), (y1 - y0, top - y0, bottom - y0)):
        if delta == 0:
            if low > 0 or high < 0:
                return False
            continue
        near, far = sorted((low / delta, high / delta))
        enter, leave = max(enter, near), min(leave, far)
        if enter > leave:
            return False
    return True


def _rect(node: Node) -> Rect:
    half, tall = node.width / 2, node.height / 2
    return node.x - half, node.y - tall, node.x + half, node.y + tall


def _grown(rect: Rect, by: float) -> Rect:
    return rect[0] - by, rect[1] - by, rect[2] + by, rect[3] + by


def _bounds(points: Iterable[Point]) -> Rect:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
