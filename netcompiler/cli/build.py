"""``netc build``."""

from __future__ import annotations

from pathlib import Path

import click

from netcompiler.cli.common import Command, keep_spec, load, with_output, with_target, write


@click.command(cls=Command)
@with_target
@with_output("File to write; standard output without it.", required=False)
def build(target: str, parameters: dict[str, str], shapes: dict[str, str], output: Path | None) -> None:
    """Write a net as a Python module that needs nothing but torch."""
    keep_spec(target, output)
    write(load(target, parameters, shapes).source(), output)
