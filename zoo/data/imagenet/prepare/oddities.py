"""What is odd about images as they are read: said at the end, with the files' names.

Each unit of the work keeps what it found before it takes its place, so that a run that goes on still knows.
"""

import json
from collections.abc import Iterator
from pathlib import Path, PurePath

from zoo.files import write_text
from zoo.images import header

FOLDER = ".oddities"

JPEG_NAMES = {".jpg", ".jpeg"}
BROKEN = ("not an image", "cut short")
"""These cannot be read, or not wholly; training says so again."""
MOST_NAMED = 3


def of(name: str, data: bytes) -> list[str]:
    """What is odd about one image file."""
    found = header.read(data)
    if found is None:
        return [BROKEN[0]]
    suffix = "" if found.format in {"JPEG", "MPO"} else PurePath(name).suffix
    odd = {
        f"{found.format} named {suffix}": suffix.lower() in JPEG_NAMES,
        "CMYK": found.cmyk,
        "stored on its side (EXIF)": found.turned,
        BROKEN[1]: header.cut_short(data),
    }
    return [what for what, is_so in odd.items() if is_so]


def keep(out: Path, unit: Path, found: dict[str, list[str]]) -> None:
    """Note what was odd in a unit of the work in the folder ``out``."""
    if found:
        (out / FOLDER).mkdir(exist_ok=True)
        name = str(unit.relative_to(out)).replace("/", "-")
        write_text(out / FOLDER / f"{name}.json", json.dumps(found))


def kept(out: Path) -> dict[str, list[str]]:
    """What was odd in all units."""
    merged: dict[str, list[str]] = {}
    for path in sorted((out / FOLDER).glob("*.json")):
        for what, names in json.loads(path.read_text(encoding="utf-8")).items():
            merged.setdefault(what, []).extend(names)
    return merged


def lines(found: dict[str, list[str]]) -> Iterator[str]:
    """What was odd, and which images are, in words."""
    for what, names in sorted(found.items()):
        more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
        yield f"{len(names):,} {what}: {', '.join(sorted(names)[:MOST_NAMED])}{more}"
