"""The files that an editor works on: open texts, saved or not, and what they use from the disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from urllib.parse import quote, unquote, urlsplit

from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.limits import Limits
from netcompiler.lsp.reading import Reading
from netcompiler.read import read_file
from netcompiler.source import Source


@dataclass(frozen=True, slots=True)
class Text:
    """An open text: what the editor calls it, where it is saved, its version."""

    uri: str
    path: Path | None
    text: str
    version: int | None


class Files:
    """Open texts and read files. Any thread may ask it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._open: dict[str, Text] = {}
        self._readings: dict[tuple[str, Path | None], tuple[object, Reading]] = {}
        self._lock = RLock()

    # ---- what is open

    def put(self, uri: str, text: str, version: int | None) -> None:
        """Note a text's newest version; never waits for a file that is being read."""
        self._open[uri] = Text(uri, path_of(uri), text, version)

    def close(self, uri: str) -> None:
        """From here on the file on the disk counts."""
        self._open.pop(uri, None)
        for key in list(self._readings):
            if key[0] == uri:
                self._readings.pop(key, None)

    def version(self, uri: str) -> int | None:
        """The newest version of an open text."""
        text = self._open.get(uri)
        return None if text is None else text.version

    def is_open(self, uri: str) -> bool:
        """Whether a text is open."""
        return uri in self._open

    def open(self) -> list[str]:
        """All open texts."""
        return list(self._open)

    # ---- reading

    def reading(self, uri: str) -> Reading:
        """An open text, read; or a saved one. Raises SpecError when it cannot be read or is too large."""
        text = self._open.get(uri)
        path = text.path if text is not None else path_of(uri)
        root = None if path is None else path.parent
        return self._read(uri, path, root)

    def used(self, path: Path, root: Path | None) -> Reading:
        """A file that another one uses, from below ``root``. Raises SpecError as `reading` does."""
        return self._read(self.uri(path), path, root)

    def uri(self, path: Path) -> str:
        """What the editor calls a file: its own name for it when it is open."""
        for text in list(self._open.values()):
            if text.path == path:
                return text.uri
        return uri_of(path)

    def shown(self, uri: str) -> str:
        """What messages call a file."""
        path = path_of(uri)
        return uri if path is None else path.name

    def _read(self, uri: str, path: Path | None, root: Path | None) -> Reading:
        with self._lock:
            key = (uri, root)
            known, before = self._readings.get(key, (None, None))
            text = self._open.get(uri)
            state: object = text if text is not None else _state(path)
            if before is not None and known == state:
                return before
            if text is not None:
                source = self._source(text, root)
            else:
                assert path is not None
                source = read_file(path, self.limits, root=root, name=path.name)
            version = None if text is None else text.version
            reading = Reading(uri, source, version, self.limits, before)
            self._readings[key] = state, reading
            return reading

    def _source(self, text: Text, root: Path | None) -> Source:
        name = text.uri if text.path is None else text.path.name
        if len(text.text) > self.limits.source_bytes or (
            len(text.text) * 4 > self.limits.source_bytes
            and len(text.text.encode("utf-8", "replace")) > self.limits.source_bytes
        ):
            message = f"the file has more than {self.limits.source_bytes:,} bytes, the limit for a spec"
            raise SpecError([Diagnostic("E103", message, where=name)])
        return Source(name, text.text, text.path, root)


def path_of(uri: str) -> Path | None:
    """Where a text is saved; None for one that is in no file."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    try:
        return Path(unquote(parts.path)).resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def uri_of(path: Path) -> str:
    """What an editor calls a file."""
    return "file://" + quote(str(path))


def saved_below(folders: list[Path], most: int = 500) -> Iterator[Path]:
    """Specs saved below some folders, hidden folders and environments left out; ``most`` of them at most.

    Not more than twenty folders' worth of entries a spec are looked at, so that a home folder ends too.
    """
    looked = found = 0
    waiting = list(folders)
    while waiting and looked < 20 * most:
        try:
            entries = sorted(waiting.pop(0).iterdir())
        except OSError:
            continue
        looked += len(entries)
        for entry in entries:
            if found == most:
                return
            if entry.suffix == ".net" and entry.is_file():
                found += 1
                yield entry.resolve()
            elif not entry.name.startswith(".") and entry.name not in _SKIPPED and entry.is_dir():
                waiting.append(entry)


_SKIPPED = {"node_modules", "site-packages", "__pycache__", "venv", "build", "dist"}


def _state(path: Path | None) -> object:
    """What changes when a saved file does. Raises SpecError when there is none."""
    try:
        if path is None:
            raise FileNotFoundError
        found = path.stat()
    except (OSError, ValueError):
        message = "cannot read the file: there is none, or it may not be read"
        raise SpecError([Diagnostic("E101", message, where=str(path))]) from None
    return found.st_mtime_ns, found.st_size
