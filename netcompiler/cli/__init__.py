"""The command line, ``netc``: one command a module."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import click

from netcompiler.cli.report import read_on, shown

# Commands are imported when they run, and stages by the commands that need them: starting up is most of what
# `netc check` takes.
COMMANDS = (
    "build",
    "check",
    "diff",
    "draw",
    "estimate",
    "expand",
    "explain",
    "fmt",
    "lsp",
    "place",
    "serve",
    "show",
)
"""The modules of this package that hold a command of the same name."""


class Commands(click.Group):
    """A group whose commands are modules, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command


def main() -> NoReturn:
    """Run ``netc``; exit code 1 for a mistake in a spec or file (`diff`: 2), 2 for wrong usage."""
    # One command, then the process ends: looking for cycles takes a fifth of the time and frees nothing.
    gc.disable()
    try:
        _run()
    finally:
        gc.enable()


def _run() -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal without the characters of a table or a path still gets the rest.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = netc.main(prog_name="netc", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except _mistakes() as error:
        click.echo(_text(error), err=True)
        sys.exit(_exit_code(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"netc: {place}{error.strerror or error}", _exit_code(error))
    except (MemoryError, RecursionError) as error:
        _fail(f"netc: the net is too large for this machine ({type(error).__name__})", _exit_code(error))
    sys.exit(code if isinstance(code, int) else 0)


def _mistakes() -> tuple[type[Exception], ...]:
    """The errors whose text is for the user. Imported when there is one: `netc --help` need not wait."""
    from netcompiler.diagnostics import SpecError
    from netcompiler.draw.errors import DrawError

    return SpecError, DrawError


def _text(error: Exception) -> str:
    """What to say of a mistake: one in a spec has its place before it, any other says who speaks."""
    from netcompiler.diagnostics import SpecError

    if not isinstance(error, SpecError):
        return f"netc: {error}"
    more = read_on(error.diagnostics)
    return shown(error.diagnostics, sys.stderr) + ("" if more is None else f"\n\n{more}")


def _exit_code(error: Exception) -> int:
    """The exit code that the command gave an error."""
    code: int = getattr(error, "exit_code", 1)
    return code


def _fail(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    # What standard output did not take must not be tried once more at exit.
    sys.stdout = None
    sys.exit(code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="netcompiler", prog_name="netc")
def netc() -> None:
    """Compile neural-network architectures: check, show, draw and build nets written in .net files.

    FILE is a spec file, or - for standard input. FILE:NET names one net of a file that has several.
    """
