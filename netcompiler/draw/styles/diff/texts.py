"""The texts of rows and blocks, and how much room they take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from netcompiler.draw import words
from netcompiler.draw.dot import line_width
from netcompiler.draw.layout import measure
from netcompiler.draw.picture import Line, Span
from netcompiler.draw.styles.diff.entries import Entry, Sign
from netcompiler.draw.theme import Paint, Theme
from netcompiler.draw.tree import Box, Costs, Leaf

_BESIDE, _ABOVE = 8.0, 4.5
"""Between a node's text and its outline."""

_LONG = 46

_BREAKS = re.compile(" (?![KMGTP→](?: |$))")
"""Where notes are broken: not between a number and its unit, nor before an arrow."""

_LEADING = 1.35
"""The height of a line of a note in its size."""


@dataclass(frozen=True)
class Texts:
    """The texts of a picture.

    Attributes:
        theme: faces and colours.
        most: characters in a line of small print, about, where it can be broken.
    """

    theme: Theme
    most: int = _LONG

    def paint(self, sign: Sign) -> Paint:
        """The colours of a row."""
        theme = self.theme
        return {"=": theme.kind("input"), "+": theme.added, "−": theme.removed, "~": theme.changed}[sign]

    def lines(self, leaf: Leaf, sign: Sign) -> tuple[Line, ...]:
        """The lines of text in a node."""
        theme = self.theme
        colors = self.paint(sign)
        if leaf.role == "junction":
            return ()
        if measure.is_circle(leaf):
            return ((Span(leaf.title, theme.size + 2, colors.line, bold=True),),)
        title: Line = (Span(measure.cut(leaf.title), theme.size, theme.ink, bold=True),)
        if leaf.times > 1:
            title += (Span(f"  ×{leaf.times}", theme.size, theme.repeat, bold=True),)
        found: list[Line] = []
        if leaf.name and leaf.name != leaf.title:
            found += self._names(leaf.name, colors.line)
        found += self._small(leaf.before)
        found.append(title)
        found += self._small(leaf.after)
        if leaf.role in {"input", "output"}:
            found += self._small([words.shape(leaf.shape)])
        if leaf.costs is not None:
            found += self._small(_costs(leaf.costs))
        if leaf.training_only:
            found += self._small(["training only"])
        return tuple(found)

    def _names(self, name: str, color: str) -> list[Line]:
        """A name, or the first and the last of several."""
        found = [name] if len(name) <= self.most else name.replace(" … ", " …\n").split("\n")
        return [(Span(measure.cut(part), self.theme.small, color, bold=True),) for part in found]

    def _small(self, parts: Sequence[str]) -> list[Line]:
        """Small print, in as many lines as it takes."""
        found: list[list[str]] = []
        for part in parts:
            if not found or len(" · ".join([*found[-1], part])) > self.most:
                found.append([])
            found[-1].append(part)
        size, color = self.theme.small, self.theme.quiet
        return [(Span(measure.cut(" · ".join(one)), size, color),) for one in found]

    def size(self, leaf: Leaf, sign: Sign) -> tuple[float, float]:
        """Width and height of a node."""
        theme = self.theme
        if measure.is_small(leaf):
            return measure.size(leaf, theme)
        text = self.lines(leaf, sign)
        width = max(line_width(line) for line in text) + 2 * _BESIDE * theme.space
        height = sum(max(span.size for span in line) * measure.LEADING for line in text)
        return width, height + 2 * _ABOVE * theme.space

    def sign(self, sign: Sign) -> Line:
        """The sign beside a node."""
        return (Span(sign, self.theme.heading + 2, self.paint(sign).line, bold=True),) if sign != "=" else ()

    def notes(self, row: Entry, width: float) -> list[Line]:
        """What has changed, in lines no wider than this, broken between words."""
        found: list[Line] = []
        for note in row.notes:
            current = ""
            for word in _BREAKS.split(note):
                longer = f"{current} {word}" if current else word
                if current and line_width(self._note(longer)) > width:
                    found.append(self._note(current))
                    longer = word
                current = longer
            found.append(self._note(current))
        return found

    def note_width(self, row: Entry) -> float:
        """How wide the notes are when none of them is broken."""
        return max((line_width(self._note(note)) for note in row.notes), default=0.0)

    def note_height(self) -> float:
        """The height of a line of them."""
        return self.theme.small * _LEADING

    def _note(self, text: str) -> Line:
        return (Span(text, self.theme.small, self.theme.ink),)

    def heading(self, box: Box | None) -> tuple[Line, Line]:
        """The title of a block and the line below it."""
        theme = self.theme
        if box is None:
            return (), ()
        number = box.path.rpartition(".")[2]
        title = measure.cut(box.name or box.definition or number)
        first: Line = (Span(title, theme.heading, theme.ink, bold=True),)
        if not box.name and box.definition and number.isdecimal():
            first += (Span(f"  {box.number or number}", theme.small, theme.quiet),)
        below: Line = ()
        if box.name and box.definition:
            below = (Span(measure.cut(box.definition), theme.small, theme.quiet),)
        return first, below

    def titles_differ(self, block: Entry) -> bool:
        """True when a block has other titles in the two nets."""
        return self.heading(block.boxes[0]) != self.heading(block.boxes[1])

    def badge(self, block: Entry) -> Line:
        """The ×n of a block that stands for several."""
        if block.times == 1:
            return ()
        return (Span(f"×{block.times}", self.theme.heading + 2, self.theme.repeat, bold=True),)

    def name(self, text: str, width: float = inf) -> Line:
        """The name of a net above its column, cut where it is wider than this."""
        text = measure.cut(text)
        line: Line = (Span(text, self.theme.heading, self.theme.ink, bold=True),)
        while len(text) > 1 and line_width(line) > width:
            text = text[:-1]
            line = (Span(text + "…", self.theme.heading, self.theme.ink, bold=True),)
        return line


def _costs(costs: Costs) -> list[str]:
    numbers = (("params", costs.parameters), ("MACs", costs.macs))
    return [f"{words.count(number)} {what}" for what, number in numbers if number]
