"""What the commands that draw share: the options of a picture, and writing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netcompiler.cli.common import STDOUT, Named, Whole, write
from netcompiler.draw.theme import THEMES

if TYPE_CHECKING:
    from netcompiler.draw.drawing import Drawing

_ENDINGS = {"tikz": "tex"}
"""Endings that are other names of a format."""

_OPTIONS = (
    click.option(
        "--theme",
        type=Named(list(THEMES)),
        default=next(iter(THEMES)),
        show_default=True,
        help="Colours and sizes: for print, a wall or a dark screen.",
    ),
    click.option(
        "--width", type=click.FloatRange(min=0, min_open=True), help="Width of the page in centimetres."
    ),
    click.option(
        "--depth", type=Whole(min=0), help="Levels of blocks to show; deeper ones become single nodes."
    ),
    click.option("--expand", multiple=True, metavar="BLOCK", help="Show all of a block, as layer3.0."),
    click.option("--fold", multiple=True, metavar="BLOCK", help="Show a block as one node, as layer3."),
    click.option("--costs", is_flag=True, help="Show the parameters and MACs of each node."),
    click.option("--title", help="The title, instead of the net's name; '' for none."),
    click.option("--caption", default="", help="Text below the picture."),
    click.option("--legend/--no-legend", default=True, help="Whether to say what colours and lines mean."),
    click.option("--dpi", type=Whole(min=1), default=192, show_default=True, help="Pixels an inch of a png."),
)


def with_picture(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a picture, which `netcompiler.api.figure` takes under the same names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen_format(format: str | None, output: Path) -> str:
    """The format that is asked for, or that the file's ending says."""
    ending = (format or output.suffix.removeprefix(".")).lower()
    return _ENDINGS.get(ending, ending)


def check_format(format: str, output: Path) -> None:
    """Refuse a format that no picture has."""
    from netcompiler.draw.drawing import ALL_FORMATS

    if format not in ALL_FORMATS:
        if format:
            what = f"format {format}"
        elif output == STDOUT:
            what = "to standard output without --format"
        else:
            what = f"{output}, whose name has no ending"
        raise click.UsageError(f"cannot draw {what}: the formats are {', '.join(ALL_FORMATS)}")


def save(drawing: Drawing, format: str, output: Path) -> None:
    """Write a drawing, in a format that its style has."""
    if format not in drawing.formats:
        formats = ", ".join(drawing.formats)
        raise click.UsageError(
            f"style {drawing.style} cannot be written as {format}: its formats are {formats}"
        )
    given = click.get_current_context().get_parameter_source("dpi")
    if given is click.core.ParameterSource.COMMANDLINE and format != "png":
        raise click.UsageError(f"--dpi is for png: {format} has no pixels")
    write(drawing.render(format), output)
