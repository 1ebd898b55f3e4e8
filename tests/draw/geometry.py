"""What must hold of every picture: nothing overlaps, nothing sticks out, no line runs through words."""

from __future__ import annotations

import itertools

from netcompiler.draw.dot import line_width

LETTERS = 0.75
"""The height of letters in the size of text, from the foot of an x to the top of an l."""


def bounds(node):
    """Left, top, right and bottom of a node."""
    return (
        node.x - node.width / 2,
        node.y - node.height / 2,
        node.x + node.width / 2,
        node.y + node.height / 2,
    )


def extent(text):
    """The same of a text."""
    width, half = line_width(text.line), LETTERS * max(span.size for span in text.line) / 2
    left = {"start": text.x, "middle": text.x - width / 2, "end": text.x - width}[text.anchor]
    return left, text.y - half, left + width, text.y + half


def overlap(a, b, by=0.1):
    """Whether two rectangles share more than their edges."""
    return a[0] < b[2] - by and b[0] < a[2] - by and a[1] < b[3] - by and b[1] < a[3] - by


def is_at(point, node):
    """Whether a point lies on a node."""
    left, top, right, bottom = bounds(node)
    return left - 0.1 <= point[0] <= right + 0.1 and top - 0.1 <= point[1] <= bottom + 0.1


def is_in(point, rectangle, inset=1.0):
    """Whether a point lies well inside a rectangle."""
    left, top, right, bottom = rectangle
    return left + inset < point[0] < right - inset and top + inset < point[1] < bottom - inset


def points_on(curve, steps=12):
    """Points along a Bézier curve of 3n + 1 points."""
    for i in range(0, len(curve) - 1, 3):
        p = curve[i : i + 4]
        for step in range(steps + 1):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield tuple(sum(w * q[axis] for w, q in zip(weights, p, strict=True)) for axis in (0, 1))


def words(text):
    """What a text says."""
    return "".join(span.text for span in text.line)


def flaws(picture):
    """All that is wrong with the places of things in a picture, in words."""
    return [*_overlaps(picture), *_sticking_out(picture), *_crossed(picture)]


def _overlaps(picture):
    for a, b in itertools.combinations(picture.nodes, 2):
        if overlap(bounds(a), bounds(b)):
            yield f"node on node: {a.lines} and {b.lines}"
    texts = [(extent(text), words(text)) for text in picture.texts]
    for (a, said), (b, other) in itertools.combinations(texts, 2):
        if overlap(a, b):
            yield f"text on text: {said} and {other}"
    for (a, said), node in itertools.product(texts, picture.nodes):
        if node.shape != "point" and overlap(a, bounds(node)):
            yield f"text on node: {said} and {node.lines}"


def _sticking_out(picture):
    page = (0.0, 0.0, picture.width, picture.height)
    things = [(bounds(node), node.lines) for node in picture.nodes]
    things += [(extent(text), words(text)) for text in picture.texts]
    things += [((f.left, f.top, f.right, f.bottom), f.label) for f in picture.frames]
    things += [((*p, *p), arrow.tooltip) for arrow in picture.arrows for p in arrow.curve]
    for (left, top, right, bottom), said in things:
        if left < page[0] or top < page[1] or right > page[2] or bottom > page[3]:
            yield f"off the page: {said}"
    for node in picture.nodes:
        if any(line_width(line) > node.width for line in node.lines):
            yield f"wider than its node: {node.lines}"
        frame = picture.frames[node.frame] if node.frame is not None else None
        left, top, right, bottom = bounds(node)
        if frame and not (
            frame.left < left and right < frame.right and frame.top < top and bottom < frame.bottom
        ):
            yield f"out of its frame: {node.lines}"


def _crossed(picture):
    for arrow in picture.arrows:
        way = list(points_on(arrow.curve))
        for node in picture.nodes:
            joined = node.key in {arrow.source, arrow.target} or node.shape == "point"
            if not joined and any(is_in(point, bounds(node)) for point in way):
                yield f"arrow through node: {node.lines}"
        for text in picture.texts:
            if any(is_in(point, extent(text)) for point in way):
                yield f"arrow through text: {words(text)}"
