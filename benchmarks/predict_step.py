"""What `netc estimate` predicts for 1, 2 and 4 gloo processes of this machine, next to what a step takes.

In pairs, since a ratio holds where two times on a busy machine do not: the machine is measured, by all
processes at once so that they are in each other's way as in training (a convolution, passing over memory, the
least time of a layer, a message there and back), the step is predicted from these numbers alone, and then it
is run. The cases: copies of a net whose gradients are summed, a pipeline, AlexNet's two columns, and copies
of these. One thread a process.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional as F

import netcompiler
from benchmarks.measure import ROOT
from netcompiler import Net
from netcompiler.placement.machines import MACHINES, Link, Machine
from netcompiler.placement.training import Training

PAIRS, WARM_UP = 9, 2
PATIENCE = timedelta(seconds=120)
LONGEST = 600
"""Seconds for all that a number of processes does."""


@dataclass(frozen=True)
class Case:
    """A net on so many processes.

    Attributes:
        title: what is printed.
        file: a spec.
        net: a net of it.
        processes: how many run it.
        batch: samples of one copy.
        groups: into how many groups it is cut; 0 to leave it as it is.
        microbatches: of a pipeline.
    """

    title: str
    file: str
    net: str
    processes: int
    batch: int
    groups: int = 0
    microbatches: int = 1

    def load(self) -> Net:
        """The net, cut where that is asked for."""
        net = netcompiler.load(ROOT / "specs" / self.file, self.net)
        return net.place(self.groups, machine="laptop").net if self.groups else net

    @property
    def training(self) -> Training:
        """How it is trained."""
        return Training(self.batch, self.microbatches)


RESNET = ("resnet_cifar.net", "resnet20")
CASES = (
    Case("resnet20 on one", *RESNET, 1, 32),
    Case("resnet20, 2 copies", *RESNET, 2, 32),
    Case("resnet20, pipeline of 2", *RESNET, 2, 32, groups=2, microbatches=4),
    Case("alexnet, 2 columns", "alexnet.net", "alexnet", 2, 8),
    Case("resnet20, 4 copies", *RESNET, 4, 32),
    Case("resnet20, pipeline of 4", *RESNET, 4, 32, groups=4, microbatches=8),
    Case("resnet20, 2 copies of a pipeline of 2", *RESNET, 4, 32, groups=2, microbatches=4),
    Case("alexnet, 2 copies of 2 columns", "alexnet.net", "alexnet", 4, 8),
)


def main() -> None:
    """Prints for each case the predicted and the measured time of a step, and their ratio."""
    for count in sorted({case.processes for case in CASES}):
        for case, pairs in _launch(count).items():
            net = case.load()
            predicted = [_predict(net, case, machine) for machine, _ in pairs]
            measured = [seconds for _, seconds in pairs]
            ratios = sorted(a / b for a, b in zip(predicted, measured, strict=True))
            print(
                f"{case.title}: predicted / measured {median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f}, "
                f"{len(pairs)} pairs); medians {median(predicted) * 1e3:.0f} ms and "
                f"{median(measured) * 1e3:.0f} ms",
                flush=True,
            )


def _predict(net: Net, case: Case, machine: Machine) -> float:
    return net.estimate([case.processes], machine=machine, training=case.training)[0].step


def _cases(count: int) -> list[Case]:
    return [case for case in CASES if case.processes == count]


Pair = tuple[Machine, float]
"""The machine's numbers, and the seconds of a step right after."""


def _launch(count: int) -> dict[Case, list[Pair]]:
    """What the first of so many processes finds."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    with TemporaryDirectory() as folder:
        work = [
            context.Process(target=_work, args=(rank, count, str(Path(folder) / "store"), there), daemon=True)
            for rank in range(count)
        ]
        for process in work:
            process.start()
        there.close()
        try:
            if not here.poll(LONGEST):
                raise TimeoutError(f"{count} processes were not done in {LONGEST} s")
            found: dict[Case, list[Pair]] = here.recv()
        finally:
            for process in work:
                process.join(5)
                process.kill()
    return found


def _work(rank: int, count: int, store: str, there: Any) -> None:
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", store=dist.FileStore(store, count), rank=rank, world_size=count, timeout=PATIENCE
    )
    found = {case: _pairs(case) for case in _cases(count)}
    if rank == 0:
        there.send(found)
    dist.barrier()
    dist.destroy_process_group()


# ---- the machine ---------------------------------------------------------------------------------


class Gauge:
    """Measures this machine's numbers, with all processes at work, in pieces as long as a step."""

    def __init__(self) -> None:
        self.layer = nn.Conv2d(64, 64, 3, padding=1)
        self.image = torch.randn(16, 64, 16, 16, requires_grad=True)
        self.large = torch.randn(4 * 2**20, requires_grad=True)
        self.ones = torch.ones_like(self.large)
        self.small = nn.Sequential(*(nn.BatchNorm1d(4) if i % 2 else nn.ReLU() for i in range(40)))
        self.little = torch.randn(2, 4, requires_grad=True)

    def measure(self) -> Machine:
        """The mean of what the processes find."""
        found = [self._speed(), self._memory(), self._launch(), *self._link()]
        numbers = torch.tensor(found, dtype=torch.float64)
        dist.all_reduce(numbers)
        speed, memory, launch, bandwidth, latency = (numbers / dist.get_world_size()).tolist()
        return replace(
            MACHINES["laptop"],
            peak=speed,
            reached=1.0,
            memory_bandwidth=memory,
            launch=launch,
            node=dist.get_world_size(),
            inside=Link(bandwidth, latency),
        )

    def _speed(self) -> float:
        """FLOP/s of a convolution, forward and backward."""
        seconds = _seconds(lambda: self.layer(self.image).sum().backward(), 5)
        return 3 * 2 * 16 * 64 * 64 * 9 * 16 * 16 / seconds

    def _memory(self) -> float:
        """Bytes a second of a layer that computes next to nothing: what goes in and out, three times."""
        seconds = _seconds(lambda: F.relu(self.large).backward(self.ones), 5)
        return 3 * 2 * 4 * self.large.numel() / seconds

    def _launch(self) -> float:
        """Seconds of the forward of a layer with nothing to do; a step counts it three times."""
        return _seconds(lambda: self.small(self.little).sum().backward(), 30) / 40 / 3

    def _link(self) -> tuple[float, float]:
        """The way between neighbours, while all talk: bytes a second, and seconds before the first."""
        if dist.get_world_size() == 1:
            return MACHINES["laptop"].inside.bandwidth, MACHINES["laptop"].inside.latency
        small, large = self._there_and_back(1, 20), self._there_and_back(2**20, 5)
        return 4 * 2**20 / max(large - small, 1e-4), small

    def _there_and_back(self, size: int, times: int) -> float:
        value, rank = torch.zeros(size), dist.get_rank()

        def talk() -> None:
            for way in (0, 1):
                if rank % 2 == way:
                    dist.send(value, rank ^ 1)
                else:
                    dist.recv(value, rank ^ 1)

        return _seconds(talk, times) / 2


def _seconds(work: Callable[[], object], times: int = 1) -> float:
    """The time of one run of several, which all processes begin together."""
    dist.barrier()
    start = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - start) / times


# ---- steps ---------------------------------------------------------------------------------------


def _pairs(case: Case) -> list[Pair]:
    """The machine and a step, in turn."""
    gauge, step = Gauge(), _step(case)
    for _ in range(WARM_UP):
        gauge.measure()
        step()
    return [(gauge.measure(), _seconds(step)) for _ in range(PAIRS)]


def _step(case: Case) -> Callable[[], object]:
    """A training step of this process."""
    net = case.load()
    torch.manual_seed(0)  # the processes of one copy take the same samples
    image = torch.randn(case.batch, *net.inputs[0].output)
    target = torch.randint(10, (case.batch,))
    if case.groups:
        mesh = netcompiler.mesh(net, timeout=PATIENCE.total_seconds())
        pipe = net.pipeline(mesh, microbatches=case.microbatches, schedule="gpipe", loss=F.cross_entropy)
        return _stepped(pipe.module, lambda: pipe.step(image, target=target), ())
    if net.groups:
        mesh = netcompiler.mesh(net, timeout=PATIENCE.total_seconds())
        part = net.module(mesh=mesh)
        copies = mesh.get_group("data")
        return _stepped(part, lambda: F.cross_entropy(part(image), target).backward(), [copies])
    module = net.module()
    return _stepped(module, lambda: F.cross_entropy(module(image), target).backward(), [dist.group.WORLD])


def _stepped(module: nn.Module, backward: Callable[[], object], copies: Any) -> Callable[[], object]:
    """A step: gradients, their sum over the copies in one message, and the optimizer."""
    parameters = [p for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(parameters, lr=1e-6, momentum=0.9)

    def step() -> None:
        optimizer.zero_grad()
        backward()
        for group in copies:
            if dist.get_world_size(group) > 1:
                _sum(parameters, group)
        optimizer.step()

    return step


def _sum(parameters: list[nn.Parameter], group: Any) -> None:
    gradients = list(_gradients(parameters))
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat, group=group)
    start = 0
    for gradient in gradients:
        gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
        start += gradient.numel()


def _gradients(parameters: list[nn.Parameter]) -> Iterator[Tensor]:
    for parameter in parameters:
        if parameter.grad is not None:
            yield parameter.grad


if __name__ == "__main__":
    main()
