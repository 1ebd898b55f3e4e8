"""``netc draw``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from netcompiler.cli.common import (
    Command,
    Named,
    keep_spec,
    load_all,
    with_output,
    with_parameters,
    with_shapes,
)
from netcompiler.cli.picture import check_format, chosen_format, save, with_picture
from netcompiler.draw.styles import DEFAULT
from netcompiler.draw.styles import names as style_names


@click.command(cls=Command)
@click.argument("targets", metavar="FILE[:NET]...", nargs=-1, required=True)
@with_parameters
@with_shapes
@with_output(
    "File to write; its ending says the format: svg, png, pdf, eps, tex (TikZ), dot, html, or md for tables. "
    "- is standard output.",
    required=True,
)
@click.option("--format", help="The format, when the file's ending does not say it.")
@click.option(
    "--style", type=Named(style_names()), default=DEFAULT, show_default=True, help="The way to draw."
)
@with_picture
def draw(
    targets: tuple[str, ...],
    parameters: dict[str, str],
    shapes: dict[str, str],
    output: Path,
    format: str | None,
    style: str,
    **options: Any,
) -> None:
    """Draw a net, or with some styles several nets in one picture."""
    from netcompiler.api import figure

    chosen = chosen_format(format, output)
    check_format(chosen, output)
    for target in targets:
        keep_spec(target, output)
    nets = load_all(targets, parameters, shapes)
    save(figure(*nets, style=style, **options), chosen, output)
