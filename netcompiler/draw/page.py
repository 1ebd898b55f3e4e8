"""What stands around every picture: title, small print, legend, caption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

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

_NARROWEST = 200.0


def fit(width: float, height: float) -> float:
    """How much a picture must shrink to fit a page: 1 for not at all."""
    return max(min(1.0, w / width, h / height) for w, h in _PAGES)


SMALLEST = 6.0
"""The smallest text a reader of a printed page is asked to read, in points."""

_MOST_ZOOM = 1.3
"""How much a picture that is narrower than the page may grow: larger text would shout."""


def fitted(
    draw: Callable[[Sequence[Graph], Options], Picture], graphs: Sequence[Graph], options: Options
) -> Picture:
    """The picture of a style at the width that the options ask for.

    A style lays out for the width as well as it can. What is still too wide is shrunk as far as its text
    stays legible.

    Raises:
        DrawError: the text would be smaller than `SMALLEST`; the message says which width would do.
    """
    picture = draw(graphs, options)
    if options.width is None:
        return picture
    zoom = options.room / picture.width
    smallest = picture.smallest_text() * zoom
    if smallest < SMALLEST - 0.005:
        needed = ceil(10 * options.width * SMALLEST / smallest) / 10
        raise DrawError(
            f"at {options.width:g} cm the smallest text would be {smallest:.1f} pt, and {SMALLEST:g} pt is "
            f"the least that can be read: make it {needed:g} cm wide, or show less"
        )
    return _widened(picture, options.room, min(zoom, _MOST_ZOOM))


def _widened(picture: Picture, room: float, zoom: float) -> Picture:
    """A picture in the middle of a page of this final width."""
    page = Picture(picture.name, room / zoom, picture.height, picture.paper, zoom=zoom)
    page.put(picture, (page.width - picture.width) / 2, 0.0)
    return page


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
    head = _head(title if options.title is None else options.title, facts, theme)
    width = max(body.width, *(line_width(line) for line, _ in head), _NARROWEST if entries else 0.0)
    rows = legend.rows(entries, width, theme) if options.legend else []
    caption = wrap(options.caption, width, theme) if options.caption else []
    top = sum(height for _, height in head) + (theme.size if head else 0.0)
    row = legend.ROW * theme.small / 7.5
    below = (16 if rows else 0) + row * len(rows)
    line = theme.small * 1.45
    foot = (10 if caption else 0) + line * len(caption)
    page = Picture(body.name, width + 2 * MARGIN, top + body.height + below + foot + 2 * MARGIN, theme.paper)
    page.put(body, MARGIN + (width - body.width) / 2, MARGIN + top)
    y = MARGIN
    for text, height in head:
        page.texts.append(Text(text, MARGIN, y + height / 2))
        y += height
    y = MARGIN + top + body.height + (16 if rows else 0)
    for one in rows:
        legend.paint(page, one, MARGIN, y + row / 2, theme)
        y += row
    y += 10
    for text in caption:
        page.texts.append(Text(text, MARGIN, y + line / 2))
        y += line
    return page


def wrap(text: str, width: float, theme: Theme) -> list[Line]:
    """Small print in lines no wider than this, broken between words and at line feeds."""
    lines: list[Line] = []
    for paragraph in text.splitlines():
        current = ""
        for word in paragraph.split():
            longer = f"{current} {word}".strip()
            if current and line_width(_small(longer, theme)) > width:
                lines.append(_small(current, theme))
                longer = word
            current = longer
        lines.append(_small(current, theme))
    return lines


def _small(text: str, theme: Theme) -> Line:
    return (Span(text, theme.small + 1, theme.ink),)


def _head(title: str, facts: str, theme: Theme) -> list[tuple[Line, float]]:
    """The lines above a picture with their heights."""
    if not title:
        return []
    head: list[tuple[Line, float]] = [
        ((Span(measure.cut(title), theme.title, theme.ink, bold=True),), theme.title * 1.3)
    ]
    if facts:
        head.append(((Span(facts, theme.small + 1, theme.quiet),), (theme.small + 1) * 1.7))
    return head
