"""``netc show``."""

from __future__ import annotations

import click

from netcompiler.cli.common import Command, load, with_target


@click.command(cls=Command)
@with_target
def show(target: str, parameters: dict[str, str], shapes: dict[str, str]) -> None:
    """Print a table: layers, shapes, parameters, MACs, neurons, groups and the traffic between them."""
    click.echo(load(target, parameters, shapes).summary(), nl=False)
