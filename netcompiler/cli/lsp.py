"""``netc lsp``."""

from __future__ import annotations

from pathlib import Path

import click

from netcompiler.cli.common import Command, limits


@click.command(cls=Command)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file for what goes wrong in the server itself; by default standard error.",
)
@click.option("--stdio", is_flag=True, hidden=True, help="What editors say; there is no other way.")
def lsp(log: Path | None, stdio: bool) -> None:
    """Serve an editor: the language server, over standard input and output.

    An editor starts it; docs/editors.md says how to tell yours.
    """
    del stdio
    try:
        from netcompiler.lsp.server import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol", "cattrs", "attrs"}:
            raise
        message = "the language server needs pygls: pip install 'netcompiler[lsp]'"
        raise click.ClickException(message) from None
    run(limits(), log)
