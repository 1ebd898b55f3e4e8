"""The one font of all pictures, shipped so that they look the same everywhere.

It is Inter 4.1 (SIL Open Font License 1.1, see LICENSE.txt), cut down to Latin, Greek, Cyrillic and a few
signs and renamed, so that a system's own Inter never takes its place. The ``.ttf`` files are what Graphviz
draws PNG and PDF with; the smaller ``.woff2`` files are embedded in every SVG.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

FAMILY = "Inter Net"
"""The name under which Graphviz finds the font."""

FOLDER = Path(__file__).resolve().parent
"""Where the font files lie."""

FALLBACKS = ("Inter", "Open Sans", "Segoe UI", "Helvetica Neue", "Arial", "sans-serif")
"""For programs that ignore the font embedded in an SVG: faces of about the same width."""


def path(bold: bool, suffix: str) -> Path:
    """The font's file: ``ttf`` or ``woff2``."""
    return FOLDER / f"InterNet-{'Bold' if bold else 'Regular'}.{suffix}"


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a line of text in points. Characters the font lacks count as wide as an em."""
    advances = _advances(bold)
    return size * sum(advances.get(ord(character), 1.0) for character in text)


def missing(text: str) -> list[str]:
    """The characters of a text that the font lacks, each once, in the order in which they come."""
    advances = _advances(bold=False)
    return [c for c in dict.fromkeys(text) if c.isprintable() and ord(c) not in advances]


@cache
def _advances(bold: bool) -> dict[int, float]:
    """The advance of every character, in ems, read from the font file itself."""
    data = path(bold, "ttf").read_bytes()
    tables: dict[bytes, int] = {}
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        tables[tag] = offset
    em: int = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    measured: int = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]

    def advance(glyph: int) -> float:
        # Glyphs after the last measured one share its advance.
        entry = tables[b"hmtx"] + 4 * min(glyph, measured - 1)
        units: int = struct.unpack_from(">H", data, entry)[0]
        return units / em

    return {code: advance(glyph) for code, glyph in _characters(data, tables[b"cmap"]).items()}


def _characters(data: bytes, cmap: int) -> dict[int, int]:
    """Glyph by character, from the Unicode table of format 4 that every TrueType font has."""
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * index)[2]
        if struct.unpack_from(">H", data, table)[0] == 4:
            return _segments(data, table)
    raise ValueError("the font has no character table of format 4")


def _segments(data: bytes, table: int) -> dict[int, int]:
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, table + 14)
    base = table + 16 + 2 * count
    starts = struct.unpack_from(f">{count}H", data, base)
    deltas = struct.unpack_from(f">{count}H", data, base + 2 * count)
    offsets = struct.unpack_from(f">{count}H", data, base + 4 * count)
    glyphs: dict[int, int] = {}
    for i, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                place = base + 4 * count + 2 * i + offset + 2 * (code - start)
                glyph = struct.unpack_from(">H", data, place)[0]
                if glyph == 0:
                    continue
            glyphs[code] = (glyph + delta) & 0xFFFF
    return glyphs
