"""Columns that fit a page: every layer where there is room for it, otherwise repeats once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netcompiler.draw.options import Options
from netcompiler.draw.page import SMALLEST, dress, wrap
from netcompiler.draw.picture import Picture, Text
from netcompiler.draw.smallprint import legible
from netcompiler.draw.stages import Stages
from netcompiler.draw.styles.paper import key
from netcompiler.draw.styles.paper.layout import Look, Sheet
from netcompiler.draw.theme import Theme

_PAGE = 680.0
"""The height of a page where none is asked for, in points."""

_LOOKS = ((False, 1.0), (False, 0.8), (False, 0.55), (True, 1.0), (True, 0.8))
"""What is tried in turn: whether repeats are folded, and how large distances are."""

_TRIES = 3
"""How often the size of small print is fitted to the page."""

_MOST_BETWEEN = 50.0
"""The largest distance between columns, in points."""


def fitting(nets: Sequence[Stages], options: Options) -> Picture:
    """The picture that shows most of what is legible on one page; a longer one where nothing is."""
    for fold, tight in _LOOKS:
        found = _on_page(nets, Look(fold, tight, options.costs), options)
        if found is not None:
            return found
    look = Look(fold=True, tight=0.8, costs=options.costs)
    page = _dressed(nets, look, options, 1.0)
    # As near to the height of a page as text can be read.
    tall = max(options.tall / page.height, SMALLEST / options.theme.size)
    return _dressed(nets, look, options, min(1.0, options.room / page.width, tall))


def _on_page(nets: Sequence[Stages], look: Look, options: Options) -> Picture | None:
    """A picture that is legible on one page; None where there is none."""
    zoom = 1.0
    page = _dressed(nets, look, options, zoom)
    for _ in range(_TRIES):
        zoom = min(zoom, options.room / page.width, min(options.tall, _PAGE) / page.height)
        if zoom * options.theme.size < SMALLEST:
            return None
        # Small print that is made larger, to be legible on the page, makes the whole larger.
        page = _dressed(nets, look, options, zoom)
    if options.width is None:
        return page
    # Where the height sets the size, there is room between the columns.
    spare = (options.room / zoom - page.width) / (len(nets) * options.theme.space)
    between = min(look.between + max(0.0, spare), _MOST_BETWEEN)
    return _dressed(nets, replace(look, between=between), options, zoom)


def _dressed(nets: Sequence[Stages], look: Look, options: Options, zoom: float) -> Picture:
    """The picture with small print that is legible when it is shrunk by zoom."""
    theme = legible(options.theme, zoom)
    sheet = Sheet(nets, look, theme)
    body = sheet.picture()
    entries = list(key.entries(nets, sheet, theme)) if options.legend else []
    if options.legend:
        _add_notes(body, key.sentences(nets, look), theme)
    return dress(body, entries, replace(options, theme=theme), title="", facts="")


def _add_notes(body: Picture, found: Sequence[str], theme: Theme) -> None:
    """Add sentences below a picture."""
    step = (theme.small + 1) * 1.45
    body.height += 6.0 if found else 0.0
    for line in (line for note in found for line in wrap(note, body.width, theme)):
        body.texts.append(Text(line, 0.0, body.height + step / 2))
        body.height += step
