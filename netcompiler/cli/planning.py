"""What ``netc place`` and ``netc estimate`` share: the machine to plan for, and how the net is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from netcompiler.cli.common import Whole
from netcompiler.placement.machines import MACHINES, Machine, changed

if TYPE_CHECKING:
    from netcompiler.placement.training import Training

# Here so that `netc --help` need not load the planner; a test holds that they are its names.
OBJECTIVES = ("time", "memory", "traffic")
OPTIMIZERS = ("sgd", "momentum", "adam")
SCHEDULES = ("gpipe", "1f1b")


class Word(click.Choice[str]):
    """One of some words; for another one, the nearest is suggested."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(list(words))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value not in self.choices:
            from netcompiler.diagnostics import suggest

            hint = suggest(str(value), self.choices)
            known = ", ".join(self.choices)
            self.fail(f"`{value}` is none of {known}" + (f"; {hint}" if hint else ""), param, ctx)
        return value


class Size(click.ParamType[float]):
    """Bytes, as 16GiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        from netcompiler.placement.sizes import parse_size

        try:
            return parse_size(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def with_machine(command: Callable[..., Any]) -> Callable[..., Any]:
    """--machine and --set."""
    command = click.option(
        "--set",
        "changes",
        metavar="NAME=VALUE",
        multiple=True,
        help="Change a number of the machine, as node=4 or inside.bandwidth=25e9; `netc estimate --machines` "
        "lists them.",
    )(command)
    return click.option(
        "--machine", type=Word(MACHINES), default="a100", show_default=True, help="The machine to plan for."
    )(command)


def with_training(command: Callable[..., Any]) -> Callable[..., Any]:
    """--batch, --microbatches, --schedule, --optimizer."""
    options = (
        click.option(
            "--batch",
            type=Whole(min=1),
            default=32,
            show_default=True,
            help="Samples a step, in one copy of the net.",
        ),
        click.option(
            "--microbatches",
            type=Whole(min=1),
            default=1,
            show_default=True,
            help="Parts into which a pipeline cuts the batch.",
        ),
        click.option(
            "--schedule",
            type=Word(SCHEDULES),
            default="gpipe",
            show_default=True,
            help="The pipeline's schedule: 1f1b holds fewer activations.",
        ),
        click.option(
            "--optimizer",
            type=Word(OPTIMIZERS),
            default="momentum",
            show_default=True,
            help="What it keeps for each parameter: nothing, one number or two.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def machine_of(name: str, changes: Iterable[str]) -> Machine:
    """The machine of this name with some numbers changed."""
    machine = MACHINES[name]
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals:
            raise click.UsageError(f"--set {change}: this is not name=value")
        try:
            machine = changed(machine, key, text)
        except ValueError as error:
            raise click.UsageError(f"--set {change}: {error}") from None
    return machine


def training_of(machine: Machine, batch: int, microbatches: int, schedule: str, optimizer: str) -> Training:
    """How the net is trained on a machine."""
    from netcompiler.placement.training import Training

    if microbatches > batch:
        raise click.UsageError(f"--microbatches {microbatches}: a batch of {batch} has no so many parts")
    return Training(batch, microbatches, schedule, optimizer, machine.element)
