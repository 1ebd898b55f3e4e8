"""Several processes train as one would: the same errors, gradients that are the same mean, exact resume."""

import json
import random
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.zoo.group import MEMBER, Group, losses, members, started, torchrun
from zoo import checkpoint
from zoo.history import read
from zoo.metrics import Tally
from zoo.progress import Silent
from zoo.train import train

PLAIN = """\
block part(width) { conv(width, 3, padding=1) -> relu }
net plain(classes=10, width=8) {
  input image [1, 8, 8]
  part(width) -> part(width) -> flatten -> fc: linear(classes)
}
"""
SHORT = ("trainer.epochs=1", "trainer.steps=5", "schedule.warmup=0", "trainer.batch_size=33", "optimizer.lr=0.1")
EVERYTHING = (
    *("augment.mixup=0.2", "augment.cutmix=1.0", "augment.rand_augment=2", "augment.erase=0.2"),
    *("trainer.ema=0.9", "trainer.workers=1", "trainer.accumulate=2", "trainer.clip=5"),
    *("loss.smoothing=0.1", "optimizer=adamw", "schedule=plateau", "schedule.patience=0"),
    *("precision=fp16", "precision.growth_steps=5", "trainer.save_steps=5", "trainer.epochs=2"),
)


class Recorder(Silent):
    """Keeps the losses by step."""

    def __init__(self) -> None:
        self.losses: dict[int, float] = {}

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        self.losses[step] = loss


def weights(name: str, file: str = "last") -> dict[str, torch.Tensor]:
    return load_file(f"runs/{name}/{file}.safetensors")


def apart(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> float:
    """The greatest difference of two nets' weights."""
    assert one.keys() == two.keys()
    return max(float((one[name].double() - two[name].double()).abs().max()) for name in one)


def rows(name: str) -> list[tuple[float, ...]]:
    """Of metrics.csv, what no clock decides."""
    return [tuple(vars(row).values())[:-4] for row in read(Path(f"runs/{name}/metrics.csv"))]


def of(group: Group) -> None:
    for code, _, errors in group.ended():
        assert code == 0, errors
        assert errors == ""


@pytest.mark.long
def test_two_train_as_one(configure: Callable, spec: Path, tmp_path: Path) -> None:
    (tmp_path / "plain.net").write_text(PLAIN)
    ways = {
        "ddp": (),
        "parts": ("trainer.accumulate=3", "trainer.clip=0.5"),
        "ema": ("trainer.ema=0.5", "optimizer=adamw", "optimizer.lr=0.01"),
        "binary": ("loss=binary", "optimizer=lamb", "optimizer.lr=0.01"),
        "norm": (f"model.spec={spec}", "trainer.sync_batchnorm=true", "trainer.accumulate=2"),
    }
    base = ("model.spec=plain.net", "trainer.progress=none", *SHORT)
    spec.write_text(spec.read_text().replace("dropout(0.1) -> ", ""))
    runs = [(*base, *more, f"name={name}-{kind}", f"trainer.parallel={kind}")
            for name, more in ways.items() for kind in ("ddp", "fsdp")]
    with members(tmp_path / "log", *map(_last, runs)) as group:
        of(group)
    seen = losses(tmp_path / "log")
    for name, more in ways.items():
        alone = Recorder()
        from zoo.config import one
        train(one(*_last((*base, *more, f"name={name}"))), shown=alone)
        for kind in ("ddp", "fsdp"):
            two = seen[f"{name}-{kind}"]
            print(name, kind, max(abs(two[s]-alone.losses[s]) for s in two), apart(weights(name), weights(f"{name}-{kind}")), apart(weights(name,"best"), weights(f"{name}-{kind}","best")), rows(name), rows(f"{name}-{kind}"))


def _last(given: Sequence[str]) -> list[str]:
    return list({text.partition("=")[0]: text for text in given}.values())
