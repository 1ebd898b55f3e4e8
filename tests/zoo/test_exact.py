"""Interrupted anywhere and resumed, with everything on: the remaining losses and the weights, bit for bit."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from zoo import checkpoint
from zoo.errors import Interrupted
from zoo.metrics import Tally
from zoo.progress import Silent
from zoo.train import Result, train

EVERYTHING = (
    *("augment.mixup=0.2", "augment.cutmix=1.0", "augment.rand_augment=2", "augment.erase=0.2"),
    *("trainer.ema=0.9", "trainer.workers=2", "trainer.accumulate=2", "trainer.clip=5"),
    *("loss.smoothing=0.1", "optimizer=adamw", "schedule=plateau", "schedule.patience=0"),
    *("precision=fp16", "precision.growth_steps=5", "trainer.save_steps=5", "trainer.epochs=3"),
)

PROGRAM = """
import json, sys
from pathlib import Path
from zoo.config import one
from zoo.progress import Silent
from zoo.train import train
import torch
torch.set_num_threads(1)

class Noting(Silent):
    def step(self, epoch, step, loss, tally, waiting):
        with Path(sys.argv[1]).open("a") as file:
            file.write(json.dumps([step, loss]) + "\\n")

train(one(*sys.argv[2:]), shown=Noting())
"""


class Recorder(Silent):
    """Keeps the losses by step, and sends a signal after one of them."""

    def __init__(self, step: int | None = None, number: int = signal.SIGINT) -> None:
        self.at_step, self.number = step, number
        self.losses: dict[int, float] = {}
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        self.losses[step] = loss
        if step == self.at_step:
            signal.raise_signal(self.number)


@pytest.fixture
def whole(configure: Callable) -> tuple[Result, dict[int, float]]:
    straight = Recorder()
    return train(configure(*EVERYTHING, "name=whole"), shown=straight), straight.losses


def same_weights(one: Path, two: Path) -> bool:
    for name in ("last.safetensors", "best.safetensors"):
        first, second = load_file(one / name), load_file(two / name)
        if first.keys() != second.keys() or not all(torch.equal(first[key], second[key]) for key in first):
            return False
    states = [checkpoint.load_last(folder).state for folder in (one, two)]
    return all(same(states[0][key], states[1][key]) for key in ("optimizer", "schedule", "precision", "ema"))


def same(one: object, two: object) -> bool:
    if isinstance(one, torch.Tensor):
        return isinstance(two, torch.Tensor) and torch.equal(one, two)
    if isinstance(one, dict):
        return (
            isinstance(two, dict)
            and one.keys() == two.keys()
            and all(same(one[key], two[key]) for key in one)
        )
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))  # type: ignore[arg-type]
    return one == two


@pytest.mark.long
def test_the_same_seed_gives_the_same_run(configure: Callable, whole: tuple) -> None:
    again = Recorder()
    result = train(configure(*EVERYTHING, "name=again", "trainer.workers=0"), shown=again)
    assert again.losses == whole[1]
    assert same_weights(whole[0].folder.path, result.folder.path)


@pytest.mark.long
@pytest.mark.parametrize(("steps", "number"), [((7, 30, 31), signal.SIGINT), ((22, 44), signal.SIGTERM)])
def test_stopped_by_signals_again_and_again(
    configure: Callable, whole: tuple, steps: tuple[int, ...], number: int
) -> None:
    losses: dict[int, float] = {}
    for step in steps:
        recorder = Recorder(step, number)
        resume = f"resume={'true' if losses else 'false'}"
        with pytest.raises(Interrupted):
            train(configure(*EVERYTHING, "name=parts", resume), shown=recorder)
        assert not losses.keys() & recorder.losses.keys(), "nothing runs twice"
        losses |= recorder.losses
    recorder = Recorder()
    result = train(configure(*EVERYTHING, "name=parts", "resume=true"), shown=recorder)
    assert losses | recorder.losses == whole[1]
    assert same_weights(whole[0].folder.path, result.folder.path)


def killed(log: Path, after: int, *given: str) -> Iterator[tuple[int, float]]:
    """The steps of a run in a process of its own, killed some moments after step ``after``."""
    arguments = [sys.executable, "-c", PROGRAM, str(log), *given]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            done = len(log.read_text().splitlines()) if log.exists() else 0
            if done >= after:
                time.sleep(random.random() * 0.05)  # also within a step, or a checkpoint
                process.send_signal(signal.SIGKILL)
            time.sleep(0.002)
        assert process.returncode in {0, -signal.SIGKILL}, process.stderr.read() if process.stderr else ""
    for line in log.read_text().splitlines():
        step, loss = json.loads(line)
        yield step, loss


@pytest.mark.long
@pytest.mark.parametrize("background", ["true", "false"])
def test_killed_at_a_random_step(configure: Callable, spec: Path, whole: tuple, background: str) -> None:
    """SIGKILL leaves no time to save: the run goes on from the last checkpoint, five steps before at most."""
    given = (f"model.spec={spec}", *EVERYTHING, "name=killed", f"trainer.save_async={background}")
    for attempt, after in enumerate((random.randrange(6, 25), random.randrange(1, 20))):
        more = ("resume=true",) if checkpoint.exists(Path("runs/killed")) else ("overwrite=true",)
        for step, loss in killed(Path(f"log{attempt}"), after, *given, *more):
            assert whole[1][step] == loss
    recorder = Recorder()
    result = train(configure(*EVERYTHING, "name=killed", "resume=true"), shown=recorder)
    assert recorder.losses
    assert all(whole[1][step] == loss for step, loss in recorder.losses.items())
    assert max(recorder.losses) == max(whole[1])
    assert same_weights(whole[0].folder.path, result.folder.path)


@pytest.mark.parametrize("background", ["true", "false"])
def test_when_checkpoints_are_written_changes_nothing(configure: Callable, background: str) -> None:
    plain, often = Recorder(), Recorder()
    given = ("trainer.epochs=1", "trainer.ema=0.9")
    one = train(configure(*given, "name=plain", "trainer.save_minutes=null"), shown=plain)
    every = ("trainer.save_steps=1", f"trainer.save_async={background}", "trainer.save_minutes=1e-9")
    two = train(configure(*given, "name=often", *every), shown=often)
    assert plain.losses == often.losses
    assert same_weights(one.folder.path, two.folder.path)


def test_the_average_is_what_is_judged_and_kept_as_best(configure: Callable) -> None:
    result = train(configure("trainer.ema=0.5", "trainer.epochs=1", "name=a"))
    state = checkpoint.load_last(result.folder.path).state
    best = load_file(result.folder.path / "best.safetensors")
    assert same(state["ema"], best)
    assert not same(load_file(result.folder.path / "last.safetensors"), best)
