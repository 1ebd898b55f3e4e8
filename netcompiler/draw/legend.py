"""What the colours and lines of a picture mean: only those that it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcompiler.draw.dot import line_width
from netcompiler.draw.lines import add_line
from netcompiler.draw.picture import Node, Picture, Span, Text
from netcompiler.draw.route import Router
from netcompiler.draw.theme import Paint, Theme
from netcompiler.draw.tree import Tree, leaves

ROW = 15.0
"""Height of a row."""

_GAP = 16.0
_BESIDE = 4.0
_SWATCH, _HEIGHT = 13.0, 9.0
_STROKE = 22.0
"""Lengths that suit small print of 7.5 points."""

_KINDS = {
    "conv": "convolution",
    "pool": "pooling",
    "linear": "fully connected",
    "attention": "attention",
    "embedding": "embedding",
    "norm": "normalisation",
    "activation": "activation",
    "dropout": "dropout",
    "shape": "reshaping",
    "merge": "merge",
    "transfer": "exchange between groups",
}


@dataclass(frozen=True)
class Entry:
    """A sample and what it means. A sample is a kind of node, a node's own colours, or a colour of line."""

    words: str
    kind: str = ""
    color: str = ""
    dashed: bool = False
    paint: Paint | None = None


def kinds(present: Iterable[str]) -> list[Entry]:
    """The entries of these kinds of operation, in a fixed order."""
    found = set(present)
    return [Entry(words, kind=kind) for kind, words in _KINDS.items() if kind in found]


def entries(tree: Tree, router: Router, theme: Theme) -> list[Entry]:
    """What needs an explanation; nothing when there is only one colour of node."""
    found = kinds(leaf.kind for leaf in leaves(tree.root) if leaf.role != "junction")
    skips = [flow for flow in tree.flows if router.is_skip(flow) and not flow.crosses]
    if not all(router.is_detour(flow) for flow in skips):
        found.append(Entry("skip connection", color=theme.skip))
    if any(router.is_detour(flow) for flow in skips):
        found.append(Entry("skip connection with layers", color=theme.skip, dashed=True))
    if any(flow.crosses for flow in tree.flows):
        found.append(Entry("between groups, bytes a sample", color=theme.crossing, dashed=True))
    return found if len(found) > 1 else []


def rows(found: Sequence[Entry], width: float, theme: Theme) -> list[list[Entry]]:
    """The entries in rows no wider than this."""
    result: list[list[Entry]] = []
    used = 0.0
    for entry in found:
        needed = _width(entry, theme)
        if not result or used + needed > width:
            result.append([])
            used = 0.0
        result[-1].append(entry)
        used += needed + _scale(theme) * _GAP
    return result


def paint(picture: Picture, row: Sequence[Entry], x: float, y: float, theme: Theme) -> None:
    """Add a row to a picture, its middle at y."""
    scale = _scale(theme)
    for entry in row:
        text = _line(entry, theme)
        sample = scale * (_SWATCH if entry.kind or entry.paint else _STROKE)
        if entry.kind or entry.paint:
            colors = entry.paint or theme.kind(entry.kind)
            place = (x + sample / 2, y, sample, scale * _HEIGHT)
            key = f"legend {entry.words}"
            picture.nodes.append(Node(key, "box", *place, colors.fill, colors.line, tooltip=entry.words))
        else:
            ends = ((x, y), (x + sample, y))
            add_line(picture, ends, entry.color, width=theme.thick, dashed=entry.dashed)
        picture.texts.append(Text(text, x + sample + scale * _BESIDE, y))
        x += _width(entry, theme) + scale * _GAP


def _line(entry: Entry, theme: Theme) -> tuple[Span, ...]:
    return (Span(entry.words, theme.small, theme.quiet),)


def _width(entry: Entry, theme: Theme) -> float:
    sample = _SWATCH if entry.kind or entry.paint else _STROKE
    return _scale(theme) * (sample + _BESIDE) + line_width(_line(entry, theme))


def _scale(theme: Theme) -> float:
    return theme.small / 7.5
