"""``netc fmt``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netcompiler.cli.common import STDIN, Command, limits, read
from netcompiler.cli.folders import specs_below
from netcompiler.cli.report import shown

if TYPE_CHECKING:
    from netcompiler.source import Source

_MARK = b"\xef\xbb\xbf"
"""What some editors begin UTF-8 files with."""


@dataclass(slots=True)
class _Counts:
    """How many files were, or would be, changed; were right; could not be formatted."""

    changed: int = 0
    right: int = 0
    wrong: int = 0


@click.command(cls=Command)
@click.argument("paths", metavar="FILE|FOLDER...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change, and fail.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change, and fail if anything.")
def fmt(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Bring spec files into the one form, in place; - reads standard input and writes the result out.

    In folders all .net files are taken, but for hidden ones and links. A file with syntax errors stays as it
    is, and fails the command.
    """
    if "-" in paths:
        if len(paths) > 1:
            raise click.UsageError("standard input stands alone: leave out the other files, or `-`")
        return _standard_input(check, diff)
    counts = _Counts()
    for path in _files(paths):
        _file(path, check or diff, diff, counts)
    click.echo(_verdict(counts, written=not (check or diff)), err=True)
    return 1 if counts.wrong or ((check or diff) and counts.changed) else 0


def _standard_input(check: bool, diff: bool) -> int:
    source = read("-")
    text = _formatted(source)
    if not (check or diff):
        # Line ends as they are, on every system.
        click.echo(text.encode(), nl=False)
        return 0
    if text == source.text:
        return 0
    click.echo(_difference(STDIN, source.text, text) if diff else f"not formatted: {STDIN}", nl=not diff)
    return 1


def _file(path: Path, keep: bool, diff: bool, counts: _Counts) -> None:
    """Format one file, or say what would change. What is wrong with it is shown, and the others go on."""
    from netcompiler.diagnostics import SpecError

    try:
        changed = _change(path, keep, diff)
    except SpecError as error:
        counts.wrong += 1
        click.echo(shown(error.diagnostics, sys.stderr) + "\n", err=True)
    except OSError as error:
        counts.wrong += 1
        click.echo(f"netc: {path}: {error.strerror or error}", err=True)
    else:
        counts.changed += changed
        counts.right += not changed


def _change(path: Path, keep: bool, diff: bool) -> bool:
    """Whether a file was, or with ``keep`` would be, changed. Raises SpecError and OSError."""
    from netcompiler.write import write_whole

    source = read(str(path))
    text = _formatted(source)
    data = path.read_bytes()
    if data == text.encode():
        return False
    if data.removeprefix(_MARK) != source.text.encode():
        raise OSError("the file was changed while it was formatted; try again")
    if diff:
        click.echo(_difference(str(path), source.text, text), nl=False)
    elif keep:
        click.echo(f"not formatted: {path}")
    else:
        write_whole(path, text.encode())
        click.echo(f"formatted: {path}")
    return True


def _formatted(source: Source) -> str:
    """The text in its one form. Raises SpecError."""
    from netcompiler.diagnostics import Diagnostic, SpecError
    from netcompiler.format import format_source

    try:
        return format_source(source, limits())
    except RecursionError:
        # Only with a higher limit than the usual one.
        found = Diagnostic("E107", "nested too deeply to be formatted", where=source.name)
        raise SpecError([found]) from None


def _files(paths: Iterable[str]) -> Iterator[Path]:
    """The files that are meant, each once. Raises UsageError for what is neither file nor folder."""
    from netcompiler.target import split_target

    seen: set[str] = set()
    for given in paths:
        path = Path(given)
        if not path.exists() and split_target(given)[1] is not None:
            raise click.UsageError(f"`netc fmt` takes whole files: leave the net out of {given}")
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise click.UsageError(f"{given} is neither a file nor a folder; `-` formats standard input")
        for file in specs_below(path) if path.is_dir() else [path]:
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                yield file


def _difference(name: str, before: str, after: str) -> str:
    """A unified difference."""
    from difflib import unified_diff

    old, new = (text.removesuffix("\n").split("\n") for text in (before, after))
    if before and not before.endswith("\n"):
        old[-1] += "\n\\ No newline at end of file"
    lines = unified_diff(old, new, name, name, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _verdict(counts: _Counts, *, written: bool) -> str:
    parts = [
        f"{count} {words}"
        for count, words in (
            (counts.changed, "formatted" if written else "to format"),
            (counts.right, "as they should be" if counts.right > 1 else "as it should be"),
            (counts.wrong, "with mistakes"),
        )
        if count
    ]
    total = counts.changed + counts.right + counts.wrong
    return f"{total} file{'s' if total != 1 else ''}: {', '.join(parts)}" if total else "no .net files found"
