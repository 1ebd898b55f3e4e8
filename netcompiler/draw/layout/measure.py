"""The texts of nodes and blocks, and how much room they take."""

from __future__ import annotations

from collections.abc import Sequence

from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout.cell import Spot
from netcompiler.draw.picture import Line, Span
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Costs, Flow, Leaf, layers

LEADING = 1.21
"""The height of a line of text in its size: the font's own."""

_CIRCLE = 1.8
"""Diameter of a merge, in the size of main text."""

POINT = 4.5
"""Diameter of a junction."""

_BESIDE, _ABOVE = 8.0, 4.5
"""Between a node's text and its outline."""

_NARROWEST = 34.0

_BARE = 20.0
"""Above what is in a block without a title."""

ASIDE = 0.24
"""How far from a node's middle its side is met by what runs across, in its height."""

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
    title: Line = (Span(cut(leaf.title), theme.size, theme.ink, bold=True), *_number(leaf, theme))
    if is_circle(leaf):
        return ((Span(leaf.title, theme.size + 2, theme.kind(leaf.kind).line, bold=True),),)
    found: list[Line] = []
    if leaf.name and leaf.name != leaf.title:
        found.append((Span(cut(leaf.name), theme.small, theme.kind(leaf.kind).line, bold=True),))
    width = line_width(title)
    found += _words(leaf.before, width, theme)
    found.append(title)
    found += _words(leaf.after, width, theme)
    if leaf.role in {"input", "output"}:
        found.append((Span(words.shape(leaf.shape), theme.small, theme.quiet),))
    found += _words(_costs(leaf.costs), width, theme)
    if leaf.training_only:
        found.append((Span("training only", theme.small, theme.quiet),))
    return tuple(found)


def _number(item: Leaf | Box, theme: Theme) -> Line:
    return (Span(f"  {item.number}", theme.small, theme.quiet),) if item.number else ()


def _costs(costs: Costs | None) -> list[str]:
    if costs is None:
        return []
    each = " each" if costs.each else ""
    facts = [f"{words.count(costs.parameters)} params"] if costs.parameters else []
    facts += [f"{words.count(costs.macs)} MACs"] if costs.macs else []
    return [*facts[:-1], facts[-1] + each]


def _words(parts: Sequence[str], width: float, theme: Theme) -> list[Line]:
    """Small print in one line; in a narrow picture in several where one would be wider than this."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and not (theme.narrow and line_width(_small(longer, theme)) > width):
            lines[-1] = longer
        else:
            lines.append(part)
    return [_small(cut(line), theme) for line in lines]


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
        return _CIRCLE * theme.size, _CIRCLE * theme.size
    text = lines(leaf, theme)
    width = max(line_width(line) for line in text) + 2 * _BESIDE * theme.space
    height = sum(max(span.size for span in line) * LEADING for line in text) + 2 * _ABOVE * theme.space
    return max(width, _NARROWEST * theme.space), height


def rows(theme: Theme) -> tuple[float, float, float]:
    """How far below a block's top the middles of the lines of its heading are."""
    first = 5.0 * theme.space + 0.6 * theme.heading
    second = first + 0.6 * (theme.heading + theme.small)
    return first, second, second + 1.4 * theme.small


def header(box: Box, around: Box | None, theme: Theme) -> float:
    """The height of a block's heading."""
    left, _, badge, _ = heading(box, around, theme)
    if not (left or badge or box.costs):
        return _BARE * theme.space
    tall = theme.narrow and box.lane is not None
    last = rows(theme)[2 if tall else max(costs_row(box, around, theme), 1 if left or badge else 0)]
    return last + theme.small


def costs_row(box: Box, around: Box | None, theme: Theme) -> int:
    """In which row of a block's heading its costs stand: the first that is free."""
    left, below, badge, right = heading(box, around, theme)
    if box.costs is None or not (left or badge):
        return 0
    return 2 if below or (badge and right) else 1


def shape(leaf: Leaf, theme: Theme) -> Line:
    """The shape of a leaf's value, for beside the way on."""
    return (Span(words.shape(leaf.shape), theme.small, theme.quiet),)


def shape_aside(theme: Theme) -> float:
    """How far beside a way the shape of its value stands."""
    # However close things stand, the head of an arrow is as wide.
    return 4.5 * max(1.0, theme.space)


def shape_reach(leaf: Leaf, theme: Theme) -> float:
    """How far to the right of a way the shape of its value reaches."""
    return shape_aside(theme) + line_width(shape(leaf, theme))


def heading(box: Box, around: Box | None, theme: Theme) -> tuple[Line, Line, Line, Line]:
    """The title of a block: two lines for its left side and two for its right.

    The shape is left out where the block around it has the same.
    """
    if box.lane is not None:
        return _lane_heading(box, theme)
    title = box.name or box.definition
    left: Line = ()
    if title:
        left = (Span(cut(title), theme.heading, theme.ink, bold=True), *_number(box, theme))
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


def costs_heading(box: Box, theme: Theme) -> tuple[Line, Line]:
    """What a block takes: the line below its title and the one to the right of that."""
    costs = box.costs
    if costs is None:
        return (), ()
    each = " each" if costs.each else ""
    left = f"{words.count(costs.parameters)} params{each}" if costs.parameters else ""
    right = f"{words.count(costs.macs)} MACs{each}" if costs.macs else ""
    return _small(left, theme), _small(right, theme)


def _small(text: str, theme: Theme) -> Line:
    return (Span(text, theme.small, theme.quiet),) if text else ()


def _lane_heading(box: Box, theme: Theme) -> tuple[Line, Line, Line, Line]:
    inside = [layer for child in box.children for layer in layers(child)]
    parameters, macs = sum(layer.parameters for layer in inside), sum(layer.macs for layer in inside)
    return (
        (Span(cut(box.name), theme.heading + 2, theme.ink, bold=True),),
        (),
        (Span(f"{words.count(parameters)} parameters", theme.small, theme.quiet),),
        (Span(f"{words.count(macs)} MACs", theme.small, theme.quiet),),
    )


def traffic(flows: Sequence[Flow], theme: Theme) -> Line:
    """How much one leaf sends to other groups, in one direction."""
    times = f"{len(flows)} × " if len(flows) > 1 else ""
    return (Span(times + words.size(flows[0].bytes), theme.small, theme.crossing, bold=True),)


def traffic_y(spot: Spot, theme: Theme) -> float:
    """At which height that stands: above the line by which it leaves the leaf."""
    if is_small(spot.leaf):
        return spot.bottom
    return spot.y + ASIDE * spot.height - 0.93 * theme.small


def badge(leaf: Leaf, theme: Theme) -> Line:
    """The ×n of a node that stands for several."""
    return (Span(f"×{leaf.times}", theme.heading + 1, theme.repeat, bold=True),) if leaf.times > 1 else ()
