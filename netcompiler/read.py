"""Reading spec files: bytes to text, and which files a spec may use."""

from __future__ import annotations

import codecs
from itertools import islice
from pathlib import Path

from netcompiler.diagnostics import Diagnostic, SpecError, suggest
from netcompiler.limits import Limits, how_to_raise
from netcompiler.source import Source, Span


def read_file(path: Path, limits: Limits, *, root: Path | None = None, name: str | None = None) -> Source:
    """The text of a spec file; ``use`` in it may reach files below ``root``, by default its own folder.

    Raises SpecError when it cannot be read, is too large or is not UTF-8.
    """
    shown = name or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(limits.source_bytes + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        help = "is the path right?" if isinstance(error, FileNotFoundError) else None
        found = Diagnostic("E101", f"cannot read the file: {reason}", help=help, where=shown)
        raise SpecError([found]) from None
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError):
        # A pipe, as of `<(…)` in a shell: there is no folder to use other files from.
        return from_bytes(data, shown, limits)
    return from_bytes(data, shown, limits, path=resolved, root=root or resolved.parent)


def from_bytes(
    data: bytes, name: str, limits: Limits, *, path: Path | None = None, root: Path | None = None
) -> Source:
    """A source from a file's bytes. Raises SpecError when it is too large or is not UTF-8."""
    if len(data) > limits.source_bytes:
        raise SpecError([_too_large(name, limits)])
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        message = "the file is UTF-16 text, or no text at all: it has NUL characters (bytes of 0x00)"
        raise SpecError([Diagnostic("E102", message, help="save the file as UTF-8", where=name)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02X} on line {line:,} is not UTF-8 text"
        found = Diagnostic("E102", message, help="save the file as UTF-8", where=name)
        raise SpecError([found]) from None
    return Source(name, text, path, root)


def from_text(text: str, name: str, limits: Limits) -> Source:
    """A source from text that is in no file. Raises SpecError when it is too large or is no text."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        message = f"character {error.start + 1:,} is half of a surrogate pair, and no text"
        raise SpecError([Diagnostic("E102", message, where=name)]) from None
    if size > limits.source_bytes:
        raise SpecError([_too_large(name, limits)])
    return Source(name, text)


def _too_large(name: str, limits: Limits) -> Diagnostic:
    message = f"the file has more than {limits.source_bytes:,} bytes, the limit for a spec"
    return Diagnostic("E103", message, help=how_to_raise("source_bytes"), where=name)


def find_used(name: str, place: Span) -> Path:
    """The file named in a ``use`` at ``place``: relative to the file that uses it, below its root.

    Raises SpecError when there is none, or it lies outside the root.
    """
    source = place.source
    if source.path is None or source.root is None:
        message = "`use` needs a file to start from, and this text is in none"
        raise SpecError([Diagnostic("E108", message, place)])
    try:
        path = (source.path.parent / name).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        message = f"there is no file `{name}` beside `{source.name}`"
        help = suggest(name, _beside(source.path)) or "paths begin at the folder of the file they stand in"
        raise SpecError([Diagnostic("E108", message, place, help=help)]) from None
    if not path.is_relative_to(source.root):
        help = "a spec uses files in its own folder and below it"
        raise SpecError([Diagnostic("E108", f"`{name}` lies outside the spec's folder", place, help=help)])
    if not path.is_file():
        # Reading a pipe would wait for ever, and a device may never end.
        raise SpecError([Diagnostic("E108", f"`{name}` is no file that can be read", place)])
    return path


def _beside(path: Path) -> list[str]:
    """Names of the other specs in a file's folder."""
    return [other.name for other in islice(path.parent.glob("*.net"), 1000) if other.name != path.name]


def read_used(path: Path, name: str, place: Span, limits: Limits) -> Source:
    """The text of a file found by `find_used`. Raises SpecError when it cannot be read."""
    source = place.source
    try:
        return read_file(path, limits, root=source.root, name=str(Path(source.name).parent / name))
    except SpecError as error:
        reason = error.diagnostics[0].message
        raise SpecError([Diagnostic("E108", f"`{name}` cannot be used: {reason}", place)]) from None
