"""``zoo bench``: images a second and memory."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from zoo import bench, config
from zoo.bench import NO_MEMORY, Speed


def test_a_row_for_each_precision_and_batch(zoo: Callable, spec: Path) -> None:
    words = (f"model.spec={spec}", "batch=2,64", "precision=fp32", "seconds=0.02", "trainer.threads=1")
    ran = zoo("bench", *words, "--json")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert found["input"] == [1, 8, 8]
    assert [(row["precision"], row["batch"]) for row in found["rows"]] == [("fp32", 2), ("fp32", 64)]
    for row in found["rows"]:
        for speed in (row["forward"], row["training"]):
            assert speed["images_per_second"] == pytest.approx(row["batch"] / speed["seconds"])
            assert speed["repeats"] >= bench.LEAST
            assert 100 < speed["memory"] < 2000
        assert row["forward"]["seconds"] < row["training"]["seconds"]
        assert row["forward"]["memory"] <= row["training"]["memory"]


def test_the_table(zoo: Callable, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speed = Speed(0.5, 0.031, 64.0, 512.0, 5)
    rows = [bench.Row("bf16", 32, speed, NO_MEMORY)]
    monkeypatch.setattr(bench, "measure", lambda *_: rows)
    monkeypatch.setattr("os.getloadavg", lambda: (7.0, 0.0, 0.0))
    ran = zoo("bench", f"model.spec={spec}", "trainer.threads=1")
    assert ran.out.startswith(
        "tiny: 1,378 parameters, 5,888 multiply-accumulates an image of 1×8×8\ncpu, 1 thread ("
    )
    assert "Other programs keep 7.0 processors busy" in ran.out
    assert ran.out.splitlines()[-1].split() == [
        "bf16",
        "32",
        "64.0",
        "3.1%",
        "0.50",
        "GiB",
        *NO_MEMORY.split(),
    ]


def test_the_work_is_that_of_training(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[tuple[int, bool]] = []
    step = bench.loop.step

    def counted(parts: bench.loop.Parts, batch: bench.Batch, position: bench.Position) -> object:
        steps.append((len(batch.images), parts.module.training))
        return step(parts, batch, position)

    monkeypatch.setattr(bench.loop, "step", counted)
    given = config.one(f"model.spec={spec}", "trainer.threads=1")
    forward, training = bench._both(bench._with(bench.with_noise(given), "bf16", 5), 0.0)
    assert isinstance(forward, Speed)
    assert isinstance(training, Speed)
    assert steps == [(5, True)] * (bench.WARM_UP + bench.LEAST)


def test_memory_that_ends_is_a_row() -> None:
    built = bench.loop.Parts.__new__(bench.loop.Parts)
    built.device = torch.device("cpu")

    def too_much() -> None:
        torch.empty(2**52)

    def one_image() -> None:
        torch.nn.BatchNorm1d(3)(torch.zeros(1, 3))

    assert bench._tried(too_much, built, 0.0, 1) == NO_MEMORY
    assert bench._tried(one_image, built, 0.0, 1) == "takes more images"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("batch=0",), "batch=[0]: must be at least 1"),
        (("batch=two",), "batch[0]=two: a whole number is expected"),
        (("precision=fp8",), "precision=fp8: one or more of fp32, bf16, fp16 are expected"),
        (("bach=2",), "bach: no such option of zoo bench; did you mean batch?"),
        (("runs=a",), "runs: no such option of zoo bench"),
        (("model=resnet5",), "model=resnet5: no such choice; did you mean"),
        (("trainer.thread=1",), "trainer.thread: no such option; did you mean trainer.threads?"),
    ],
)
def test_mistakes_are_one_line(zoo: Callable, words: tuple[str, ...], message: str) -> None:
    ran = zoo("bench", *words)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert message in ran.err


def test_data_that_is_too_little(zoo: Callable, photos: Path) -> None:
    ran = zoo(
        "bench", "model=resnet20", "data=imagefolder", f"data.root={photos}", "batch=200", "seconds=0.01"
    )
    assert ran.code == 1
    assert "batch=200: the data has only" in ran.err
