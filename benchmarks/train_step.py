"""`zoo train model=resnet50 data=fake` against the step of torchvision's reference, batch 16, step by step.

Ours is the whole command: reading, counting errors, and all else that a run does between two steps. Theirs is
the inner loop of references/classification/train.py on a batch that is there already: eager, 32 bits,
contiguous, with its optimizer and its counting of errors. Each side has a process of its own, since ours sets
the allocator. On the clock, with a thread for each core: the machine must be idle.

With it comes what no step can be faster than: its multiply-accumulates at the speed of a large product.
"""

from tempfile import TemporaryDirectory
from time import perf_counter

import torch
from torch import nn

import netcompiler
from benchmarks.measure import ROOT, compare
from benchmarks.side import Pause, Side
from tests.peers import import_torchvision
from zoo import config
from zoo.metrics import Tally
from zoo.progress import Silent
from zoo.train import train

BATCH, ROUNDS = 16, 9
WARM_UP = 2
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def main() -> None:
    """Prints a ratio for each precision, and images/s."""
    for precision, dtype in DTYPES.items():
        with TemporaryDirectory() as folder:
            ours, theirs = Side(zoo, precision, folder), Side(reference)
            title = f"resnet50 training step, zoo in {precision} / torchvision's reference"
            a, b = compare(title, ours, theirs, ROUNDS)
            print(f"  {BATCH / a:.2f} images/s against {BATCH / b:.2f}: {b / a:.2f} times", flush=True)
            ours.end()
            theirs.end()
        least = operations() / product(dtype)
        print(f"  products alone, at the speed of a large one: {least * 1e3:.0f} ms, {b / least:.2f} times")


def operations() -> float:
    """Floating-point operations of a step: two for each multiply-accumulate, forward and twice backward."""
    net = netcompiler.load(ROOT / "specs/resnet.net", "resnet50")
    stem = next(layer.macs for layer in net.layers if layer.weights)  # the images want no gradient
    return 2.0 * BATCH * (3 * net.macs - stem)


def product(dtype: torch.dtype, side: int = 2048, times: int = 10) -> float:
    """Operations a second in products of two square matrices."""
    a, b = torch.randn(2, side, side).to(dtype)
    a @ b
    start = perf_counter()
    for _ in range(times):
        a @ b
    return times * 2 * side**3 / (perf_counter() - start)


def zoo(pause: Pause, precision: str, folder: str) -> None:
    """The command, which pauses after each step."""

    class Paced(Silent):
        def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
            if step >= WARM_UP:
                pause()

    steps = WARM_UP + 2 * ROUNDS
    options = ("model=resnet50", "data=fake", f"data.count={BATCH * steps}", "data.val_count=1")
    how = (f"precision={precision}", f"trainer.batch_size={BATCH}", f"runs={folder}")
    train(config.one(*options, *how), shown=Paced())


def reference(pause: Pause) -> None:
    """Torchvision's ``train_one_epoch``."""
    model = import_torchvision().models.resnet50().train()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    image, target = torch.randn(BATCH, 3, 224, 224), torch.arange(BATCH)
    done = 0
    while True:
        output = model(image)
        loss = criterion(output, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        _accuracy(output, target)
        loss.item()
        done += 1
        if done >= WARM_UP:
            pause()


def _accuracy(output: torch.Tensor, target: torch.Tensor) -> list[float]:
    with torch.inference_mode():
        _, guesses = output.topk(5, 1)
        correct = guesses.t().eq(target[None])
        return [float(correct[:k].flatten().sum() * (100.0 / len(target))) for k in (1, 5)]


if __name__ == "__main__":
    main()
