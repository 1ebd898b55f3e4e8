"""``netc explain``."""

from __future__ import annotations

import click

from netcompiler.cli.common import Command


@click.command(cls=Command)
@click.argument("codes", metavar="[CODE...]", nargs=-1)
def explain(codes: tuple[str, ...]) -> None:
    """Say what the codes of errors and warnings mean, with examples; without a code, list them all."""
    import netcompiler.lint  # noqa: F401  (its rules have codes of their own)
    from netcompiler.diagnostics import CODES, suggest
    from netcompiler.explain import plain, sections

    if not codes:
        for code, title in CODES.items():
            click.echo(f"{code}  {title}")
    known = sections()
    for number, given in enumerate(codes):
        code = given.strip("[]").upper()
        if code not in known:
            hint = suggest(code, known) or "`netc explain` lists all codes"
            raise click.UsageError(f"there is no code {given}; {hint}")
        if number:
            click.echo("")
        for line, heading in plain(known[code]):
            click.echo(click.style(line, bold=True) if heading else line)
