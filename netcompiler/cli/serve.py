"""``netc serve``."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netcompiler.cli.common import STDIN, Command, Named, limits, with_target
from netcompiler.cli.picture import with_picture
from netcompiler.draw.styles import DEFAULT
from netcompiler.draw.styles import names as style_names

if TYPE_CHECKING:
    from netcompiler.serve.views import View


@click.command(cls=Command)
@with_target
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port to listen at; by default any that is free.",
)
@click.option("--open/--no-open", "opens", default=False, help="Open the page in a browser.")
@click.option(
    "--style", type=Named(style_names()), default=DEFAULT, show_default=True, help="The way to draw."
)
@with_picture
def serve(
    target: str,
    parameters: dict[str, str],
    shapes: dict[str, str],
    port: int,
    opens: bool,
    style: str,
    **options: Any,
) -> None:
    """Show a net in the browser, anew whenever its spec is saved.

    The page is for this machine alone. A spec with mistakes is shown with these above its last picture; of a
    file with several nets a menu offers all. Ctrl-C ends it.
    """
    from netcompiler.read import read_file
    from netcompiler.serve.reading import Target
    from netcompiler.serve.run import serve as run
    from netcompiler.target import split_target

    file, net = split_target(target)
    if file in {"-", STDIN}:
        raise click.UsageError("standard input cannot be watched; name a file")
    if not Path(file).exists():
        read_file(Path(file), limits())  # says why not

    def ready(url: str) -> None:
        click.echo(f"{target} is shown at {url} (Ctrl-C ends it)")
        if opens:
            click.launch(url)

    view = _view(style, options)
    # Other commands end before cycles matter; this one may run for days.
    gc.enable()
    try:
        run(Target(Path(file), net, parameters, shapes, limits()), view, port, ready)
    except KeyboardInterrupt:
        click.echo("stopped")


def _view(style: str, options: dict[str, Any]) -> View:
    from netcompiler.draw.options import Options
    from netcompiler.draw.theme import THEMES
    from netcompiler.serve.views import Interactive, Still

    del options["dpi"]
    chosen = Options(**{**options, "theme": THEMES[options["theme"]]})
    if style != DEFAULT:
        return Still(style, chosen)
    if chosen.width is not None:
        raise click.UsageError("an interactive page is as wide as its window: leave --width out")
    return Interactive(chosen)
