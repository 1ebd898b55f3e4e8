"""Reading spec files: bytes to text, and which files a spec may use."""

from __future__ import annotations

from pathlib import Path

from netcompiler.diagnostics import Diagnostic, SpecError
from netcompiler.limits import Limits
from netcompiler.source import Source, Span


def read_file(path: Path, limits: Limits, *, root: Path | None = None, name: str | None = None) -> Source:
    """The text of a spec file; ``use`` in it may reach files below ``root``, by default its own folder.

    Raises SpecError when it cannot be read, is too large or is not UTF-8.
    """
    shown = name or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(limits.source_bytes + 1)
        resolved = path.resolve(strict=True)
    except OSError as error:
        reason = error.strerror or str(error)
        help = "is the path right?" if isinstance(error, FileNotFoundError) else None
        raise SpecError(
            [Diagnostic("E101", f"cannot read the file: {reason}", None, (), help, shown)]
        ) from None
    return from_bytes(data, shown, limits, path=resolved, root=root or resolved.parent)


def from_bytes(
    data: bytes, name: str, limits: Limits, *, path: Path | None = None, root: Path | None = None
) -> Source:
    """A source from a file's bytes. Raises SpecError when it is too large or is not UTF-8."""
    if len(data) > limits.source_bytes:
        message = f"the file has more than {limits.source_bytes:,} bytes"
        raise SpecError([Diagnostic("E103", message, where=name)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02X} on line {line} is not UTF-8 text"
        raise SpecError([Diagnostic("E102", message, None, (), "save the file as UTF-8", name)]) from None
    return Source(name, text, path, root)


def read_used(name: str, place: Span, limits: Limits) -> Source:
    """The text of a file named in a ``use`` at ``place``: relative to that file, below its root.

    Raises SpecError when it lies outside the root or cannot be read.
    """
    source = place.source
    if source.path is None or source.root is None:
        message = "`use` needs a file to start from, and this text is in none"
        raise SpecError([Diagnostic("E108", message, place)])
    path = source.path.parent / name
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        message = f"there is no file `{name}` beside `{source.name}`"
        raise SpecError([Diagnostic("E108", message, place)]) from None
    if not resolved.is_relative_to(source.root):
        help = "a spec uses files in its own folder and below it"
        raise SpecError([Diagnostic("E108", f"`{name}` lies outside the spec's folder", place, help=help)])
    shown = str(Path(source.name).parent / name)
    try:
        return read_file(resolved, limits, root=source.root, name=shown)
    except SpecError as error:
        reason = error.diagnostics[0].message
        raise SpecError([Diagnostic("E108", f"`{name}` cannot be used: {reason}", place)]) from None
