"""The two-column AlexNet on two gloo processes of one thread each, against one process of two threads.

The net, batch, loss and optimizer are the same, and so are the first weights; dropout draws other masks.
A step is timed on the clock, in turn. What each process sends in a step is compared with what `Net.partition`
predicts, byte for byte, and the memory that each uses at its peak, over what it used before the net was made,
with that of the one process.
"""

import json
import os
import resource
import socket
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch.nn.functional import cross_entropy

import netcompiler
from benchmarks.measure import ROOT, compare
from benchmarks.side import Pause, Side

BATCH, ROUNDS = 8, 5
CLASSES = 1000


def main() -> None:
    """Prints the ratio of the times of a step, bytes and memory."""
    net = load()
    with TemporaryDirectory() as folder:
        notes = [Path(folder) / name for name in (*net.groups, "whole")]
        port = free_port()
        parts = [Side(part, rank, port, str(notes[rank])) for rank in range(2)]
        whole = Side(one_process, str(notes[-1]))

        def both() -> None:
            for side in parts:
                side.begin()
            for side in parts:
                side.finish()

        compare(f"AlexNet training step, batch {BATCH}, 2 processes / 1", both, whole, ROUNDS)
        for side in (*parts, whole):
            side.end()
        said = {note.name: json.loads(note.read_text()) for note in notes}
    print(f"  whole: {said['whole']['memory'] / 2**20:.0f} MiB at its peak")
    for group in net.groups:
        sent = net.partition().sent(group)
        predicted = [BATCH * sent.forward, BATCH * sent.backward]
        assert said[group]["bytes"] == predicted, (said[group], predicted)
        share = said[group]["memory"] / said["whole"]["memory"]
        bytes_sent = " and ".join(f"{count:,}" for count in predicted)
        print(f"  {group}: {said[group]['memory'] / 2**20:.0f} MiB at its peak, {share:.2f} of the whole")
        print(f"  {group} sends {bytes_sent} bytes a step, forward and backward, as predicted", flush=True)


def load() -> netcompiler.Net:
    """The net, with the file that the repository has."""
    return netcompiler.load(ROOT / "specs" / "alexnet.net", classes=CLASSES)


def free_port() -> int:
    """One that nothing listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def part(pause: Pause, rank: int, port: int, note: str) -> None:
    """The process of one group."""
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    torch.set_num_threads(1)
    net = load()
    pause()  # until the other one is there too
    mesh = netcompiler.mesh(net, device="cpu", timeout=300)
    before = memory()
    torch.manual_seed(0)
    module = net.module(mesh=mesh)
    sent = netcompiler.part_of(module)[1].sent
    train(pause, module, Path(note), before, lambda: [sent.forward, sent.backward])


def one_process(pause: Pause, note: str) -> None:
    """The whole net."""
    torch.set_num_threads(2)
    net = load()
    before = memory()
    torch.manual_seed(0)
    train(pause, net.module(), Path(note), before, lambda: [0, 0])


def train(
    pause: Pause, module: torch.nn.Module, note: Path, before: int, sent: Callable[[], list[int]]
) -> None:
    """Steps without end; after each a note of the peak of memory and the bytes sent in it."""
    optimizer = torch.optim.SGD(module.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    torch.manual_seed(1)
    images, classes = torch.randn(BATCH, 3, 224, 224), torch.arange(BATCH)
    while True:
        start = sent()
        optimizer.zero_grad()
        cross_entropy(module(images), classes).backward()
        optimizer.step()
        count = [now - then for now, then in zip(sent(), start, strict=True)]
        note.write_text(json.dumps({"memory": memory() - before, "bytes": count}))
        pause()


def memory() -> int:
    """The most memory that this process has used so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
