"""``netc expand``."""

from __future__ import annotations

from pathlib import Path

import click

from netcompiler.cli.common import Command, keep_spec, load, with_output, with_target, write


@click.command(cls=Command)
@with_target
@with_output("File to write; standard output without it.", required=False)
def expand(target: str, parameters: dict[str, str], shapes: dict[str, str], output: Path | None) -> None:
    """Write the flat net, all blocks and repeats unrolled, as a spec."""
    keep_spec(target, output)
    write(load(target, parameters, shapes).expand(), output)
