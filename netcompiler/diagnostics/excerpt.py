"""The lines of a spec that a diagnostic speaks of, with the places underlined and what is said of each.

As rustc shows them: the place of the mistake is underlined with carets, others with dashes, each with its
text; a place of several lines has a line drawn beside it; lines between are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from netcompiler.diagnostics.lines import BLUE, PLAIN, Line, columns, printable
from netcompiler.source import Source, Span

_WIDTH = 160
"""Columns of a line that are shown at the most."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to underline, and what to say beside it; one of them, the mistake's, is ``primary``."""

    span: Span
    text: str
    primary: bool


def excerpts(marks: Sequence[Mark], style: str) -> tuple[str, list[Line]]:
    """The excerpts that show all marks, and the blanks that stand where line numbers are left out.

    The first mark's file comes first, and needs no name. The primary mark has the ``style``.
    """
    sources: dict[int, Source] = {}
    for mark in marks:
        sources.setdefault(id(mark.span.source), mark.span.source)
    found = [[_Place(m, style) for m in marks if m.span.source is source] for source in sources.values()]
    pad = " " * len(str(max(place.last for places in found for place in places)))
    lines = []
    for number, places in enumerate(found):
        if number:
            lines.append(Line().add(f"{pad}::: ", BLUE).add(str(places[0].mark.span), PLAIN))
        lines += _Excerpt(places, pad).lines()
    return pad, lines


class _Place:
    """A mark with its lines and columns: those of the source, from 0."""

    def __init__(self, mark: Mark, style: str) -> None:
        span = mark.span
        self.mark = mark
        self.first, column = span.source.position(span.start)
        self.last, end = span.source.position(max(span.start, span.end - 1))
        self.start, self.end = column - 1, end
        self.sign = "^" if mark.primary else "-"
        self.style = style if mark.primary else BLUE
        self.lane = 0

    @property
    def tall(self) -> bool:
        """True when it has several lines."""
        return self.last > self.first


class _Shown:
    """One line of the source as it is shown: a very long one cut to the part around the places."""

    def __init__(self, text: str, starts: Iterable[int]) -> None:
        self._source = text
        self._left, right = 0, len(text)
        if len(text) > _WIDTH:
            self._left = max(0, min(starts) - _WIDTH // 4)
            right = min(right, self._left + _WIDTH)
        self._before = "…" if self._left else ""
        after = "…" if right < len(text) else ""
        self.text = self._before + printable(text[self._left : right]) + after

    def column(self, offset: int) -> int:
        """The column at which the character at an offset of the line is shown; cut ones at the cut."""
        before = self._before + printable(self._source[self._left : max(offset, self._left)])
        return min(columns(before), columns(self.text))


class _Excerpt:
    """The excerpt of one file."""

    def __init__(self, places: list[_Place], pad: str) -> None:
        self.places = places
        self.source = places[0].mark.span.source
        self.pad = pad
        self.open: dict[int, _Place] = {}
        tall = sorted((p for p in places if p.tall), key=lambda p: (p.first, p.start))
        for index, place in enumerate(tall):
            taken = {p.lane for p in tall[:index] if p.last >= place.first}
            place.lane = next(lane for lane in range(len(tall)) if lane not in taken)
        self.margin = 2 * (1 + max(place.lane for place in tall)) if tall else 0

    def lines(self) -> Iterator[Line]:
        """All lines, the empty one at its head included."""
        yield self._line("")
        before = 0
        for number in self._numbers():
            if before and number > before + 1:
                yield self._beside(Line().add("...", BLUE))
            yield from self._shown(number)
            before = number

    def _numbers(self) -> list[int]:
        """The lines to show: those where a place begins or ends, and single ones between them."""
        ends = sorted({n for place in self.places for n in (place.first, place.last)})
        return sorted({*ends, *(a + 1 for a, b in pairwise(ends) if b == a + 2)})

    def _shown(self, number: int) -> Iterator[Line]:
        text = self.source.line(number)
        here = [p for p in self.places if number in (p.first, p.last)]
        shown = _Shown(text, [p.start if number == p.first else p.end - 1 for p in here] or [0])
        begins = [p for p in here if p.tall and p.first == number]
        # A place that begins its line has a corner beside the line; others have one below it.
        corners = [p for p in begins if not text[: p.start].strip()]
        line = self._line(str(number))
        for place in corners:
            line.put(self._lane(place), "/", place.style)
        yield line.put(self._text_column, "", PLAIN).add(shown.text, PLAIN)
        for place in corners:
            self.open[place.lane] = place
        yield from self._underlines([p for p in here if not p.tall], shown)
        for place in begins:
            if place not in corners:
                yield self._corner(place, shown.column(place.start))
                self.open[place.lane] = place
        for place in here:
            if place.tall and place.last == number:
                yield self._corner(place, max(0, shown.column(place.end) - 1), place.mark.text)
                del self.open[place.lane]

    # ---- places within a line ------------------------------------------------------------------

    def _underlines(self, places: list[_Place], shown: _Shown) -> Iterator[Line]:
        """The underlines of a line and their texts: the last one's beside it, the others' hanging below."""
        if not places:
            return
        spans = {id(p): (shown.column(p.start), shown.column(p.end)) for p in places}
        line = self._line("")
        # The mistake's own place is drawn last, over the others.
        for place in sorted(places, key=lambda p: p.mark.primary):
            start, end = spans[id(place)]
            line.put(self._text_column + start, place.sign * max(1, end - start), place.style)
        hanging = sorted((p for p in places if p.mark.text), key=lambda p: (spans[id(p)][0], p.mark.primary))
        last = max(end for _, end in spans.values())
        if hanging and spans[id(hanging[-1])][1] == last:
            place = hanging.pop()
            line.add(f" {place.mark.text}", place.style)
        yield line
        if hanging:
            yield self._hooks(hanging, spans)
        while hanging:
            place = hanging.pop()
            line = self._hooks([p for p in hanging if spans[id(p)][0] < spans[id(place)][0]], spans)
            line.put(self._text_column + spans[id(place)][0], "", PLAIN)
            yield line.add(place.mark.text, place.style)

    def _hooks(self, places: Iterable[_Place], spans: dict[int, tuple[int, int]]) -> Line:
        line = self._line("")
        for place in places:
            line.put(self._text_column + spans[id(place)][0], "|", place.style)
        return line

    # ---- places of several lines ---------------------------------------------------------------

    def _corner(self, place: _Place, column: int, text: str = "") -> Line:
        """The line from a place's lane to the column at which it begins or ends."""
        line = self._line("")
        lane = self._lane(place)
        end = self._text_column + column
        for position in range(lane + 1, end):
            line.put(position, "_", place.style)
        for other in self.open.values():
            line.put(self._lane(other), "|", other.style)
        line.put(end, place.sign, place.style)
        return line.add(f" {text}", place.style) if text else line

    # ---- what stands beside the text -----------------------------------------------------------

    @property
    def _text_column(self) -> int:
        return len(self.pad) + 3 + self.margin

    def _lane(self, place: _Place) -> int:
        return len(self.pad) + 3 + 2 * place.lane

    def _line(self, number: str) -> Line:
        return self._beside(Line().add(f"{number:>{len(self.pad)}} |", BLUE))

    def _beside(self, line: Line) -> Line:
        """The line with the lanes of the places that are open."""
        for place in self.open.values():
            line.put(self._lane(place), "|", place.style)
        return line
