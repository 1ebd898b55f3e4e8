"""Sizes in bytes as people write them: 16GiB, 500 MB."""

from __future__ import annotations

import re

_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d*)?)\s*([A-Za-z]*)\s*")


def parse_size(text: str) -> float:
    """Bytes of ``16GiB``, ``500 MB`` or ``4096``. Raises ValueError, which says what is meant."""
    found = _SIZE.fullmatch(text)
    unit = _UNITS.get(found[2].upper() or "B") if found else None
    if found is None or unit is None or float(found[1]) == 0:
        raise ValueError(
            f"`{text}` is no size: a number with B, KB, MB, GB, TB, KiB, MiB, GiB or TiB, as 16GiB"
        )
    return float(found[1]) * unit


def size_text(size: float) -> str:
    """Bytes in the largest binary unit that leaves at least 1: ``2.31 GiB``."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        if size >= _UNITS[unit.upper()]:
            return f"{size / _UNITS[unit.upper()]:,.2f} {unit}"
    return f"{size:,.0f} B"
