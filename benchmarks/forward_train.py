"""Compiled nets against torchvision's: forward and training step, eager, batch 16, the same weights.

In processor time of one thread: it does not count what else the machine does in between.
"""

from collections.abc import Callable
from time import process_time

import torch
from torch import nn

import netcompiler
from benchmarks.measure import ROOT, compare
from tests.peers import import_torchvision

BATCH = 16
NETS = {"resnet50": ("resnet.net", "resnet50"), "alexnet": ("alexnet_one.net", None)}


def main() -> None:
    """Prints four ratios."""
    torch.set_num_threads(1)
    for name, (spec, net) in NETS.items():
        ours = netcompiler.load(ROOT / "specs" / spec, net).module()
        theirs = import_torchvision().models.get_model(name)
        theirs.load_state_dict(ours.state_dict())
        compare(f"{name} forward", _forward(ours), _forward(theirs), 15, process_time)
        compare(f"{name} training step", _training_step(ours), _training_step(theirs), 9, process_time)


def _images() -> torch.Tensor:
    return torch.randn(BATCH, 3, 224, 224, generator=torch.Generator().manual_seed(0))


def _forward(model: nn.Module) -> Callable[[], object]:
    images = _images()

    def forward() -> None:
        model.eval()
        with torch.inference_mode():
            model(images)

    return forward


def _training_step(model: nn.Module) -> Callable[[], object]:
    images, labels = _images(), torch.arange(BATCH)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    def step() -> None:
        model.train()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()

    return step


if __name__ == "__main__":
    main()
