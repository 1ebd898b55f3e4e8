"""The spec files of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def specs_below(folder: Path) -> Iterator[Path]:
    """The spec files of a folder and of those in it, but no hidden ones and no links."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place, name)
            if (
                path.suffix == ".net"
                and not name.startswith(".")
                and path.is_file()
                and not path.is_symlink()
            ):
                yield path
