"""``netc check``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from netcompiler.cli.common import Command, limits, read, with_parameters
from netcompiler.cli.folders import specs_below
from netcompiler.cli.report import read_on, shown

if TYPE_CHECKING:
    from netcompiler.diagnostics import Diagnostic
    from netcompiler.source import Source


@click.command(cls=Command)
@click.argument("files", metavar="FILE|FOLDER...", nargs=-1, required=True)
@click.option(
    "--format", type=click.Choice(["text", "json", "github"]), default="text", help="How to report."
)
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@with_parameters
def check(files: tuple[str, ...], format: str, strict: bool, parameters: dict[str, str]) -> int:
    """Report everything that is wrong with spec files. Fails when there is an error.

    In folders all .net files are taken, but for hidden ones and links.
    """
    from netcompiler import pipeline
    from netcompiler.diagnostics import SpecError
    from netcompiler.target import split_target

    found = []
    most = limits().diagnostics
    cut = False
    files = tuple(_files(files))
    for file in files:
        name = split_target(file)[1]
        if name is not None:
            raise click.UsageError(f"`netc check` looks at whole files: leave `:{name}` out of {file}")
        try:
            source = read(file)
            here = pipeline.check(source, limits(), parameters) or _nothing(source)
        except SpecError as error:
            here = list(error.diagnostics)
        cut = cut or sum(d.severity == "error" for d in here) >= most
        found += here
    errors = sum(d.severity == "error" for d in found)
    if format == "json":
        import json

        click.echo(json.dumps([d.to_json() for d in found], indent=2))
    elif format == "github":
        for diagnostic in found:
            click.echo(diagnostic.to_github())
    else:
        if found:
            click.echo(shown(found, sys.stdout) + "\n")
        click.echo(_verdict(len(files), errors, len(found) - errors))
        if cut:
            click.echo(
                f"a file's first {most:,} errors are shown: `--limit diagnostics={10 * most}` shows more"
            )
        more = read_on(found)
        if more is not None:
            click.echo(more)
    return 1 if errors or (strict and found) else 0


def _files(given: Iterable[str]) -> Iterator[str]:
    """The files that are meant. Raises UsageError for a folder without any."""
    for path in given:
        if path == "-" or not Path(path).is_dir():
            yield path
            continue
        below = [str(file) for file in specs_below(Path(path))]
        if not below:
            raise click.UsageError(f"there is no .net file in {path}")
        yield from below


def _nothing(source: Source) -> list[Diagnostic]:
    """The error for a file with comments at most, where something was to be checked."""
    from netcompiler.diagnostics import Diagnostic

    lines = (line.strip() for line in source.text.splitlines())
    if any(line and not line.startswith("#") for line in lines):
        return []
    help = "`net name { … }` defines one"
    return [Diagnostic("E201", "the file is empty: it has no net", help=help, where=source.name)]


def _verdict(files: int, errors: int, warnings: int) -> str:
    parts = [
        f"{n} {word}{'s' if n != 1 else ''}" for n, word in ((errors, "error"), (warnings, "warning")) if n
    ]
    checked = f"{files} file{'s' if files != 1 else ''} checked"
    return f"{checked}: {', '.join(parts) if parts else 'no mistakes found'}"
