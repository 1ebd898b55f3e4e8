"""The texts of nodes and blocks, and how much room they take."""

from __future__ import annotations

from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.picture import Line, Span
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Leaf, layers

LEADING = 1.21
"""The height of a line of text in its size: the font's own."""

CIRCLE = 17.0
"""Diameter of a merge."""

POINT = 4.5
"""Diameter of a junction."""

_WIDEST = 46
"""Characters in a line; longer ones are cut."""


def cut(text: str) -> str:
    """A text short enough for a node."""
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def is_circle(leaf: Leaf) -> bool:
    """True for merges shown as a sign in a circle."""
    return leaf.role == "merge" and len(leaf.title) == 1


def is_small(leaf: Leaf) -> bool:
    """True for signs and points, which arrows may come close to."""
    return leaf.role == "junction" or is_circle(leaf)


def lines(leaf: Leaf, theme: Theme) -> tuple[Line, ...]:
    """The lines of text in a node."""
    if leaf.role == "junction":
        return ()
    title = (Span(cut(leaf.title), theme.size, theme.ink, bold=True),)
    if is_circle(leaf):
        return ((Span(leaf.title, theme.size + 2, theme.kind(leaf.kind).line, bold=True),),)
    found: list[Line] = []
    if leaf.name and leaf.name != leaf.title:
        found.append((Span(cut(leaf.name), theme.small, theme.kind(leaf.kind).line, bold=True),))
    if leaf.before:
        found.append((Span(cut(" · ".join(leaf.before)), theme.small, theme.quiet),))
    found.append(title)
    if leaf.after:
        found.append((Span(cut(" · ".join(leaf.after)), theme.small, theme.quiet),))
    if leaf.role in {"input", "output"}:
        found.append((Span(words.shape(leaf.shape), theme.small, theme.quiet),))
    if leaf.training_only:
        found.append((Span("training only", theme.small, theme.quiet),))
    return tuple(found)


def caption(leaf: Leaf, theme: Theme) -> Line:
    """The words beside a node too small to hold them."""
    if not is_circle(leaf) or not (leaf.after or leaf.name):
        return ()
    return (
        Span(cut(" · ".join([*([leaf.name] if leaf.name else []), *leaf.after])), theme.small, theme.quiet),
    )


def size(leaf: Leaf, theme: Theme) -> tuple[float, float]:
    """Width and height of a node."""
    if leaf.role == "junction":
        return POINT, POINT
    if is_circle(leaf):
        return CIRCLE, CIRCLE
    text = lines(leaf, theme)
    width = max(line_width(line) for line in text) + 16
    height = sum(max(span.size for span in line) * LEADING for line in text) + 9
    return max(width, 34.0), height


def heading(box: Box, around: Box | None, theme: Theme) -> tuple[Line, Line, Line, Line]:
    """The title of a block: two lines for its left side and two for its right.

    The shape is left out where the block around it has the same.
    """
    if box.lane is not None:
        return _lane_heading(box, theme)
    title = box.name or box.definition
    left: Line = (Span(cut(title), theme.heading, theme.ink, bold=True),) if title else ()
    below: Line = ()
    if box.name and box.definition:
        below = (Span(cut(box.definition), theme.small, theme.quiet),)
    right: Line = ()
    if (title or box.times > 1) and (around is None or around.shape != box.shape):
        right = (Span(words.shape(box.shape), theme.small, theme.quiet),)
    badge: Line = ()
    if box.times > 1:
        badge = (Span(f"×{box.times}", theme.heading + 2, theme.repeat, bold=True),)
        if box.varies:
            badge += (Span(" sizes differ", theme.small, theme.repeat),)
    return left, below, badge, right


def _lane_heading(box: Box, theme: Theme) -> tuple[Line, Line, Line, Line]:
    inside = [layer for child in box.children for layer in layers(child)]
    parameters, macs = sum(layer.parameters for layer in inside), sum(layer.macs for layer in inside)
    return (
        (Span(cut(box.name), theme.heading + 2, theme.ink, bold=True),),
        (),
        (Span(f"{words.count(parameters)} parameters", theme.small, theme.quiet),),
        (Span(f"{words.count(macs)} MACs", theme.small, theme.quiet),),
    )


def badge(leaf: Leaf, theme: Theme) -> Line:
    """The ×n of a node that stands for several."""
    return (Span(f"×{leaf.times}", theme.heading + 1, theme.repeat, bold=True),) if leaf.times > 1 else ()
