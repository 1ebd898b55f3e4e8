"""``netc draw``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from netcompiler.cli.common import (
    Command,
    Whole,
    keep_spec,
    load_all,
    with_output,
    with_parameters,
    with_shapes,
)
from netcompiler.draw.styles import DEFAULT
from netcompiler.draw.styles import names as style_names
from netcompiler.draw.theme import THEMES

_ENDINGS = {"tikz": "tex"}
"""Endings that are other names of a format."""


@click.command(cls=Command)
@click.argument("targets", metavar="FILE[:NET]...", nargs=-1, required=True)
@with_parameters
@with_shapes
@with_output(
    "File to write; its ending says the format: svg, png, pdf, eps, tex (TikZ), dot, html.", required=True
)
@click.option("--format", help="The format, when the file's ending does not say it.")
@click.option(
    "--style", type=click.Choice(style_names()), default=DEFAULT, show_default=True, help="The way to draw."
)
@click.option(
    "--theme",
    type=click.Choice(list(THEMES)),
    default=next(iter(THEMES)),
    show_default=True,
    help="Colours and sizes: for print, a wall or a dark screen.",
)
@click.option(
    "--width", type=click.FloatRange(min=0, min_open=True), help="Width of the page in centimetres."
)
@click.option("--depth", type=Whole(min=0), help="Levels of blocks to show; deeper ones become single nodes.")
@click.option("--expand", multiple=True, metavar="BLOCK", help="Show all of a block, as layer3.0.")
@click.option("--fold", multiple=True, metavar="BLOCK", help="Show a block as one node, as layer3.")
@click.option("--costs", is_flag=True, help="Show the parameters and MACs of each node.")
@click.option("--title", help="The title, instead of the net's name; '' for none.")
@click.option("--caption", default="", help="Text below the picture.")
@click.option("--legend/--no-legend", default=True, help="Whether to say what colours and lines mean.")
@click.option("--dpi", type=Whole(min=1), default=192, show_default=True, help="Pixels an inch of a png.")
def draw(
    targets: tuple[str, ...],
    parameters: dict[str, str],
    shapes: dict[str, str],
    output: Path,
    format: str | None,
    style: str,
    dpi: int,
    **options: Any,
) -> None:
    """Draw a net, or with the styles paper and table several nets side by side."""
    from netcompiler.api import figure
    from netcompiler.draw.drawing import ALL_FORMATS

    ending = (format or output.suffix.removeprefix(".")).lower()
    chosen = _ENDINGS.get(ending, ending)
    if chosen not in ALL_FORMATS:
        what = f"format {chosen}" if chosen else f"{output}, whose name has no ending"
        raise click.UsageError(f"cannot draw {what}: the formats are {', '.join(ALL_FORMATS)}")
    for target in targets:
        keep_spec(target, output)
    nets = load_all(targets, parameters, shapes)
    drawing = figure(*nets, style=style, dpi=dpi, **options)
    if chosen not in drawing.formats:
        formats = ", ".join(drawing.formats)
        raise click.UsageError(f"style {style} cannot be written as {chosen}: its formats are {formats}")
    drawing.save(output, chosen)
