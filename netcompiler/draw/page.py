"""What stands around every picture: title, small print, legend, caption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil, floor

from netcompiler.draw import legend, words
from netcompiler.draw.dot import line_width
from netcompiler.draw.errors import DrawError
from netcompiler.draw.layout import measure
from netcompiler.draw.legend import Entry
from netcompiler.draw.options import Options
from netcompiler.draw.picture import Line, Picture, Span, Text
from netcompiler.draw.theme import Theme
from netcompiler.graph import Graph

_PAGES = ((454.0, 640.0), (860.0, 440.0))
"""What must hold a picture: the text of an upright sheet of paper, and a slide."""

MARGIN = 14.0
"""Around a picture, in points."""

_CLOSE_MARGIN = 5.0
"""The same where a width is asked for: the page has margins of its own."""

_PAGE_COLOR = "#ffffff"
"""Of paper: the edges of a picture with another background can be seen."""

_NARROWEST = 200.0
"""A legend's rows are at least so wide."""

_LEAST = 400.0
"""Titles may be so wide above a picture that is narrower."""


def fit(width: float, height: float) -> float:
    """How much a picture must shrink to fit a page: 1 for not at all."""
    return max(min(1.0, w / width, h / height) for w, h in _PAGES)


SMALLEST = 6.0
"""The smallest text a reader of a printed page is asked to read, in points."""

LEGIBLE = 0.8
"""How much a picture may shrink and be read with ease: the small print for paper is 6 points then."""

MOST_ZOOM = 1.3
"""How much a picture that is narrower than the page may grow: larger text would shout."""


class TooSmallError(DrawError):
    """Text that would be smaller than `SMALLEST` at the width asked for.

    Attributes:
        width: the width that would do, in centimetres.
    """

    def __init__(self, options: Options, smallest: float) -> None:
        assert options.width is not None
        self.width = ceil(10 * options.width * SMALLEST / smallest) / 10
        super().__init__(
            f"at {options.width:g} cm the smallest text would be {floor(10 * smallest) / 10:g} pt, and "
            f"{SMALLEST:g} pt is the least that can be read"
        )


def fitted(
    draw: Callable[[Sequence[Graph], Options], Picture], graphs: Sequence[Graph], options: Options
) -> Picture:
    """The picture of a style at the width that the options ask for.

    A style lays out for the width as well as it can. What is still too wide, or higher than a page, is shrunk
    as far as its text stays legible.

    Raises:
        TooSmallError: the picture is wider than that.
    """
    picture = draw(graphs, options)
    if options.width is None:
        return picture
    zoom = options.room / picture.width
    smallest = picture.smallest_text()
    if smallest * zoom < SMALLEST - 0.005:
        raise TooSmallError(options, smallest * zoom)
    on_page = max(options.tall / picture.height, SMALLEST / smallest)
    return _widened(picture, options.room, min(zoom, on_page, MOST_ZOOM))


def _widened(picture: Picture, room: float, zoom: float) -> Picture:
    """A picture in the middle of a page of this final width."""
    page = Picture(
        picture.name, room / zoom, picture.height, picture.paper, zoom=zoom, outline=picture.outline
    )
    page.put(picture, (page.width - picture.width) / 2, 0.0)
    return page


def shrinking(width: float, height: float, options: Options) -> float:
    """How much larger a picture may be to fit on the page asked for; below 1, how much it must shrink."""
    return min(options.room / width, options.tall / height, MOST_ZOOM)


def margin_of(options: Options) -> float:
    """How much is left free around a picture."""
    seamless = options.width is not None and options.theme.paper == _PAGE_COLOR
    return _CLOSE_MARGIN if seamless else MARGIN


def facts(graph: Graph) -> str:
    """The small print below a net's title."""
    parameters = sum(layer.parameters for layer in graph.layers())
    macs = sum(layer.macs for layer in graph.layers())
    return f"{words.count(parameters)} parameters · {words.count(macs)} MACs"


def dress(body: Picture, entries: Sequence[Entry], options: Options, *, title: str, facts: str) -> Picture:
    """A picture with everything around it: title and small print above, legend and caption below, margins.

    Args:
        body: what is drawn, without margins; its width and height are those of its content.
        entries: the legend.
        options: ``title``, ``caption`` and ``legend`` count here.
        title: the title unless ``options.title`` gives another.
        facts: small print below the title; "" for none.
    """
    theme = options.theme
    margin = margin_of(options)
    least = _LEAST if options.width is None else options.room / MOST_ZOOM - 2 * margin
    head = _head(title, facts, options, max(body.width, least))
    texts = (line_width(line) for line, _ in head)
    width = max(body.width, *texts, _NARROWEST if entries else 0.0) if options.width is None else least
    width = max(body.width, width)
    rows = legend.rows(entries, width, theme) if options.legend else []
    caption = wrap(options.caption, width, theme) if options.caption else []
    top = sum(height for _, height in head) + (theme.size if head else 0.0)
    row = legend.ROW * theme.small / 7.5
    below = (16 if rows else 0) + row * len(rows)
    line = theme.small * 1.45
    foot = (10 if caption else 0) + line * len(caption)
    height = top + body.height + below + foot + 2 * margin
    page = Picture(body.name, width + 2 * margin, height, theme.paper, outline=theme.outline)
    page.put(body, margin + (width - body.width) / 2, margin + top)
    y = margin
    for text, height in head:
        page.texts.append(Text(text, margin, y + height / 2))
        y += height
    y = margin + top + body.height + (16 if rows else 0)
    for one in rows:
        legend.paint(page, one, margin, y + row / 2, theme)
        y += row
    y += 10
    for text in caption:
        page.texts.append(Text(text, margin, y + line / 2))
        y += line
    return page


def wrap(text: str, width: float, theme: Theme) -> list[Line]:
    """Small print in lines no wider than this, broken between words and at line feeds."""
    return _wrapped(text, width, Span("", theme.small + 1, theme.ink))


def _wrapped(text: str, width: float, face: Span) -> list[Line]:
    """A text in the face of a span, in lines no wider than this. A word that is wider is broken."""
    lines: list[Line] = []

    def fits(piece: str) -> bool:
        return line_width((replace(face, text=piece),)) <= width

    def put(piece: str) -> None:
        lines.append((replace(face, text=piece),))

    for paragraph in text.splitlines():
        current = ""
        for word in paragraph.split():
            longer = f"{current} {word}".strip()
            if current and not fits(longer):
                put(current)
                longer = word
            while len(longer) > 1 and not fits(longer):
                most = next((n for n in range(len(longer) - 1, 1, -1) if fits(longer[:n])), 1)
                put(longer[:most])
                longer = longer[most:]
            current = longer
        put(current)
    return lines


def _head(title: str, facts: str, options: Options, width: float) -> list[tuple[Line, float]]:
    """The lines above a picture, no wider than this, with their heights."""
    theme = options.theme
    # The name of a net may be of any length; a title that a user gives is wanted whole.
    text = measure.cut(title) if options.title is None else options.title
    lines = _wrapped(text, width, Span("", theme.title, theme.ink, bold=True)) if text else []
    head = [(line, theme.title * 1.3) for line in lines]
    if lines and facts:
        face = Span("", theme.small + 1, theme.quiet)
        fits = line_width((replace(face, text=facts),)) <= width
        # Numbers stay with their units.
        parts = [facts] if fits else facts.split(" · ")
        small = [line for part in parts for line in _wrapped(part, width, face)]
        head += [(line, (theme.small + 1) * (1.7 if line is small[-1] else 1.4)) for line in small]
    return head
