"""The command line, ``netc``."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from netcompiler.api import Net
    from netcompiler.source import Source

# Stages are imported by the commands that need them: starting up is most of what `netc check` takes.


_STDIN = "<stdin>"
"""What messages call standard input."""


def main() -> NoReturn:
    """Run ``netc``; exit code 1 for a mistake in a spec or file, 2 for wrong usage."""
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
        # A mistake in a spec has its place before it; any other says who speaks.
        prefix = "netc: " if isinstance(error, _mistakes()[1]) else ""
        click.echo(f"{prefix}{error}", err=True)
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"netc: {place}{error.strerror or error}")
    except (MemoryError, RecursionError) as error:
        _fail(f"netc: the net is too large for this machine ({type(error).__name__})")
    sys.exit(code if isinstance(code, int) else 0)


def _mistakes() -> tuple[type[Exception], ...]:
    """The errors whose text is for the user. Imported when there is one: `netc --help` need not wait."""
    from netcompiler.diagnostics import SpecError
    from netcompiler.draw.errors import DrawError

    return SpecError, DrawError


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    # What standard output did not take must not be tried once more at exit.
    sys.stdout = None
    sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="netcompiler", prog_name="netc")
def netc() -> None:
    """Compile neural-network architectures: check, show, draw and build nets written in .net files.

    FILE is a spec file, or - for standard input. FILE:NET names one net of a file that has several.
    """


class _Command(click.Command):
    """A command whose FILE:NET may be ``-:NET``, a net of standard input, which is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [_STDIN + a[1:] if a.startswith("-:") else a for a in args])


def _pairs(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name.isidentifier():
            raise click.BadParameter(f"`{value}` is not name=value")
        if name in pairs:
            raise click.BadParameter(f"`{name}` is given twice")
        pairs[name] = text
    return pairs


_define = click.option(
    "-D",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_pairs,
    help="Set a parameter of the net; the value is written as in a spec.",
)
_shapes = click.option(
    "--input",
    "shapes",
    metavar="NAME=SHAPE",
    multiple=True,
    callback=_pairs,
    help="Give an input another shape, as image=[3,32,32].",
)


def _target(command: Callable[..., Any]) -> Callable[..., Any]:
    """FILE[:NET], -D and --input."""
    return click.argument("target", metavar="FILE[:NET]")(_define(_shapes(command)))


class _Whole(click.IntRange):
    name = "whole number"


def _output(help: str, *, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        required=required,
        help=help,
    )


@netc.command(cls=_Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format", type=click.Choice(["text", "json", "github"]), default="text", help="How to report."
)
@_define
def check(files: tuple[str, ...], format: str, parameters: dict[str, str]) -> int:
    """Report everything that is wrong with spec files."""
    from netcompiler import pipeline
    from netcompiler.api import split_target
    from netcompiler.diagnostics import SpecError
    from netcompiler.limits import DEFAULT_LIMITS

    found = []
    for file in files:
        name = split_target(file)[1]
        if name is not None:
            raise click.UsageError(f"`netc check` looks at whole files: leave `:{name}` out of {file}")
        try:
            found += pipeline.check(_read(file), DEFAULT_LIMITS, parameters)
        except SpecError as error:
            found += error.diagnostics
    errors = sum(d.severity == "error" for d in found)
    if format == "json":
        import json

        click.echo(json.dumps([d.to_json() for d in found], indent=2))
    elif format == "github":
        for diagnostic in found:
            click.echo(diagnostic.to_github())
    else:
        for diagnostic in found:
            click.echo(diagnostic.render() + "\n")
        click.echo(_verdict(len(files), errors, len(found) - errors))
    return 1 if errors else 0


@netc.command(cls=_Command)
@_target
def show(target: str, parameters: dict[str, str], shapes: dict[str, str]) -> None:
    """Print a table: layers, shapes, parameters, MACs, neurons, groups and the traffic between them."""
    click.echo(_load(target, parameters, shapes).summary(), nl=False)


@netc.command(cls=_Command)
@_target
@_output("File to write; its ending says the format: svg, png, pdf or dot.", required=True)
@click.option("--format", help="The format, when the file's ending does not say it.")
@click.option(
    "--depth", type=_Whole(min=0), help="Levels of blocks to show; deeper ones become single nodes."
)
@click.option("--dpi", type=_Whole(min=1), default=192, show_default=True, help="Pixels an inch of a png.")
def draw(
    target: str,
    parameters: dict[str, str],
    shapes: dict[str, str],
    output: Path,
    format: str | None,
    **options: int,
) -> None:
    """Draw a net."""
    from netcompiler.draw import FORMATS

    chosen = (format or output.suffix.removeprefix(".")).lower()
    if chosen not in FORMATS:
        what = f"format {chosen}" if chosen else f"{output}, whose name has no ending"
        raise click.UsageError(f"cannot draw {what}: the formats are {', '.join(FORMATS)}")
    _keep_spec(target, output)
    _load(target, parameters, shapes).draw(output, format=chosen, **options)


@netc.command(cls=_Command)
@_target
@_output("File to write; standard output without it.", required=False)
def build(target: str, parameters: dict[str, str], shapes: dict[str, str], output: Path | None) -> None:
    """Write a net as a Python module that needs nothing but torch."""
    _keep_spec(target, output)
    _write(_load(target, parameters, shapes).source(), output)


@netc.command(cls=_Command)
@_target
@_output("File to write; standard output without it.", required=False)
def expand(target: str, parameters: dict[str, str], shapes: dict[str, str], output: Path | None) -> None:
    """Write the flat net, all blocks and repeats unrolled, as a spec."""
    _keep_spec(target, output)
    _write(_load(target, parameters, shapes).expand(), output)


def _load(target: str, parameters: dict[str, str], shapes: dict[str, str]) -> Net:
    from netcompiler import pipeline
    from netcompiler.api import Net, split_target
    from netcompiler.limits import DEFAULT_LIMITS

    file, name = split_target(target)
    analysis = pipeline.analyse(_read(file), DEFAULT_LIMITS)
    given = pipeline.given_from_text(analysis, parameters)
    inputs = pipeline.shapes_from_text(analysis, shapes)
    return Net(pipeline.build_graph(analysis, name, given, inputs))


def _read(file: str) -> Source:
    from netcompiler.limits import DEFAULT_LIMITS
    from netcompiler.read import from_bytes, read_file

    if file in ("-", _STDIN):
        if sys.stdin is None:
            raise click.UsageError("standard input is closed")
        data = sys.stdin.buffer.read(DEFAULT_LIMITS.source_bytes + 1)
        return from_bytes(data, _STDIN, DEFAULT_LIMITS)
    return read_file(Path(file), DEFAULT_LIMITS)


def _keep_spec(target: str, output: Path | None) -> None:
    """Refuse to write over the spec that is read."""
    from netcompiler.api import split_target

    spec = Path(split_target(target)[0])
    if output is not None and output.is_file() and spec.is_file() and output.samefile(spec):
        raise click.UsageError(f"-o {output} is the spec itself; name another file")


def _write(text: str, output: Path | None) -> None:
    from netcompiler.write import write_whole

    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text.encode())


def _verdict(files: int, errors: int, warnings: int) -> str:
    parts = [
        f"{n} {word}{'s' if n != 1 else ''}" for n, word in ((errors, "error"), (warnings, "warning")) if n
    ]
    checked = f"{files} file{'s' if files != 1 else ''} checked"
    return f"{checked}: {', '.join(parts) if parts else 'no mistakes found'}"


if __name__ == "__main__":
    main()
