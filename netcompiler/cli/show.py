"""``netc show``."""

from __future__ import annotations

import click

from netcompiler.cli.common import Command, Whole, load, with_target


@click.command(cls=Command)
@with_target
@click.option(
    "--microbatches",
    type=Whole(min=1),
    multiple=True,
    help="Parts of a batch for which a pipeline's idle time is shown; can be given several times.",
)
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def show(
    target: str,
    parameters: dict[str, str],
    shapes: dict[str, str],
    microbatches: tuple[int, ...],
    format: str,
) -> None:
    """Print a table: layers, shapes, parameters, MACs, neurons, groups, what they cost and send."""
    net = load(target, parameters, shapes)
    if format == "json":
        import json

        click.echo(json.dumps(net.plain(microbatches), indent=2))
    else:
        click.echo(net.summary(microbatches), nl=False)
