"""Checks that run on several gloo processes of this machine, all in one launch."""

from __future__ import annotations

import multiprocessing
import os
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from pathlib import Path

import torch
import torch.distributed as dist

Check = Callable[[dist.ProcessGroup], None]
"""What the processes of a group run together; it raises on any of them."""

PATIENCE = timedelta(seconds=20)
"""How long a process waits for another one."""
LONGEST = 150.0
"""Seconds for all checks of a launch."""


def run(count: int, checks: Mapping[str, tuple[Sequence[int], Check]], folder: Path) -> dict[str, str]:
    """Run all checks on `count` processes, each on a group of some of them.

    Every check has a group of its own, so that one that fails does not reach the next.

    Returns:
        for each check the tracebacks of the processes on which it failed; "" when it held on all.
    """
    # The processes are forked from one that has imported what they need: that takes seconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "torch.distributed.pipelining", "netcompiler.api", __name__])
    pipes = []
    for rank in range(count):
        here, there = context.Pipe(duplex=False)
        process = context.Process(
            target=_work, args=(rank, count, checks, folder / "store", there), daemon=True
        )
        process.start()
        there.close()
        pipes.append((process, here))
    found = dict.fromkeys(checks, "")
    missing = dict.fromkeys(range(count), "died, or was not done in time")
    ready = {pipe: rank for rank, (_, pipe) in enumerate(pipes)}
    while ready and (answered := wait(list(ready), timeout=LONGEST)):
        for pipe in answered:
            assert isinstance(pipe, Connection)
            rank = ready.pop(pipe)
            try:
                outcome = pipe.recv()
            except EOFError:
                continue
            del missing[rank]
            for name, text in outcome.items():
                found[name] += text and f"process {rank}: {text}\n"
    for process, _ in pipes:
        process.join(1)
        if process.is_alive():
            process.kill()
    for rank, text in missing.items():
        found = {name: f"{before}process {rank} {text}\n" for name, before in found.items()}
    return found


def _work(
    rank: int,
    count: int,
    checks: Mapping[str, tuple[Sequence[int], Check]],
    store: Path,
    there: Connection,
) -> None:
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    warnings.simplefilter("error")
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", store=dist.FileStore(str(store), count), rank=rank, world_size=count, timeout=PATIENCE
    )
    outcome = {}
    for name, (ranks, check) in checks.items():
        group = dist.new_group(list(ranks), timeout=PATIENCE)
        if rank in ranks:
            assert group is not None
            try:
                check(group)
                outcome[name] = ""
            except Exception:  # noqa: BLE001  it is shown by the test
                outcome[name] = traceback.format_exc()
    there.send(outcome)
    there.close()
    dist.barrier()
    dist.destroy_process_group()
