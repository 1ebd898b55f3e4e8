"""What commands share: FILE[:NET], its options, reading and writing."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from netcompiler.api import Net
    from netcompiler.limits import Limits
    from netcompiler.source import Source

STDIN = "<stdin>"
"""What messages call standard input."""

STDOUT = Path("-")
"""What ``-o`` calls standard output."""

_LIMITS = "netcompiler.limits"
"""Where a command's context keeps them."""


def _choose_limits(context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> None:
    from netcompiler.limits import limits_from_text

    try:
        context.meta[_LIMITS] = limits_from_text(values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def limits() -> Limits:
    """What ``--limit`` of the command that runs allows its specs."""
    chosen: Limits = click.get_current_context().meta[_LIMITS]
    return chosen


class Command(click.Command):
    """A command that reads specs: it has ``--limit``, and its FILE:NET may be ``-:NET``, a net of standard
    input, which is no option.

    ``failure`` is the exit code for a mistake in a spec or file. An error leaves the command with it as its
    ``exit_code``, as click's own errors have one.
    """

    def __init__(self, *arguments: Any, failure: int = 1, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._failure = failure
        limit = click.Option(
            ["--limit"],
            metavar="NAME=VALUE",
            multiple=True,
            callback=_choose_limits,
            expose_value=False,
            help="Allow specs more of something, or less, as layers=100000; docs/language.md has all limits.",
        )
        self.params.append(limit)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not hasattr(error, "exit_code"):
                error.__dict__["exit_code"] = self._failure
            raise

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [STDIN + a[1:] if a.startswith("-:") else a for a in args])


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


with_parameters = click.option(
    "-D",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_pairs,
    help="Set a parameter of the net; the value is written as in a spec.",
)
with_shapes = click.option(
    "--input",
    "shapes",
    metavar="NAME=SHAPE",
    multiple=True,
    callback=_pairs,
    help="Give an input another shape, as image=[3,32,32].",
)


def with_target(command: Callable[..., Any]) -> Callable[..., Any]:
    """FILE[:NET], -D and --input."""
    return click.argument("target", metavar="FILE[:NET]")(with_parameters(with_shapes(command)))


class Named(click.Choice[str]):
    """One of several names; a misspelt one gets a suggestion."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What click says, and the closest name."""
        from netcompiler.diagnostics import suggest

        message = super().get_invalid_choice_message(value, ctx)
        hint = suggest(str(value), self.choices)
        return f"{message} {hint[0].upper()}{hint[1:]}" if hint else message


class Whole(click.IntRange):
    """A whole number, called so in messages."""

    name = "whole number"


def with_output(help: str, *, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """-o FILE."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        required=required,
        help=help,
    )


def load(target: str, parameters: dict[str, str], shapes: dict[str, str]) -> Net:
    """The net of FILE[:NET], with the options' parameters and input shapes."""
    return load_all((target,), parameters, shapes)[0]


def load_all(targets: Sequence[str], parameters: dict[str, str], shapes: dict[str, str]) -> list[Net]:
    """The nets of several FILE[:NET]. Of several, each takes those of the parameters and inputs that it has.

    One that no net has is a mistake.
    """
    from netcompiler import pipeline
    from netcompiler.api import Net
    from netcompiler.target import split_target

    pairs = [split_target(target) for target in targets]
    analyses = [(pipeline.analyse(read(file), limits()), name) for file, name in pairs]
    signatures = [pipeline.choose(analysis, name) for analysis, name in analyses]
    nets = []
    for (analysis, name), signature in zip(analyses, signatures, strict=True):

        def mine(texts: dict[str, str], have: Iterable[str], kind: str) -> dict[str, str]:
            known = set(have)
            others = {n for s in signatures for n in getattr(s, kind)}
            return {n: text for n, text in texts.items() if n in known or n not in others}

        given = pipeline.given_from_text(analysis, mine(parameters, signature.parameters, "parameters"))
        inputs = pipeline.shapes_from_text(analysis, mine(shapes, signature.inputs, "inputs"))
        graph = pipeline.build_graph(analysis, name, given, inputs)
        nets.append(Net(graph, pipeline.Origin(analysis, name, tuple(given), inputs)))
    return nets


def read(file: str) -> Source:
    """A spec file, or standard input for ``-``."""
    from netcompiler.read import from_bytes, read_file

    if file in ("-", STDIN):
        if sys.stdin is None:
            raise click.UsageError("standard input is closed")
        data = sys.stdin.buffer.read(limits().source_bytes + 1)
        return from_bytes(data, STDIN, limits())
    return read_file(Path(file), limits())


def keep_spec(target: str, output: Path | None) -> None:
    """Refuse to write over the spec that is read."""
    from netcompiler.target import split_target

    spec = Path(split_target(target)[0])
    if output is not None and output.is_file() and spec.is_file() and output.samefile(spec):
        raise click.UsageError(f"-o {output} is the spec itself; name another file")


def write(data: str | bytes, output: Path | None) -> None:
    """Write to a file, or to standard output without one and for ``-``."""
    from netcompiler.write import write_whole

    if output is None or output == STDOUT:
        click.echo(data, nl=False)
        return
    if not output.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {output.parent}", str(output))
    write_whole(output, data.encode() if isinstance(data, str) else data)
