"""What the zoo chooses for speed, and that it says so."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import netcompiler
from zoo import config, fast, yamls
from zoo.model import shipped
from zoo.progress import Silent
from zoo.train import train

CPU, GPU = torch.device("cpu"), torch.device("cuda")


def net(name: str) -> netcompiler.Net:
    return netcompiler.load(str(shipped()[name].file), name)


@pytest.fixture
def with_bf16(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """A processor that multiplies in bfloat16, or one that does not."""

    def set_(has: bool) -> None:
        monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx512_bf16": has, "avx2": True})

    return set_


@pytest.mark.parametrize(
    ("has", "model", "given", "precision"),
    [
        (True, "resnet50", (), "bf16"),
        (True, "alexnet", (), "bf16"),
        (True, "lenet", (), "fp32"),
        (False, "resnet50", (), "fp32"),
        (True, "resnet50", ("precision=fp32",), "fp32"),
        (False, "resnet50", ("precision=bf16",), "bf16"),
        (True, "resnet50", ("recipe=resnet_2015", "data=digits"), "fp32"),
    ],
)
def test_precision(
    with_bf16: Callable[[bool], None], has: bool, model: str, given: tuple[str, ...], precision: str
) -> None:
    with_bf16(has)
    settled, line = fast.settle(config.one(f"model={model}", *given), net(model), CPU)
    assert settled.precision.name == precision
    assert line is not None
    assert (f"precision={precision}" in line) == (not given)


def test_memory_layout() -> None:
    flat = netcompiler.loads("net a(classes=3) {\n  input image [1, 8, 8]\n  flatten -> linear(classes)\n}\n")
    assert fast.channels_last(net("lenet"), CPU, "fp32")
    assert not fast.channels_last(flat, CPU, "fp32")
    assert not fast.channels_last(net("lenet"), GPU, "fp32")
    assert fast.channels_last(net("lenet"), GPU, "bf16")
    settled, line = fast.settle(config.one("trainer.channels_last=false"), net("lenet"), CPU)
    assert settled.trainer.channels_last is False
    assert "channels_last" not in (line or "")


def test_a_run_says_what_was_chosen_and_keeps_it(configure: Callable) -> None:
    said: list[str] = []

    class Recorder(Silent):
        def say(self, text: str) -> None:
            said.append(text)

    folder = train(configure("trainer.epochs=1"), shown=Recorder()).folder.path
    (line,) = (text for text in said if text.startswith("chosen for speed on this machine: "))
    assert "precision=fp32, trainer.channels_last=true" in line
    kept = yamls.load((folder / "config.yaml").read_text())
    assert kept["precision"]["name"] == "fp32"
    assert kept["trainer"]["channels_last"] is True


FAULTS = """
import resource, torch
from torch import nn
from zoo import allocator
print(allocator.keep_pages())
torch.set_num_threads(1)
net = nn.Sequential(*[nn.Conv2d(3 if i == 0 else 32, 32, 3, padding=1) for i in range(4)])
images = torch.rand(4, 3, 128, 128)
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    net(images).sum().backward()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults(), faults()
print(sum(faults() for _ in range(4)))
"""
"""Pages that the system gives a process in four training steps: by default those of all activations."""


def run_faults(**environment: str) -> tuple[str, int]:
    ran = subprocess.run(
        [sys.executable, "-c", FAULTS],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    kept, faults = ran.stdout.split()
    return kept, int(faults)


@pytest.mark.skipif(
    not hasattr(os, "confstr") or "CS_GNU_LIBC_VERSION" not in os.confstr_names, reason="no glibc"
)
def test_freed_memory_is_kept() -> None:
    kept, faults = run_faults()
    assert kept == "True"
    assert faults < 10_000
    kept, faults = run_faults(MALLOC_TRIM_THRESHOLD_="131072")
    assert kept == "False", "the user's own setting stands"
    assert faults > 100_000 or Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text().startswith(
        "[always]"
    )


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with musl and on macOS, whose libraries lack the functions, and on Windows."""
    from zoo import allocator

    for name in allocator.SET_BY_USER:
        monkeypatch.delenv(name, raising=False)

    def windows(_name: None) -> object:
        raise TypeError

    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())
    assert not allocator.keep_pages()
    monkeypatch.setattr("ctypes.CDLL", windows)
    assert not allocator.keep_pages()
