"""What stands in nodes and beside them, and how large that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from netcompiler.cost import totals
from netcompiler.draw import words
from netcompiler.draw.condense import condense
from netcompiler.draw.dot import line_width
from netcompiler.draw.fold import fold
from netcompiler.draw.layout import measure
from netcompiler.draw.picture import Line, Span
from netcompiler.draw.styles.traffic.stretches import Crossing, Stretch, Traffic
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Item, Leaf, layers
from netcompiler.operations.base import Shape

_MOST = 6
"""Lines about layers; of more, those in the middle are left out."""

_BESIDE, _ABOVE = 8.0, 5.0
"""Between a node's text and its outline, for text of 9.5 points."""

_LONGEST = 28
"""Characters of a line; longer ones are cut."""

_BESIDE_WAY = 14
"""Characters of a lane's name where values come in beside it."""


def texts(traffic: Traffic, theme: Theme, *, costs: bool) -> dict[Stretch, tuple[Line, ...]]:
    """The lines in the node of every stretch: its named layers, what they do, the shape it gives."""
    tree = condense(traffic.graph)
    fold(tree)
    home = {layer.id: stretch for stretch in traffic.stretches for layer in stretch.layers}
    items: dict[Stretch, list[Item]] = {stretch: [] for stretch in traffic.stretches}
    for item in _within(tree.root.children, home):
        items[home[next(iter(layers(item))).id]].append(item)
    return {stretch: tuple(_lines(stretch, inside, theme, costs)) for stretch, inside in items.items()}


def end_lines(name: str, shape: Shape, theme: Theme, *, training: bool = False) -> tuple[Line, ...]:
    """The lines in the node of one of the net's inputs or outputs."""
    found: list[Line] = [(Span(cut(name), theme.size, theme.ink, bold=True),)]
    found.append((Span(words.shape(shape), theme.small, theme.quiet),))
    return (*found, (Span("training only", theme.small, theme.quiet),)) if training else tuple(found)


def name(group: str, theme: Theme, *, beside: bool) -> Line:
    """The name of a lane; shorter where it stands beside the way into the lane."""
    text = cut(group, _BESIDE_WAY if beside else _LONGEST)
    return (Span(text, theme.heading + 1, theme.ink, bold=True),)


def size_line(sent: Sequence[Crossing], theme: Theme) -> Line:
    """How much a stretch sends to one side."""
    sizes = [crossing.bytes for crossing in sent]
    text = words.size(sum(sizes))
    if len(sizes) > 1 and len(set(sizes)) == 1:
        text = f"{len(sizes)} × {words.size(sizes[0])}"
    return (Span(text, theme.small, theme.crossing, bold=True),)


def node_size(lines: Sequence[Line], theme: Theme) -> tuple[float, float]:
    """Width and height of a node with these lines."""
    width = max(map(line_width, lines)) + 2 * _BESIDE * theme.space
    height = sum(max(span.size for span in line) for line in lines) * measure.LEADING
    return width, height + 2 * _ABOVE * theme.space


def _within(items: Sequence[Item], home: dict[str, Stretch]) -> Iterator[Item]:
    """Items that lie in one stretch, in place of those that lie in several."""
    for item in items:
        inside = {home.get(layer.id) for layer in layers(item)}
        if len(inside) == 1 and None not in inside:
            yield item
        elif isinstance(item, Box):
            yield from _within([*item.children, *item.copies], home)


def _lines(stretch: Stretch, items: Sequence[Item], theme: Theme, costs: bool) -> Iterator[Line]:
    name = words.span([item.name for item in items if item.name])
    labels = [_repeated(label, sum(item.times for item in same)) for label, same in groupby(items, _label)]
    title = name or (labels.pop(0) if labels else stretch.layers[-1].label)
    yield (Span(cut(title), theme.size, theme.ink, bold=True),)
    if len(labels) > _MOST:
        left_out = len(labels) - _MOST + 1
        labels[_MOST - 2 : -1] = [f"… {left_out} more …"]
    for label in labels:
        yield (Span(cut(label), theme.small, theme.ink),)
    yield (Span(words.shape(stretch.layers[-1].output), theme.small, theme.quiet),)
    if costs:
        sums = totals(stretch.layers)
        yield (Span(f"{words.count(sums.parameters)} parameters", theme.small, theme.quiet),)
        yield (Span(f"{words.count(sums.macs)} MACs", theme.small, theme.quiet),)


def _label(item: Item) -> str:
    """What an item is: a layer's label, or what a block is called."""
    if isinstance(item, Leaf):
        return item.title
    called = item.definition
    if not called and len(item.children) == 1:
        called = _repeated(_label(item.children[0]), item.children[0].times)
    return ": ".join(dict.fromkeys(word for word in (item.name, called) if word)) or "block"


def _repeated(label: str, times: int) -> str:
    return f"{label} ×{times}" if times > 1 else label


def cut(text: str, most: int = _LONGEST) -> str:
    """A text short enough for a line."""
    return text if len(text) <= most else text[: most - 1] + "…"
