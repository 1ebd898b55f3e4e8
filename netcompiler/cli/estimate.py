"""``netc estimate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from netcompiler.cli.common import Command, load, with_parameters, with_shapes
from netcompiler.cli.planning import machine_of, training_of, with_machine, with_training
from netcompiler.placement.machines import MACHINES, Machine, numbers

if TYPE_CHECKING:
    from netcompiler.placement.estimate import Estimate

_EXAMPLES = """
\b
Examples:
  netc estimate resnet.net:resnet50 --batch 256
  netc estimate alexnet.net --machine laptop --devices 2,4
  netc estimate placed.net --microbatches 16 --schedule 1f1b --devices 4,64,1024
  netc estimate resnet.net:resnet50 --machine h100 --set between.bandwidth=50e9
  netc estimate --machines
"""


@click.command(cls=Command, epilog=_EXAMPLES)
@click.argument("target", metavar="FILE[:NET]", required=False)
@with_parameters
@with_shapes
@click.option(
    "--devices",
    metavar="N,N,…",
    help="Numbers of devices, multiples of the net's groups; without it, doublings up to about 1024.",
)
@with_training
@with_machine
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.option("--machines", is_flag=True, help="List the known machines with their numbers, and stop.")
def estimate(
    target: str | None,
    parameters: dict[str, str],
    shapes: dict[str, str],
    devices: str | None,
    machine: str,
    changes: tuple[str, ...],
    format: str,
    machines: bool,
    **options: Any,
) -> None:
    """Predict the time of a training step on 1, 2, … 1024 devices.

    Copies of the net, each on as many devices as it has placement groups, and what bounds them. It rests on
    the numbers of a machine, some of them assumed: see docs/placement.md.
    """
    if machines:
        _list_machines(changes)
        return
    if target is None:
        raise click.UsageError("Missing argument 'FILE[:NET]'.")
    chosen = machine_of(machine, changes)
    training = training_of(chosen, **options)
    net = load(target, parameters, shapes)
    try:
        found = net.estimate(_counts(devices, max(1, len(net.groups))), machine=chosen, training=training)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if format == "json":
        import json

        click.echo(json.dumps([e.plain() for e in found], indent=2))
        return
    click.echo(f"{net.name} on {chosen.name}: {chosen.doc}")
    click.echo(f"a step of {training.batch} samples for each copy of the net, {training.optimizer}", nl=False)
    pipeline = (
        f", {training.microbatches} micro-batches, {training.schedule}" if training.microbatches > 1 else ""
    )
    click.echo(pipeline + "\n")
    click.echo(_table(found, chosen), nl=False)


def _counts(text: str | None, groups: int) -> list[int]:
    """Numbers of devices from an option; without one, doublings up to about a thousand."""
    if text is None:
        counts = [groups]
        while counts[-1] * 2 <= 1024:
            counts.append(counts[-1] * 2)
        return counts
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise click.UsageError(
            f"--devices {text}: whole numbers with commas between them, as 2,4,1024"
        ) from None


def _table(found: list[Estimate], machine: Machine) -> str:
    from netcompiler.placement.sizes import size_text
    from netcompiler.tables import table

    header = ["devices", "copies", "step", "samples/s", "efficiency", "bound by", "memory each"]
    rows = [
        [
            f"{e.devices:,}",
            f"{e.copies:,} × {e.groups}",
            f"{e.step * 1e3:,.1f} ms",
            f"{e.rate:,.0f}" if e.rate >= 100 else f"{e.rate:.1f}",
            f"{e.efficiency:.0%}",
            f"{e.bound} {e.parts[e.bound] / e.step:.0%}",
            size_text(e.memory) + ("" if e.fits else f" of {size_text(machine.memory)}: does not fit"),
        ]
        for e in found
    ]
    return "\n".join(table(header, rows, left={5, 6})) + "\n"


def _list_machines(changes: tuple[str, ...]) -> None:
    for name in MACHINES:
        machine = machine_of(name, changes)
        click.echo(f"{machine.name}: {machine.doc}")
        for key, value in numbers(machine):
            click.echo(f"  {key:18} {value:g}")
        for line in machine.sources:
            click.echo(f"  - {line}")
        click.echo("")
