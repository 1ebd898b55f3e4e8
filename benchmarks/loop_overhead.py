"""What the zoo's loop costs over a bare loop that does the same work, written by hand: whole epochs.

Both train the same net on the same images with the same optimizer and schedule, in the same memory layout,
with the same allocator, and validate after each epoch. The zoo's also counts top-5 errors, checks for numbers
that are not finite, draws every step's random numbers anew so that it could be resumed, and keeps its run
folder: a checkpoint an epoch, metrics and TensorBoard events. The bare one keeps nothing. In processor time
of one thread, all of it counted, that of the thread which writes checkpoints too.
"""

from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from benchmarks.measure import compare
from benchmarks.side import Pause, Side
from zoo import allocator, config
from zoo.data import DATASETS
from zoo.data.base import DataSet, Split
from zoo.history import Row
from zoo.model import fit
from zoo.progress import Silent
from zoo.train import train

ROUNDS = 9
EPOCHS = 2 * ROUNDS + 2
RUNS = {
    "resnet20 on 2,048 images of 32×32, batch 128": (
        *("model=resnet20", "data=fake", "data.size=32", "data.classes=10", "augment=none"),
        *("data.count=2048", "data.val_count=512", "trainer.batch_size=128"),
    ),
    "resnet20 on digits of 8×8, batch 64": ("model=resnet20", "augment=none", "trainer.batch_size=64"),
}
ALWAYS = ("precision=fp32", "trainer.threads=1", f"trainer.epochs={EPOCHS}", "schedule.warmup=0")


def main() -> None:
    """Prints a ratio for each run: 1.02 is an overhead of 2 %."""
    for name, overrides in RUNS.items():
        with TemporaryDirectory() as folder:
            ours, theirs = Side(zoo, overrides, folder), Side(bare, overrides)
            compare(
                f"an epoch of {name}, zoo / bare loop",
                ours,
                theirs,
                ROUNDS,
                lambda: ours.cpu + theirs.cpu,  # noqa: B023
            )
            ours.end()
            theirs.end()


def zoo(pause: Pause, overrides: tuple[str, ...], folder: str) -> None:
    """``zoo train``, which pauses after each epoch."""

    class Paced(Silent):
        def epoch(self, row: Row, best: bool) -> None:
            pause()

    train(config.one(*overrides, *ALWAYS, f"runs={folder}"), shown=Paced())


def bare(pause: Pause, overrides: tuple[str, ...]) -> None:
    """A loop as one writes it for a single experiment."""
    allocator.keep_pages()
    options = config.one(*overrides, *ALWAYS)
    torch.set_num_threads(1)
    source = DATASETS.build(options.data)
    data = source.open()
    module = fit(options.model, source).module(torch.device("cpu")).to(memory_format=torch.channels_last)
    own: Any = options.optimizer
    optimizer = torch.optim.SGD(
        module.parameters(), lr=own.lr, momentum=own.momentum, weight_decay=own.weight_decay
    )
    batch = options.trainer.batch_size
    training = DataLoader(Images(data.train), batch, shuffle=True, drop_last=True)
    validation = DataLoader(Images(data.val), batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * len(training))
    while True:
        module.train()
        total, correct = 0.0, 0
        for images, labels in training:
            optimizer.zero_grad()
            output = module(scaled(images, data))
            loss = nn.functional.cross_entropy(output, labels)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
            correct += int((output.argmax(1) == labels).sum())
        module.eval()
        with torch.inference_mode():
            for images, labels in validation:
                output = module(scaled(images, data))
                total += nn.functional.cross_entropy(output, labels).item()
                correct += int((output.argmax(1) == labels).sum())
        pause()


class Images(Dataset[tuple[Tensor, int]]):
    """uint8 [channels, side, side] and the class."""

    def __init__(self, split: Split) -> None:
        self.split = split

    def __len__(self) -> int:
        return len(self.split.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        pixels: Any = self.split.picture(index)
        return torch.from_numpy(pixels.array).permute(2, 0, 1), self.split.labels[index]


def scaled(images: Tensor, data: DataSet) -> Tensor:
    """As a transform does it, on the batch: [0, 1], less the mean, divided by the deviation."""
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in (data.mean, data.std))
    made = images.float().div_(255).sub_(mean).div_(std)
    return made.contiguous(memory_format=torch.channels_last)


if __name__ == "__main__":
    main()
