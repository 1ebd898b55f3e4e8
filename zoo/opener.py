"""Files on a disk or behind a URL: found by pattern, and read from any place in them.

URLs are opened by fsspec, which knows many kinds: http, s3, gs, …; some need a package of their own.
"""

import glob
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import IO, Any

from zoo.errors import UserError

RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
WAITS = (0.5, 2.0, 8.0)
"""Seconds between the tries to read over a network."""

_systems: dict[tuple[int, str], Any] = {}
"""By process and kind of URL: what is forked must not be used on."""


def is_url(where: str) -> bool:
    """Whether it is a URL, and not a path."""
    return "://" in where


def expand(pattern: str) -> list[str]:
    """What a pattern stands for: ``{000..146}`` is each number, as wide; ``*`` is what there is.

    Raises:
        UserError: a URL behind which nothing can be listed.
    """
    pieces = RANGE.split(pattern)
    ranges = [_numbers(*pieces[i : i + 2]) for i in range(1, len(pieces), 3)]
    texts = pieces[0::3]
    found: list[str] = []
    for numbers in product(*ranges):
        text = texts[0] + "".join(number + rest for number, rest in zip(numbers, texts[1:], strict=True))
        found += _matching(text) if glob.has_magic(text) else [text]
    return found


def state(where: str) -> tuple[int, str]:
    """A file's size in bytes, and what else tells its versions apart.

    Raises:
        OSError: it cannot be looked at.
    """
    if not is_url(where):
        about = Path(where).stat()
        return about.st_size, str(about.st_mtime_ns)
    with _one_kind_of_error():
        info = _system(where).info(where)
    mark = next((str(info[key]) for key in ("ETag", "etag", "LastModified", "mtime") if key in info), "")
    return int(info["size"] or 0), mark


def opened(where: str) -> IO[bytes]:
    """A file to be read from its beginning on.

    Raises:
        OSError: it cannot be read.
    """
    if not is_url(where):
        return Path(where).open("rb")
    with _one_kind_of_error():
        file: IO[bytes] = _system(where).open(where, "rb")
        return file


def read(where: str, start: int, size: int) -> bytes:
    """A part of a file; over a network it is tried several times.

    Raises:
        OSError: it cannot be read.
    """
    if not is_url(where):
        with Path(where).open("rb", buffering=0) as file:
            data = os.pread(file.fileno(), size, start)
    else:
        data = _patiently(where, start, size)
    if len(data) != size:
        raise OSError(f"{size:,} bytes are expected at {start:,}, and {len(data):,} came")
    return data


def _patiently(where: str, start: int, size: int) -> bytes:
    for wait in (*WAITS, None):
        try:
            with _one_kind_of_error():
                data: bytes = _system(where).cat_file(where, start=start, end=start + size)
                return data
        except FileNotFoundError:
            raise
        except OSError:
            if wait is None:
                raise
            time.sleep(wait)
    raise AssertionError


def _numbers(first: str, last: str) -> list[str]:
    return [f"{number:0{len(first)}}" for number in range(int(first), int(last) + 1)]


def _matching(pattern: str) -> list[str]:
    if not is_url(pattern):
        anchor = Path(pattern).anchor
        return sorted(map(str, Path(anchor).glob(pattern[len(anchor) :])))
    system = _system(pattern)
    try:
        with _one_kind_of_error():
            return sorted(system.unstrip_protocol(path) for path in system.glob(pattern))
    except OSError as error:
        raise UserError(
            f"{pattern}: what is there cannot be listed ({error}); name the shards with their numbers, as in "
            "train-{000..146}.tar"
        ) from error


def _system(where: str) -> Any:
    """The file system of fsspec for a URL.

    Raises:
        UserError: there is none, or its package is missing.
    """
    import fsspec

    kind = where.partition("://")[0]
    key = (os.getpid(), where.split("/")[2] if "/" in where else kind)
    if key not in _systems:
        try:
            _systems[key] = fsspec.core.url_to_fs(where)[0]
        except (ImportError, ValueError) as error:
            extra = "; pip install 'netcompiler[http]'" if kind in {"http", "https"} else ""
            raise UserError(f"{where}: cannot be opened: {error}{extra}") from error
    return _systems[key]


@contextmanager
def _one_kind_of_error() -> Iterator[None]:
    """Whatever goes wrong behind a URL, as an OSError: every kind of it raises its own."""
    try:
        yield
    except (OSError, UserError):
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
