"""``netc check``."""

from __future__ import annotations

import click

from netcompiler.cli.common import Command, limits, read, with_parameters


@click.command(cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format", type=click.Choice(["text", "json", "github"]), default="text", help="How to report."
)
@with_parameters
def check(files: tuple[str, ...], format: str, parameters: dict[str, str]) -> int:
    """Report everything that is wrong with spec files."""
    from netcompiler import pipeline
    from netcompiler.api import split_target
    from netcompiler.diagnostics import SpecError

    found = []
    for file in files:
        name = split_target(file)[1]
        if name is not None:
            raise click.UsageError(f"`netc check` looks at whole files: leave `:{name}` out of {file}")
        try:
            found += pipeline.check(read(file), limits(), parameters)
        except SpecError as error:
            found += error.diagnostics
    errors = sum(d.severity == "error" for d in found)
    if format == "json":
        import json

        click.echo(json.dumps([d.to_json() for d in found], indent=2))
    elif format == "github":
        for diagnostic in found:
            click.echo(diagnostic.to_github())
    else:
        for diagnostic in found:
            click.echo(diagnostic.render() + "\n")
        click.echo(_verdict(len(files), errors, len(found) - errors))
    return 1 if errors else 0


def _verdict(files: int, errors: int, warnings: int) -> str:
    parts = [
        f"{n} {word}{'s' if n != 1 else ''}" for n, word in ((errors, "error"), (warnings, "warning")) if n
    ]
    checked = f"{files} file{'s' if files != 1 else ''} checked"
    return f"{checked}: {', '.join(parts) if parts else 'no mistakes found'}"
