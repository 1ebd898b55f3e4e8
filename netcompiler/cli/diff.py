"""``netc diff``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from netcompiler.cli.common import (
    STDIN,
    Command,
    keep_spec,
    load_all,
    with_output,
    with_parameters,
    with_shapes,
    write,
)
from netcompiler.cli.picture import check_format, chosen_format, save, with_picture

_TEXTS = {"": "text", "txt": "text", "text": "text", "json": "json"}
"""What is no picture, by format or by a file's ending."""

_DIFFERENT = 1


@click.command(cls=Command, failure=2)
@click.argument("first", metavar="A[:NET]")
@click.argument("second", metavar="B[:NET]")
@with_parameters
@with_shapes
@with_output(
    "File to write; its ending says the format: svg, png, pdf, eps, tex, dot for a picture, json, txt.",
    required=False,
)
@click.option("--format", help="text or json, or a picture's format where the file's ending does not say it.")
@with_picture
def diff(
    first: str,
    second: str,
    parameters: dict[str, str],
    shapes: dict[str, str],
    output: Path | None,
    format: str | None,
    **options: Any,
) -> int:
    """Show what differs between two nets: layers added, removed and changed, shapes, parameters, MACs.

    Text on standard output, or with -o a picture of the two side by side. Exit code 0 when the nets are the
    same, 1 when they differ, 2 when there is a mistake.
    """
    from netcompiler.api import compare

    targets = (first, second)
    if all(target.partition(":")[0] in {"-", STDIN} for target in targets):
        raise click.UsageError("standard input cannot be both nets")
    chosen = chosen_format(format, output or Path())
    if chosen not in _TEXTS:
        check_format(chosen, output or Path())
        if output is None:
            raise click.UsageError(f"a picture needs a file: -o diff.{chosen}")
    for target in targets:
        keep_spec(target, output)
    comparison = compare(*load_all(targets, parameters, shapes))
    if chosen not in _TEXTS:
        assert output is not None
        save(comparison.draw(**options), chosen, output)
    elif _TEXTS[chosen] == "json":
        import json

        write(json.dumps(comparison.plain(), indent=2) + "\n", output)
    else:
        write(comparison.text(targets, **({} if output else _terminal())), output)
    return 0 if comparison.equal else _DIFFERENT


def _terminal() -> dict[str, Any]:
    """How to write on a terminal; nothing for a file or a pipe."""
    if sys.stdout is None or not sys.stdout.isatty():
        return {}
    return {"width": shutil.get_terminal_size().columns, "color": "NO_COLOR" not in os.environ}
