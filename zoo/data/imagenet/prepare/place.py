"""Where the work is kept: under a temporary name until it is whole."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zoo.files import sync

PREFIX = ".unfinished-"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary path to make a file or a folder at; on success it becomes ``path``, at once.

    The name is this process's own: one that was left behind may still be at work when the next begins.
    """
    temporary = path.with_name(f"{PREFIX}{os.getpid()}-{path.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        for made in (*temporary.iterdir(), temporary) if temporary.is_dir() else (temporary,):
            sync(made)
        temporary.replace(path)
    except BaseException:
        remove(temporary)
        raise
    sync(path.parent)


def clean(folder: Path) -> None:
    """Remove what earlier runs left unfinished in a folder and in those within it."""
    for path in (*folder.glob(f"{PREFIX}*"), *folder.glob(f"*/{PREFIX}*")):
        remove(path)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
