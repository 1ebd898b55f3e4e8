"""Writing files so that a crash at any moment leaves the old one or the new one, whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder to write to; on success it takes the place of ``path``."""
    temporary = temporary_for(path)
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in {temporary, str(temporary)}:
            error.filename = str(path)  # the name that the user knows
        raise
    sync(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def temporary_for(path: Path) -> Path:
    """Where a file is written before it takes its place; keeps the suffix, which some writers look at."""
    return path.with_name(f".{path.stem}.tmp{path.suffix}")


def sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
