"""``netc place``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from netcompiler.api import Net

from netcompiler.cli.common import Command, Whole, keep_spec, load, with_output, with_target, write
from netcompiler.cli.planning import (
    OBJECTIVES,
    Size,
    Word,
    machine_of,
    training_of,
    with_machine,
    with_training,
)

_EXAMPLES = """
\b
Examples:
  netc place resnet.net:resnet50 --groups 4
  netc place resnet.net:resnet50 --groups 4 -o placed.net      also prints what each group costs
  netc place vgg.net:vgg16 --groups 8 --memory 4GiB --batch 64 --optimizer adam
  netc place vit.net:vit_b_16 --groups 4 --microbatches 16 --schedule 1f1b --objective memory
"""


@click.command(cls=Command, epilog=_EXAMPLES)
@with_target
@with_output("Spec to write; standard output without it.", required=False)
@click.option("--groups", type=Whole(min=2), required=True, help="Into how many groups the net is cut.")
@click.option("--names", metavar="A,B,…", help="What the groups are called; stage0, stage1 … without it.")
@click.option(
    "--objective",
    type=Word(OBJECTIVES),
    default="time",
    show_default=True,
    help="What is made small: the slowest group's time, the fullest group's memory, or what they send.",
)
@click.option("--memory", type=Size(), help="What no group may exceed, as 16GiB.")
@click.option(
    "--slack",
    type=click.FloatRange(0, 10),
    help="How much above the best the largest group may be where that saves traffic: 0.1, the default, is "
    "10 %; for --objective traffic it is 1.",
)
@click.option("--flat", is_flag=True, help="Write the spec without blocks in any case.")
@with_training
@with_machine
def place(
    target: str,
    parameters: dict[str, str],
    shapes: dict[str, str],
    output: Path | None,
    groups: int,
    names: str | None,
    flat: bool,
    machine: str,
    changes: tuple[str, ...],
    **options: Any,
) -> None:
    """Cut a net into placement groups, one after another, and write it as a spec.

    Of all cuts of the layers in their order, the one whose largest group is smallest; of those within the
    slack, the one that sends least. Layers keep their names, and so the state dict its keys. Blocks of the
    spec stay where no cut lies inside one; otherwise the spec is written flat, as by `netc expand`.
    """
    keep_spec(target, output)
    wanted = {key: options.pop(key) for key in ("objective", "memory", "slack")}
    chosen = machine_of(machine, changes)
    net = load(target, parameters, shapes)
    called = _names(names, groups)
    training = training_of(chosen, **options)
    try:
        placement = net.place(
            groups,
            names=called,
            machine=chosen,
            training=training,
            flat=flat or not _stays(net, target, output),
            **wanted,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    write(placement.spec, output)
    if output is not None:
        click.echo(placement.summary(), nl=False)


def _stays(net: Net, target: str, output: Path | None) -> bool:
    """Whether the spec's own text can be used: where it takes blocks from files, only in the same folder."""
    from netcompiler.target import split_target

    here = Path(split_target(target)[0]).parent
    return not net.uses_files or (output is not None and output.parent.resolve() == here.resolve())


def _names(text: str | None, groups: int) -> tuple[str, ...]:
    if text is None:
        return ()
    names = tuple(name.strip() for name in text.split(","))
    if len(names) != groups:
        raise click.UsageError(f"--names {text}: {len(names)} names for {groups} groups")
    return names
