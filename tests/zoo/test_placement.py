"""A net's groups in processes of their own, and as a pipeline, train as one process does; so do replicas."""

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from tests.zoo.conftest import Ran
from tests.zoo.group import Group, Run, member, noted, started, together
from tests.zoo.test_processes import alone, apart, rows
from zoo import checkpoint
from zoo.config import one
from zoo.errors import UserError
from zoo.placement import check
from zoo.train import train

SPEC = """\
net two(classes=10, drop=0) {
  group top, bottom
  input image [1, 8, 8]
  columns top, bottom {
    conv(4, 3, padding=1, bias=false) -> batchnorm -> relu -> maxpool(2)
    exchange
    conv(6, 3, padding=1) -> relu -> flatten -> dropout(drop)
  }
  on top { gather -> fc: linear(classes) }
}
net chain(classes=10) {
  group a, b
  input image [1, 8, 8]
  on a { conv(6, 3, padding=1) -> relu }
  on b { conv(6, 3) -> relu -> flatten -> fc: linear(classes) }
}
net bare(classes=10) {
  group eyes, brain
  input image [1, 8, 8]
  on eyes { avgpool(2) }
  on brain { flatten -> fc: linear(classes) }
}
"""
SHORT = (
    "trainer.steps=20",
    "schedule.warmup=0",
    "trainer.batch_size=32",
    "optimizer.lr=0.02",
    "precision=fp32",
)
GROUPS = "trainer.placement=groups"
MANY = (
    "trainer.accumulate=2",
    "trainer.clip=0.5",
    "trainer.ema=0.5",
    "optimizer=adamw",
    "optimizer.lr=0.002",
)
MIXED = ("augment.mixup=0.2", "trainer.ema=0.9", "trainer.clip=5", "loss.smoothing=0.1")
PIPE = ("model.net=chain", "trainer.accumulate=4", "trainer.clip=0.5", "trainer.ema=0.5", "optimizer=lamb")
SYNC = ("trainer.sync_batchnorm=true",)
SINGLES = {  # runs by one process, which others are to be like
    "many": MANY,
    "mixed": (*PIPE, "augment.cutmix=1"),
    "pipe": PIPE,
    "bare": ("model.net=bare", "trainer.steps=3"),
    "odd": ("trainer.batch_size=33",),
}
PAIR = {  # by two, which stand for those
    "many": (GROUPS,),
    "mixed": ("trainer.placement=pipeline",),
    "bare": (GROUPS,),
}
FOUR = {  # by four
    "odd": (GROUPS, *SYNC),
    "pipe": ("trainer.placement=pipeline", "trainer.accumulate=2"),
}
DROPS = ("model.params.drop=0.3", *MIXED, "trainer.epochs=3", "trainer.save_steps=5")
STOP = 7


def run(name: str, *more: str, stop: int | None = None) -> Run:
    given = ("model.spec=nets.net", "model.net=two", "trainer.progress=none", *more, f"name={name}")
    return list({text.partition("=")[0]: text for text in given}.values()), stop


def by_itself(name: str, *more: str, stop: int | None = None) -> dict[int, float]:
    """One process's losses."""
    return alone(name, "model.net=two", *SHORT, *more, stop=stop)


def made(folder: Path, count: int, *runs: Run) -> Path:
    """Processes make all the runs in a folder."""
    with together(member(folder / "log", *runs), count) as group:
        ended = group.ended()
    assert [code for code, _, _ in ended] == [0] * count, ended
    assert "".join(out + errors for _, out, errors in ended) == ""
    return folder


@pytest.fixture(autouse=True)
def _specs(tmp_path: Path) -> None:
    (tmp_path / "nets.net").write_text(SPEC)


class Singles(NamedTuple):
    """Where one process made and began runs, and the losses of those that it made."""

    folder: Path
    losses: dict[str, dict[int, float]]


@pytest.fixture(scope="module")
def singles(tmp_path_factory: pytest.TempPathFactory) -> Singles:
    """What one process does; `one-many` and `one-pipe` are begun, for others to go on with."""
    folder = tmp_path_factory.mktemp("singles")
    (folder / "nets.net").write_text(SPEC)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        losses = {name: by_itself(name, *how) for name, how in SINGLES.items()}
        by_itself("one-many", *MANY, stop=STOP)
        by_itself("one-pipe", *PIPE, stop=STOP)
        torch.set_num_threads(threads)
    return Singles(folder, losses)


def begun(singles: Singles, folder: Path) -> Path:
    """A folder with the runs that one process has begun."""
    (folder / "nets.net").write_text(SPEC)
    for name in ("one-many", "one-pipe"):
        shutil.copytree(singles.folder / "runs" / name, folder / "runs" / name)
    return folder


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, singles: Singles) -> Path:
    """Where two processes, one for each group, have made the runs that tests look at."""
    folder = begun(singles, tmp_path_factory.mktemp("pair"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return made(
            folder,
            2,
            *(run(name, *SHORT, *SINGLES[name], *extra) for name, extra in PAIR.items()),
            run("one-pipe", *SHORT, *PIPE, "trainer.placement=pipeline", "resume=true"),
            run("pipe-one", *SHORT, *PIPE, "trainer.placement=pipeline", stop=STOP),
            run("whole", *DROPS, GROUPS),
        )


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory, singles: Singles) -> Path:
    """Where four processes, two replicas of two groups, have made the runs that tests look at."""
    folder = begun(singles, tmp_path_factory.mktemp("four"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return made(
            folder,
            4,
            *(run(name, *SHORT, *SINGLES[name], *extra) for name, extra in FOUR.items()),
            run("many-one", *SHORT, *MANY, *SYNC, GROUPS, stop=STOP),
            run("uneven", *SHORT, *PIPE, "trainer.placement=pipeline", "trainer.batch_size=33"),
            run("one-many", *SHORT, *MANY, *SYNC, GROUPS, "trainer.parallel=fsdp", "resume=true"),
        )


def same_run(place: Path, name: str, singles: Singles, like: str, tolerance: float = 1e-6) -> None:
    """Losses by step, weights, errors and validation of a run in ``place`` and of one process's."""
    losses, seen = singles.losses[like], noted(place / "log")[name]
    begins = STOP if name.startswith("one-") else 0
    assert seen == pytest.approx({n: loss for n, loss in losses.items() if n > begins}, abs=tolerance)
    ours, theirs = singles.folder / "runs" / like, place / "runs" / name
    assert apart(ours, theirs) < 3 * tolerance
    assert apart(ours, theirs, "best") < 3 * tolerance
    (our_row,), (their_row,) = rows(ours), rows(theirs)
    for column in ("train_top1_error", "train_top5_error", "val_top1_error", "val_top5_error", "lr"):
        assert our_row[column] == their_row[column]
    assert our_row["val_loss"] == pytest.approx(their_row["val_loss"], abs=tolerance)
    same_states(ours, theirs, tolerance)


def goes_on_alone(place: Path, name: str, singles: Singles, like: str) -> None:
    """What several processes have begun goes on in this one."""
    shutil.copytree(place / "runs" / name, Path("runs") / name)
    assert checkpoint.load_last(Path("runs") / name).position.step == STOP
    rest = by_itself(name, *SINGLES[like], "resume=true")
    whole = singles.losses[like]
    assert rest == pytest.approx({step: whole[step] for step in whole if step > STOP}, abs=2e-6)
    assert apart(singles.folder / "runs" / like, Path("runs") / name) < 6e-6


def same_states(ours: Path, theirs: Path, tolerance: float) -> None:
    """What the optimizers keep for each parameter, and the moving averages."""
    first, second = (checkpoint.load_last(folder).state for folder in (ours, theirs))
    assert first["optimizer"].keys() == second["optimizer"].keys()
    for name, state in first["optimizer"].items():
        assert state.keys() == second["optimizer"][name].keys()
        for key, value in state.items():
            assert torch.allclose(
                torch.as_tensor(value), torch.as_tensor(second["optimizer"][name][key]), atol=3 * tolerance
            ), (name, key)
    assert first["ema"].keys() == second["ema"].keys()
    for name, value in first["ema"].items():
        assert torch.allclose(value, second["ema"][name], atol=3 * tolerance), name


@pytest.mark.long
class TestPair:
    """Two processes, a group each."""

    @pytest.mark.parametrize("name", PAIR)
    def test_they_compute_what_one_does(self, pair: Path, singles: Singles, name: str) -> None:
        same_run(pair, name, singles, name)

    def test_what_one_began_they_go_on_with(self, pair: Path, singles: Singles) -> None:
        same_run(pair, "one-pipe", singles, "pipe")

    def test_what_they_began_one_goes_on_with(self, pair: Path, singles: Singles) -> None:
        goes_on_alone(pair, "pipe-one", singles, "pipe")


@pytest.mark.long
class TestFour:
    """Four processes: two replicas of two groups."""

    @pytest.mark.parametrize("name", FOUR)
    def test_they_compute_what_one_does(self, four: Path, singles: Singles, name: str) -> None:
        same_run(four, name, singles, name, 2e-6)

    def test_what_one_began_they_go_on_with(self, four: Path, singles: Singles) -> None:
        """By FSDP over the replicas."""
        same_run(four, "one-many", singles, "many", 2e-6)

    def test_what_they_began_one_goes_on_with(self, four: Path, singles: Singles) -> None:
        goes_on_alone(four, "many-one", singles, "many")

    def test_a_batch_that_no_pipeline_can_cut(self, four: Path) -> None:
        assert noted(four / "log")["uneven"]["error"] == (
            "trainer.batch_size=33: a batch is cut into 2 × 4 micro-batches of equal size (replicas × "
            "trainer.accumulate), as 32 images can be"
        )


TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")


@pytest.mark.long
def test_torchrun_starts_it_anew(pair: Path, tmp_path: Path) -> None:
    """A group's process is killed: the other says so, and those that follow go on from the checkpoint.

    With dropout, mixup and a moving average, from within an epoch: the same to the last bit.
    """
    overrides, _ = run("again", *DROPS, GROUPS, "trainer.threads=1", "overwrite=true")
    with started([*TORCHRUN, "--max-restarts=1", "-m", "zoo", "train", *overrides]) as group:
        group.wait_for((tmp_path / "runs" / "again" / "last.state.pt").exists)
        os.kill(member_of(group, rank=1), signal.SIGKILL)
        ((code, _, errors),) = group.ended()
    assert code == 0, errors
    told = [line for line in errors.splitlines() if line.startswith("zoo: ")]
    assert len(told) == 1, errors
    # Who it was is known where a group waited for the other, and not where both waited for all.
    who = r"( \(group top \(rank 0\) lost touch with bottom \(rank 1\)\))?"
    assert re.match(rf"zoo: Another process of this run has ended{who}; ", told[0])
    for file in ("last", "best"):
        assert apart(pair / "runs" / "whole", tmp_path / "runs" / "again", file) == 0
    assert [row["epoch"] for row in rows(tmp_path / "runs" / "again")] == [1, 2, 3]


def member_of(group: Group, rank: int) -> int:
    """The number of the process that torchrun has given a rank."""
    for pid in group.all():
        words = (Path("/proc") / str(pid) / "environ").read_bytes().split(b"\0")
        if f"RANK={rank}".encode() in words:
            return pid
    raise AssertionError("there is none")


def test_only_what_the_same_launch_began_goes_on_by_itself(
    zoo: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [*run("one", *SHORT, "trainer.steps=2", "overwrite=true")[0], "trainer.progress=lines"]
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "first")
    assert "going on" not in zoo("train", *words).out
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")
    assert "done; a greater trainer.epochs" in zoo("train", *words).out
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "second")
    ran = zoo("train", *words)
    assert ran.code == 0
    assert "going on" not in ran.out
    assert "done; a greater" not in ran.out


class TestChecks:
    """What cannot run is one line, before anything starts."""

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ((GROUPS,), "net two has 2 groups (top, bottom), and this is one process; start 2, 4, 6 … with"),
            ((GROUPS, "trainer.processes=3"), "and 3 processes do not share them out; start 2, 4, 6 … with"),
            ((GROUPS, "model=lenet", "trainer.processes=2"), "net lenet has no placement groups; netc place"),
            ((GROUPS, "trainer.processes=2", "trainer.compile=true"), "trainer.compile=false does"),
            ((GROUPS, "trainer.processes=2", "trainer.recompute=true"), "trainer.recompute=false does"),
            ((GROUPS, "trainer.processes=2", "trainer.stochastic_depth=0.1"), "do not go together"),
            ((GROUPS, "trainer.processes=2", "precision=fp16"), "precision=bf16 and fp32 do"),
            (
                ("trainer.placement=pipeline", "trainer.processes=2"),
                "net two is no pipeline: its groups top and",
            ),
            (
                ("trainer.placement=pipeline", "trainer.processes=2", "model.net=chain"),
                "1f1b on 2 processes needs at least 2 micro-batches, not 1",
            ),
            (
                ("trainer.placement=pipeline", "trainer.processes=2", *PIPE, "trainer.parallel=fsdp"),
                "trainer.parallel=fsdp do not go together; trainer.parallel=ddp does",
            ),
            (
                ("trainer.placement=pipeline", "trainer.processes=2", *PIPE, *SYNC),
                "trainer.sync_batchnorm=false does",
            ),
            (("trainer.devices={tpo:cpu}",), "trainer.devices.tpo: net two has no such group; did you mean"),
            (
                ("trainer.devices={top:cuda:7}",),
                "trainer.devices.top=cuda:7: PyTorch sees no such device here",
            ),
            (("trainer.devices={top:gpu}",), "trainer.devices.top=gpu: cpu, or cuda:NUMBER, is expected"),
            (("trainer.devices={top:cpu}", "trainer.processes=2"), "is for one process with several devices"),
            (("trainer.streams=true",), "group top is on a CPU, which has no streams; GPUs have"),
            (("trainer.streams=true", "trainer.recompute=true"), "trainer.recompute=true do not go together"),
            (
                ("trainer.streams=true", "trainer.processes=2"),
                "for one process that has all placement groups",
            ),
        ],
    )
    def test_one_line(self, zoo: Callable[..., Ran], given: tuple[str, ...], message: str) -> None:
        words = list(run("no", *given)[0])
        if "model=lenet" in words:
            words = [word for word in words if not word.startswith("model.")]
        ran = zoo("train", *words)
        assert ran.code == 1
        assert message in ran.err
        assert ran.err.count("\n") == 1
        assert not Path("runs").exists()

    def test_a_number_of_processes_that_fits(self) -> None:
        config = one(*run("yes", GROUPS)[0])
        from zoo.model import as_declared

        net = as_declared(config.model)
        for world in (2, 4, 6):
            check(config, net, world)
        with pytest.raises(UserError, match="5 processes do not share"):
            check(config, net, 5)


def test_groups_on_devices_of_one_process() -> None:
    """Here both are the CPU: the same run, to the last bit."""
    overrides, _ = run("devices", *SHORT, "trainer.steps=3", "trainer.devices.bottom=cpu")
    train(one(*overrides))
    by_itself("plain", "trainer.steps=3")
    assert apart(Path("runs/devices"), Path("runs/plain")) == 0
