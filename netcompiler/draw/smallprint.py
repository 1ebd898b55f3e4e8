"""Small print that can be read after a picture is shrunk to its page."""

from __future__ import annotations

from dataclasses import replace

from netcompiler.draw.page import SMALLEST
from netcompiler.draw.theme import Theme


def legible(theme: Theme, zoom: float) -> Theme:
    """A theme whose small print is legible when a picture is made ``zoom`` times as large.

    It is never larger than the main text: where that is too small, the picture does not fit.
    """
    return replace(theme, small=max(theme.small, min(SMALLEST / zoom, theme.size)))
