"""What stands in nodes and above stages and blocks, and how large that is."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum

from netcompiler.cost import Totals
from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.picture import Line, Span
from netcompiler.draw.styles.columns.plan import Plan
from netcompiler.draw.theme import Theme
from netcompiler.draw.tree import Box, Item, Leaf, boxes

_BESIDE, _ABOVE = 6.0, 3.5
"""Between a node's text and its outline, for text of 9.5 points."""

_LONGEST = 24
"""Characters of a title; longer ones are cut."""

Row = tuple[Line, Line]
"""A line of a heading: its left part and its right part."""


class Detail(IntEnum):
    """How much nodes in stages say; less makes columns narrower and lower."""

    MAIN = 0
    """What the main layer does, without the word "conv": the colour says it."""

    SHORT = 1
    """The same with the small layers around it."""

    FULL = 2
    """Everything."""


class Texts:
    """The texts of a picture.

    Attributes:
        theme: their sizes and colours.
        widest: the width of every node in a stage.
    """

    def __init__(self, plan: Plan, theme: Theme, detail: Detail, *, costs: bool) -> None:
        self.theme = theme
        self._detail = detail
        self._costs = plan.costs if costs else {}
        self._stages = {
            part.stage for part in plan.parts if part.stage is not None and part.stage in part.items
        }
        inside = [(box, item) for stage in self._stages for box in boxes(stage) for item in box.children]
        self._flows = plan.tree.flows
        self._outside = set(plan.tree.root.children)
        self._in_stages: set[Item] = {item for _, item in inside}
        self._in_blocks: set[Item] = {item for box, item in inside if box not in self._stages}
        nodes = [item for item in self._in_stages if isinstance(item, Leaf) and not measure.is_small(item)]
        self.widest = max((self._width(leaf) for leaf in nodes), default=0.0)

    def lines(self, leaf: Leaf) -> tuple[Line, ...]:
        """The lines of text in a node."""
        shown, summary = leaf, leaf.role == "summary"
        if leaf in self._in_blocks and leaf.role == "layer":
            shown = replace(shown, name="")
        if leaf in self._in_stages and self._detail < Detail.FULL:
            shown = replace(shown, title=_short(leaf), after=leaf.after[:1] if summary else leaf.after)
        if leaf in self._in_stages and self._detail == Detail.MAIN and not measure.is_small(leaf):
            shown = replace(shown, before=(), after=())
        found = measure.lines(replace(shown, after=()) if summary else shown, self.theme)
        if summary:
            # One fact a line: a column is as narrow as can be.
            found += tuple(self._small(fact) for fact in shown.after)
        if leaf not in self._in_stages and leaf in self._costs:
            found += tuple(self._small(fact) for fact in _facts(self._costs[leaf]))
        return found

    def size(self, leaf: Leaf) -> tuple[float, float]:
        """Width and height of a node; all of those in stages are equally wide."""
        if measure.is_small(leaf):
            return measure.size(leaf, self.theme)
        height = sum(_height(line) for line in self.lines(leaf)) + 2 * _ABOVE * self.theme.space
        return self.widest if leaf in self._in_stages else self._width(leaf), height

    def shape(self, leaf: Leaf) -> Line:
        """The shape that a node outside of the stages gives, where it changes and no node says it next."""
        into, out = self._flows.into(leaf), self._flows.out_of(leaf)
        if leaf not in self._outside or not into or len(out) != 1:
            return ()
        news = leaf.shape != into[0].shape and out[0].target.role != "output"
        return self._small(words.shape(leaf.shape)) if news else ()

    def heading(self, box: Box) -> list[Row]:
        """The lines above a stage or a block."""
        rows = [self._stage_title(box) if box in self._stages else self._block_title(box)]
        if box in self._costs:
            facts = _facts(self._costs[box])
            if facts:
                rows.append((self._small(facts[0]), self._small(facts[-1]) if len(facts) > 1 else ()))
        return [row for row in rows if any(row)]

    def _stage_title(self, stage: Box) -> Row:
        title = Span(_cut(stage.name), self.theme.heading, self.theme.ink, bold=True)
        return (title,) if stage.name else (), self._small(words.shape(stage.shape))

    def _block_title(self, block: Box) -> Row:
        left = self._small(_cut(block.name or block.definition)) if block.name or block.definition else ()
        right: Line = ()
        if block.times > 1:
            right = (Span(f"×{block.times}", self.theme.heading, self.theme.repeat, bold=True),)
            if block.varies:
                right = (Span("sizes differ ", self.theme.small, self.theme.repeat), *right)
        return left, right

    def _small(self, text: str) -> Line:
        return (Span(text, self.theme.small, self.theme.quiet),)

    def _width(self, leaf: Leaf) -> float:
        return max(line_width(line) for line in self.lines(leaf)) + 2 * _BESIDE * self.theme.space


def row_height(row: Row) -> float:
    """The height of a line of a heading."""
    return max(_height(line) for line in row if line)


def _height(line: Line) -> float:
    return max(span.size for span in line) * measure.LEADING


def _short(leaf: Leaf) -> str:
    """``3×3, 64`` for ``3×3 conv, 64``: the node's colour says the rest."""
    if leaf.kind != "conv" or "×" not in leaf.title.partition(" ")[0]:
        return leaf.title
    return leaf.title.replace(" conv,", ",", 1)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _facts(costs: Totals) -> list[str]:
    found = [f"{words.count(costs.parameters)} parameters"] if costs.parameters else []
    return found + ([f"{words.count(costs.macs)} MACs"] if costs.macs else [])
