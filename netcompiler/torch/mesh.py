"""The processes of a job as a mesh: replicas of the net by placement groups."""

from __future__ import annotations

import os
from datetime import timedelta

import torch
from torch import distributed
from torch.distributed.device_mesh import DeviceMesh

from netcompiler.graph import Graph
from netcompiler.torch.circle import subgroups
from netcompiler.torch.existing import existing

PATIENCE = 600.0
"""Seconds for which a process waits for another one, unless told otherwise."""


def make_mesh(graph: Graph, data: int | None, device: str | None, timeout: float) -> DeviceMesh:
    """Arrange all processes as ``data`` × ``placement``: a replica's groups are neighbours.

    Where torchrun has started this process and it has joined no group yet, it joins here: by nccl on GPUs, by
    gloo otherwise. All processes call this.

    Args:
        graph: a net with placement groups.
        data: how many replicas of the net; by default as many as there are processes for.
        device: ``cuda`` or ``cpu``; by default cuda where it is there.
        timeout: seconds after which a process that waits for another one gives up.

    Raises:
        ValueError: no processes, too few or too many of them, or a GPU that is not there.
    """
    kind = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu")).type
    places = len(graph.groups)
    if not places:
        raise ValueError(f"net {graph.name} has no placement groups, and so no use for a mesh")
    world = _world(places)
    replicas = _replicas(graph, world, data)
    _check_device(kind)
    patience = timedelta(seconds=timeout)
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if kind == "cuda" else "gloo", timeout=patience)
    ranks = torch.arange(world).view(replicas, places)
    # Groups of their own: those that a DeviceMesh makes by itself wait half an hour, whatever the job's do.
    made = [subgroups(ranks.T.tolist(), patience), subgroups(ranks.tolist(), patience)]
    return DeviceMesh.from_group(made, kind, mesh=ranks, mesh_dim_names=("data", "placement"))


def _world(places: int) -> int:
    """How many processes there are.

    Raises:
        ValueError: this one is alone.
    """
    if distributed.is_initialized():
        return distributed.get_world_size()
    if "RANK" in os.environ and "WORLD_SIZE" in os.environ:
        return int(os.environ["WORLD_SIZE"])
    start = f"start it with torchrun --nproc-per-node {places} …"
    raise ValueError(f"this process is alone: {start}, or join a process group before")


def _replicas(graph: Graph, world: int, data: int | None) -> int:
    groups = ", ".join(graph.groups)
    places = len(graph.groups)
    if world % places:
        help = f"start {places}, {2 * places}, {3 * places} …"
        raise ValueError(
            f"{world} processes do not share out among the groups {groups} of {graph.name}: {help}"
        )
    if data is not None and data * places != world:
        raise ValueError(f"{data} × {places} processes are needed for {data} × ({groups}), there are {world}")
    return world // places


def _check_device(kind: str) -> None:
    """Take this process's GPU.

    Raises:
        ValueError: it is not there.
    """
    if kind != "cuda":
        return
    number = int(os.environ.get("LOCAL_RANK", "0"))
    torch.cuda.set_device(existing(f"cuda:{number}", "this process"))
