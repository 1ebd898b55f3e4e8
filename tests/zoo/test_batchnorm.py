"""``zoo batchnorm``: statistics over all training images."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from zoo import checkpoint, trained
from zoo.data.arrays import ArraySplit
from zoo.norm_statistics import Moments, recompute
from zoo.trained import Classifier

CPU = torch.device("cpu")


def classifier(run: Path) -> Classifier:
    return trained.classifier(trained.load(run / "best.safetensors", CPU), "fp32")


def convolved(net: Classifier, images: np.ndarray) -> Tensor:
    """What the small net's only batch norm gets, in double precision."""
    values = net.to_input(torch.from_numpy(images).permute(0, 3, 1, 2)).double()
    (weight,) = (p for p in net.module.parameters() if p.ndim == 4)
    return torch.nn.functional.conv2d(values, weight.double(), padding=1)


@pytest.mark.parametrize("batch_size", [3, 5, 19, 64])
def test_they_are_mean_and_variance_over_all_images(run: Path, batch_size: int) -> None:
    """Whatever the batches are; 19 images leave one over in batches of 3."""
    images = np.random.default_rng(0).integers(0, 256, (19, 8, 8, 1), dtype=np.uint8)
    net = classifier(run)
    values = convolved(net, images)
    assert recompute(net, ArraySplit(images, [0] * 19), None, 0, batch_size, 0) == 1
    (norm,) = (m for m in net.module.modules() if isinstance(m, torch.nn.BatchNorm2d))
    assert norm.running_mean is not None
    assert norm.running_var is not None
    assert torch.allclose(norm.running_mean.double(), values.mean((0, 2, 3)), rtol=1e-5, atol=1e-6)
    assert torch.allclose(norm.running_var.double(), values.var((0, 2, 3), correction=0), rtol=1e-5)
    assert norm.momentum == 0.1
    assert not norm.training


def test_moments_of_batches_are_those_of_all() -> None:
    values = 100 + torch.randn(50, 4, 3, 3, dtype=torch.float64).float()
    parts = Moments(4)
    for part in values.split([1, 20, 29]):
        parts.add(part)
    mean, variance = parts.result()
    assert torch.allclose(mean, values.double().mean((0, 2, 3)), atol=1e-5)
    assert torch.allclose(variance, values.double().var((0, 2, 3), correction=0), rtol=1e-3)


def test_the_command_writes_a_weights_file(zoo: Callable, run: Path, tmp_path: Path) -> None:
    ran = zoo("batchnorm", f"checkpoint={run}", "-o", "new.safetensors", "batch_size=100")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "new.safetensors: statistics of 1 batch norms over 1,437 training images of digits\n"
    old, new = load_file(run / "best.safetensors"), load_file(tmp_path / "new.safetensors")
    changed = {name for name in old if not torch.equal(old[name], new[name])}
    assert {name.rpartition(".")[2] for name in changed} == {
        "running_mean",
        "running_var",
        "num_batches_tracked",
    }
    assert checkpoint.about(tmp_path / "new.safetensors")["statistics"] == "1,437 training images of digits"
    before, after = (
        json.loads(zoo("evaluate", f"checkpoint={path}", "data=digits", "--json").out)
        for path in (run / "best.safetensors", tmp_path / "new.safetensors")
    )
    assert after["loss"] != before["loss"]
    assert after["top1_error"] <= before["top1_error"] + 0.05


def test_the_same_seed_gives_the_same_weights(zoo: Callable, run: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = ("images=200", "batch_size=64", "seed=3")
        assert zoo("batchnorm", f"checkpoint={run}", "-o", f"{name}.safetensors", *words).code == 0
    first, second = (load_file(tmp_path / f"{name}.safetensors") for name in ("a", "b"))
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "-o FILE.safetensors is missing"),
        (("-o", "a.pt"), "-o a.pt: a .safetensors file in a folder that exists is expected"),
        (("-o", "no/a.safetensors"), "a .safetensors file in a folder that exists"),
        (("-o", "a.safetensors", "image=3"), "image: no such option of zoo batchnorm; did you mean images?"),
    ],
)
def test_mistakes(zoo: Callable, run: Path, words: tuple[str, ...], message: str) -> None:
    ran = zoo("batchnorm", f"checkpoint={run}", *words)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err
