"""Who runs a net's placement groups: ``trainer.placement`` and ``trainer.devices``.

``one``: every process runs all of them, on one device or on ``trainer.devices``. ``groups``: each group is a
process of its own, and the processes of a replica work on the same images at once. ``pipeline``: so too, with
groups that come one after another, as the stages of a pipeline.
"""

from typing import TYPE_CHECKING, Any

import netcompiler
from zoo.errors import UserError
from zoo.replicas import Replicas, of_processes
from zoo.suggest import hint

if TYPE_CHECKING:
    import torch

    from zoo.schema import Config, TrainerOptions

AND_PIPELINE = {"parallel": "ddp", "sync_batchnorm": False}
"""Options that a pipeline cannot have otherwise: its micro-batches go through one stage at a time."""
AND_PARTS = {"compile": False, "recompute": False, "stochastic_depth": 0.0}
"""Options that no net in several processes can have otherwise: they change or repeat what it runs."""


def check(config: "Config", net: netcompiler.Net, world: int) -> None:
    """See to it that a net can run as its options say, in ``world`` processes; nothing is started for that.

    Raises:
        UserError: it cannot; says why, and what to change.
    """
    options = config.trainer
    _check_devices(options, net, world)
    _check_streams(options, net, world)
    if options.placement == "one":
        return
    chosen = f"trainer.placement={options.placement}"
    if not net.groups:
        raise UserError(
            f"{chosen}: net {net.name} has no placement groups; netc place cuts a net into groups, and "
            "trainer.placement=one runs it as it is"
        )
    count = len(net.groups)
    if world % count:
        these = "this is one process" if world == 1 else f"{world} processes do not share them out"
        raise UserError(
            f"{chosen}: net {net.name} has {count} groups ({', '.join(net.groups)}), and {these}; start "
            f"{count}, {2 * count}, {3 * count} … with torchrun --nproc-per-node {count} or "
            f"trainer.processes={count}"
        )
    _check_others(config, chosen)
    if options.placement == "pipeline":
        _check_pipeline(options, net, chosen)


def _check_others(config: "Config", chosen: str) -> None:
    """Options that do not go with a net in several processes."""
    options = config.trainer
    kept: dict[str, Any] = AND_PARTS | (AND_PIPELINE if options.placement == "pipeline" else {})
    for name, only in kept.items():
        value = getattr(options, name)
        if value != only:
            given, needed = str(value).lower(), str(only).lower()
            raise UserError(
                f"{chosen} and trainer.{name}={given} do not go together; trainer.{name}={needed} does"
            )
    if config.precision.name == "fp16":
        raise UserError(f"{chosen} and precision=fp16 do not go together; precision=bf16 and fp32 do")


def _check_pipeline(options: "TrainerOptions", net: netcompiler.Net, chosen: str) -> None:
    try:
        net.check_pipeline(len(net.groups), microbatches=options.accumulate, schedule=options.pipeline)
    except ValueError as error:
        raise UserError(
            f"{chosen}: {str(error).splitlines()[0]} (trainer.accumulate is the number of micro-batches, "
            "trainer.pipeline the schedule; trainer.placement=groups runs any net with groups)"
        ) from error


def _check_devices(options: "TrainerOptions", net: netcompiler.Net, world: int) -> None:
    """What ``trainer.devices`` names; whether the devices exist is for ``zoo.device`` to say."""
    if not options.devices:
        return
    for group in options.devices:
        if group not in net.groups:
            known = hint(group, net.groups, "trainer.devices.") if net.groups else "it has none"
            raise UserError(f"trainer.devices.{group}: net {net.name} has no such group; {known}")
    if world > 1 or options.placement != "one":
        raise UserError(
            "trainer.devices: is for one process with several devices; of several processes each has its own "
            "device, and trainer.placement=groups gives each a group"
        )


def _check_streams(options: "TrainerOptions", net: netcompiler.Net, world: int) -> None:
    """What ``trainer.streams`` needs."""
    if not options.streams:
        return
    if not net.groups:
        raise UserError(f"trainer.streams=true: is for placement groups, and net {net.name} has none")
    if world > 1 or options.placement != "one":
        raise UserError("trainer.streams=true: is for one process that has all placement groups")
    for name in "compile", "recompute":
        if getattr(options, name):
            raise UserError(f"trainer.streams=true and trainer.{name}=true do not go together")
    import torch

    there = torch.cuda.is_available()
    for group in net.groups:
        name = options.devices.get(group, options.device)
        if name == "cpu" or (name == "auto" and not there):
            raise UserError(
                f"trainer.streams=true: group {group} is on a CPU, which has no streams; GPUs have"
            )


def arrange(config: "Config", net: netcompiler.Net, device: "torch.device") -> Replicas:
    """The replicas of the net among the processes that have joined; all of them call this.

    Raises:
        UserError: their number does not fit the net.
    """
    from zoo import processes

    options = config.trainer
    check(config, net, processes.world())
    if options.placement == "one":
        return of_processes()
    mesh = netcompiler.mesh(net, device=device.type, timeout=60 * options.wait)
    place, last = mesh.get_local_rank("placement"), len(net.groups) - 1
    # A pipeline gives what the net gives on its last process, other nets on all.
    counts = place == (last if options.placement == "pipeline" else 0)
    return Replicas(mesh.size(0), mesh.get_local_rank("data"), place, counts, mesh)
