"""Several processes train as one would: the same errors, gradients of the same mean, exact resume."""

import random
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from tests.zoo.group import Run, free_port, member, noted, together, torchrun
from zoo import checkpoint, processes
from zoo.config import one
from zoo.errors import Interrupted, UserError
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
net normed(classes=10, width=8) {
  input image [1, 8, 8]
  conv(width, 3, padding=1) -> batchnorm -> relu -> conv(width, 3) -> batchnorm -> flatten -> linear(classes)
}
net tiny(classes=10, width=8) {
  input image [1, 8, 8]
  conv(width, 3, padding=1, bias=false) -> batchnorm -> relu -> maxpool(2)
  dropout(0.1) -> flatten -> fc: linear(classes)
}
"""
# A batch that neither two processes nor their parts divide.
SHORT = (
    "trainer.steps=5",
    "schedule.warmup=0",
    "trainer.batch_size=33",
    "optimizer.lr=0.02",
    "precision=fp32",
)
MANY = ("trainer.accumulate=3", "trainer.clip=0.5", "trainer.ema=0.5", "optimizer=adamw")
WAYS = {
    "plain": (),
    "many": MANY,
    "lamb": ("optimizer=lamb", "loss=binary", "trainer.recompute=true"),
    "normed": ("model.net=normed", "trainer.sync_batchnorm=true", "trainer.accumulate=2"),
}
KINDS = {"plain": ("ddp",), "many": ("ddp", "fsdp"), "lamb": ("fsdp",), "normed": ("ddp", "fsdp")}
EVERYTHING = (
    *("model.net=tiny", "augment.mixup=0.2", "augment.cutmix=1.0", "augment.rand_augment=2"),
    *("augment.erase=0.2", "trainer.ema=0.9", "trainer.workers=1", "trainer.accumulate=2", "trainer.clip=5"),
    *("loss.smoothing=0.1", "optimizer=adamw", "schedule=plateau", "schedule.patience=0"),
    *("precision=fp16", "precision.growth_steps=5", "trainer.save_steps=5", "trainer.epochs=2"),
)


class Recorder(Silent):
    """Keeps the losses by step, and sends a signal after one of them."""

    def __init__(self, stop: int | None = None) -> None:
        self.stop = stop
        self.losses: dict[int, float] = {}

    def step(self, epoch: int, step: int, loss: float, tally: Tally, waiting: float) -> None:
        self.losses[step] = loss
        if step == self.stop:
            signal.raise_signal(signal.SIGTERM)


def run(name: str, *more: str, stop: int | None = None) -> Run:
    """A run of the specs above; a later override of an option takes the place of an earlier one."""
    given = ("model.spec=nets.net", "model.net=plain", "trainer.progress=none", *more, f"name={name}")
    return list({text.partition("=")[0]: text for text in given}.values()), stop


def alone(name: str, *more: str, stop: int | None = None) -> dict[int, float]:
    """The same by this process alone; its losses."""
    recorder = Recorder(stop)
    try:
        train(one(*run(name, *more)[0]), shown=recorder)
    except Interrupted:
        assert stop
    return recorder.losses


def weights(folder: Path, file: str = "last") -> dict[str, torch.Tensor]:
    return load_file(folder / f"{file}.safetensors")


def apart(first: Path, second: Path, file: str = "last") -> float:
    """The greatest difference of two nets' weights."""
    ours, theirs = weights(first, file), weights(second, file)
    assert ours.keys() == theirs.keys()
    return max(float((ours[name].double() - theirs[name].double()).abs().max()) for name in ours)


def rows(folder: Path) -> list[dict[str, float]]:
    return [vars(row) for row in read(folder / "metrics.csv")]


@pytest.fixture(autouse=True)
def _specs(tmp_path: Path) -> None:
    (tmp_path / "nets.net").write_text(PLAIN)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where two processes have made all the runs that the tests of this module look at."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "nets.net").write_text(PLAIN)
    photos = folder / "photos"
    for part in ("train", "val"):
        for name in ("a", "b"):
            (photos / part / name).mkdir(parents=True)
            for number in range(8):
                Image.new("RGB", (20, 20), (30 * number, 99, 0)).save(photos / part / name / f"{number}.png")
    for number in (1, 2):
        (photos / "train" / "a" / f"{number}.png").write_bytes(b"nothing")
    (folder / "broken" / "train").mkdir(parents=True)
    shutil.copytree(photos / "val", folder / "broken" / "train", dirs_exist_ok=True)
    shutil.copytree(photos / "val", folder / "broken" / "val")
    (folder / "broken" / "val" / "b" / "7.png").write_bytes(b"nothing")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        _alone_first()
        with together(member(folder / "log", *_runs())) as group:
            ended = group.ended()
        torch.set_num_threads(threads)
    assert [code for code, _, _ in ended] == [0, 0], ended
    assert "".join(out + errors for _, out, errors in ended) == ""
    return folder


IMAGES = ("data=imagefolder", "data.size=8", "model.net=tiny", "trainer.batch_size=6", "trainer.epochs=2")
IMAGES = (*IMAGES, "augment=none", "precision=fp32")
JUDGED = ("model.net=tiny", "trainer.batch_size=150", "trainer.epochs=1", "precision=fp32")


def _alone_first() -> None:
    """What one process begins and two go on with."""
    alone("judged", *JUDGED, stop=9)
    for kind in ("ddp", "fsdp"):
        shutil.copytree("runs/judged", f"runs/judged-{kind}")
    alone("judged", *JUDGED, "resume=true")
    alone("one-two", *SHORT, *MANY, stop=3)


def _runs() -> list[Run]:
    ways = [
        run(f"{name}-{kind}", *SHORT, *more, f"trainer.parallel={kind}")
        for name, more in WAYS.items()
        for kind in KINDS[name]
    ]
    judged = [
        run(f"judged-{kind}", *JUDGED, f"trainer.parallel={kind}", "resume=true") for kind in ("ddp", "fsdp")
    ]
    return [
        *ways,
        *judged,
        run("one-two", *SHORT, *MANY, "trainer.parallel=fsdp", "resume=true"),
        run("two-one", *SHORT, *MANY, "trainer.parallel=fsdp", stop=3),
        run("broken", *IMAGES, "data.root=photos"),
        run("too-many", *IMAGES, "data.root=photos", "trainer.broken=0"),
        run("broken-val", *IMAGES, "data.root=broken"),
        run("plain-ddp", *SHORT),
        run("small", "trainer.batch_size=1"),
        run("tiny", "model.net=tiny", "trainer.steps=3", "schedule.warmup=0", "precision=fp32"),
    ]


@pytest.mark.long
class TestTwo:
    """What two processes do is what one does."""

    @pytest.mark.parametrize("name", WAYS)
    def test_they_compute_what_one_does(self, place: Path, name: str) -> None:
        losses = alone(name, *SHORT, *WAYS[name])
        for kind in KINDS[name]:
            folder, own = place / "runs" / f"{name}-{kind}", Path("runs") / name
            seen = noted(place / "log")[f"{name}-{kind}"]
            seen.pop("error", None)  # of the run that was to take the same folder
            assert seen == pytest.approx(losses, abs=2e-6)
            assert apart(own, folder) < 2e-6
            assert apart(own, folder, "best") < 2e-6
            (ours,), (theirs,) = rows(own), rows(folder)
            for column in ("train_top1_error", "train_top5_error", "val_top1_error", "val_top5_error", "lr"):
                assert ours[column] == theirs[column]

    @pytest.mark.parametrize("kind", ["ddp", "fsdp"])
    def test_validation_is_the_same_to_the_last_bit(self, place: Path, kind: str) -> None:
        """Of 360 images in batches of 150: two batches for one process, a smaller one for the other."""
        (ours,), (theirs,) = rows(place / "runs" / "judged"), rows(place / "runs" / f"judged-{kind}")
        for column in ("val_loss", "val_top1_error", "val_top5_error"):
            assert ours[column] == theirs[column]
        assert ours["val_top1_error"] * 360 == pytest.approx(round(ours["val_top1_error"] * 360))

    def test_what_two_began_one_goes_on_with(self, place: Path) -> None:
        whole = alone("whole", *SHORT, *MANY)
        shutil.copytree(place / "runs" / "two-one", "runs/two-one")
        assert checkpoint.load_last(Path("runs/two-one")).position.step == 3, "one signal stopped both"
        rest = alone("two-one", *SHORT, *MANY, "resume=true")
        assert rest == pytest.approx({step: whole[step] for step in (4, 5)}, abs=2e-6)
        assert apart(Path("runs/whole"), Path("runs/two-one")) < 2e-6
        assert noted(place / "log")["one-two"] == pytest.approx(rest, abs=2e-6)
        assert apart(Path("runs/whole"), place / "runs" / "one-two") < 2e-6
        assert apart(Path("runs/whole"), place / "runs" / "one-two", "best") < 2e-6
        states = [
            checkpoint.load_last(folder).state["optimizer"]
            for folder in (Path("runs/whole"), place / "runs" / "one-two")
        ]
        assert states[0].keys() == states[1].keys()
        for parameter, state in states[0].items():
            assert state.keys() == states[1][parameter].keys()
            for name, value in state.items():
                assert torch.allclose(value, states[1][parameter][name], atol=1e-6), (parameter, name)

    def test_broken_images_of_both_are_counted(self, place: Path) -> None:
        position = checkpoint.load_last(place / "runs" / "broken").position
        assert {text.partition(": ")[0].rpartition("/")[2] for text in position.broken} == {"1.png", "2.png"}

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("too-many", "trainer.broken=0 are passed over. The run is saved after step"),
            ("broken-val", "broken/val/b/7.png: broken image: not an image"),
            ("plain-ddp", "runs/plain-ddp: holds a run already; resume=true goes on with it"),
            ("small", "trainer.batch_size=1: fewer than the 2 processes"),
        ],
    )
    def test_an_error_of_one_is_an_error_of_both(self, place: Path, name: str, message: str) -> None:
        assert message in str(noted(place / "log")[name]["error"])

    def test_statistics_are_those_of_all_images(self, place: Path) -> None:
        """Each moves by its own images' mean; what is kept is the mean of both."""
        kept = weights(place / "runs" / "tiny")
        again = alone("tiny", "model.net=tiny", "trainer.steps=3", "schedule.warmup=0", "precision=fp32")
        assert again
        name = next(name for name in kept if name.endswith("running_mean"))
        assert torch.allclose(kept[name], weights(Path("runs/tiny"))[name], atol=0.02)


def stopped(command: Sequence[str], log: Path, name: str, after: int, how: str) -> None:
    """Run until some moments after a step, then SIGTERM to torchrun, or SIGKILL to every process."""
    with torchrun(*command[1:]) if how == "term" else together(command) as group:
        group.wait_for(lambda: len(noted(log).get(name, ())) >= after)
        time.sleep(random.random() * 0.05)  # also within a step, or a checkpoint
        if how == "term":
            group.processes[0].send_signal(signal.SIGTERM)
            group.ended()
        else:
            group.kill()


@pytest.mark.long
def test_two_go_on_exactly(tmp_path: Path) -> None:
    """Whole, SIGTERM to torchrun, SIGKILL to all at a random step: the same losses and weights to a bit."""
    for name, how in (("term", "term"), ("kill", "kill")):
        after = random.randrange(6, 38)
        log = tmp_path / f"log-{name}"
        stopped(member(log, run(name, *EVERYTHING)), log, name, after, how)
        assert checkpoint.exists(tmp_path / "runs" / name)
    runs = [run("whole", *EVERYTHING), *(run(name, *EVERYTHING, "resume=true") for name in ("term", "kill"))]
    with together(member(tmp_path / "log", *runs)) as group:
        assert [code for code, _, _ in group.ended()] == [0, 0]
    whole = noted(tmp_path / "log")["whole"]
    assert len(whole) == 44
    for name in ("term", "kill"):
        before, rest = noted(tmp_path / f"log-{name}")[name], noted(tmp_path / "log")[name]
        assert before.keys() | rest.keys() == whole.keys()
        assert rest
        assert all(whole[step] == loss for part in (before, rest) for step, loss in part.items())
        assert name == "kill" or not before.keys() & rest.keys(), "nothing runs twice"
        for file in ("last", "best"):
            assert apart(Path("runs/whole"), Path("runs") / name, file) == 0
        ours, theirs = rows(Path("runs/whole")), rows(Path("runs") / name)
        for column in ("train_loss", "train_top1_error", "val_loss", "val_top1_error"):
            assert [row[column] for row in ours] == [row[column] for row in theirs]


ZOO = (sys.executable, "-m", "zoo", "train", *run("run", "model.net=tiny", "trainer.epochs=500")[0])


@pytest.mark.long
@pytest.mark.parametrize("gone", [0, 1])
def test_a_process_that_dies_ends_the_others(tmp_path: Path, gone: int) -> None:
    with together(ZOO) as group:
        group.wait_for((tmp_path / "runs" / "run" / "last.state.pt").exists)
        group.processes[gone].send_signal(signal.SIGKILL)
        code, _, errors = group.ended()[1 - gone]
    assert code == 1
    assert errors == (
        "zoo: Another process of this run has ended; what it or torchrun wrote says why. The last checkpoint "
        "is whole, and resume=true goes on from it.\n"
    )
    assert checkpoint.load_last(tmp_path / "runs" / "run").position.epoch


def test_a_process_that_nobody_joins_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(
        UserError, match="RANK, MASTER_ADDR, MASTER_PORT is not: start the processes with torch"
    ):
        processes.joined("cpu", 1).__enter__()
    for name, value in (("RANK", "0"), ("MASTER_ADDR", "127.0.0.1"), ("MASTER_PORT", str(free_port()))):
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as caught:
        processes.joined("cpu", 0.02).__enter__()
    assert str(caught.value).startswith("Process 0 of 2 could not join the others at 127.0.0.1:")
    assert "within 0.02 minutes (trainer.wait): " in str(caught.value)
    assert "\n" not in str(caught.value)
