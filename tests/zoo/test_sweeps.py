"""Sweeps under torchrun, with joblib, as jobs of a cluster, and searches by Optuna; `trainer.processes`."""

import csv
import json
import os
import re
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.zoo.group import started, torchrun
from zoo import checkpoint, cli
from zoo.config import one, request
from zoo.history import read

BASE = ("model.spec=tiny.net", "trainer.epochs=1")
ZOO = (sys.executable, "-m", "zoo", "train")
RATE = "optimizer.lr=tag(log,interval(0.01,0.4))"


@pytest.fixture(autouse=True)
def _here(spec: Path) -> None:
    """The small net is in the folder that commands run in."""


def table(sweep: Path) -> list[dict[str, str]]:
    with (sweep / "results.csv").open() as file:
        return list(csv.DictReader(file))


def the_sweep() -> Path:
    (found,) = Path("runs/sweeps").iterdir()
    return found


def folders() -> set[str]:
    return {path.name for path in Path("runs").iterdir()} - {"sweeps"}


def only(words: str) -> str:
    return f"tiny-digits_{words}_trainer.epochs=1"


@pytest.mark.long
def test_each_process_of_torchrun_joins_each_run() -> None:
    """Three runs by two processes, one of which fails: the same runs in the same order, one record."""
    given = ("-m", "zoo", "train", "-m", *BASE, "optimizer.lr=0.1,1e30,0.05", "trainer.sync_batchnorm=true")
    with torchrun(*given) as group:
        ((code, out, errors),) = group.ended()
    assert code == 1
    mine = [line for line in errors.splitlines() if line.startswith("zoo: ")]
    assert len(mine) == 2
    assert mine[0].startswith("zoo: The loss became nan in epoch 1, step 2.")
    assert mine[1] == "zoo: 1 of 3 runs failed, as said above"
    announced = re.findall(r"^run \d of 3: .* (\S+)$", out, flags=re.MULTILINE)
    assert announced == [*("trainer.sync_batchnorm=true",) * 3]
    assert out.count("2 processes (ddp), batch norms over all of them\n") == 3
    tail = "trainer.epochs=1_trainer.sync_batchnorm=true"
    assert folders() == {f"tiny-digits_optimizer.lr={rate}_{tail}" for rate in ("0.1", "1e+30", "0.05")}
    assert [row["overrides"].split()[2] for row in table(the_sweep())] == [
        "optimizer.lr=0.1",
        "optimizer.lr=0.05",
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            ("trainer.processes=3",),
            "trainer.processes=3: torchrun has started 2 processes already; give one of",
        ),
        (
            ("-m", "launcher=joblib", "seed=1,2"),
            "launcher=joblib: it starts runs of its own, and torchrun has",
        ),
        (("trainer.parallel=dpp",), "trainer.parallel=dpp: one of ddp, fsdp is expected"),
    ],
)
def test_a_mistake_is_said_once_a_machine(
    zoo: Callable, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], message: str
) -> None:
    for rank, said in (("0", f"zoo: {message}"), ("1", "")):
        for name, value in (("RANK", rank), ("LOCAL_RANK", rank), ("WORLD_SIZE", "2")):
            monkeypatch.setenv(name, value)
        ran = zoo("train", *given)
        assert ran.code == 1
        assert ran.err.startswith(said)
        assert ran.err.count("\n") == (rank == "0")


@pytest.mark.long
class TestProcesses:
    """`trainer.processes=2`: as with torchrun, and each end is one line."""

    def test_a_run_and_a_mistake(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["train", *BASE, "trainer.processes=2", "trainer.progress=lines"]) == 0
        assert capfd.readouterr().err == ""
        assert folders() == {"tiny-digits_trainer.epochs=1"}, "how many processes is no other run"
        assert len(read(Path("runs/tiny-digits_trainer.epochs=1/metrics.csv"))) == 1
        assert cli.main(["train", *BASE, "trainer.processes=2"]) == 1
        said = capfd.readouterr().err
        assert said.startswith("zoo: runs/tiny-digits_trainer.epochs=1: holds a run already; resume=true")
        assert said.count("\n") == 1, "nothing of torch's launcher"

    def test_a_signal_saves_it(self) -> None:
        given = ("model.spec=tiny.net", "trainer.epochs=500", "trainer.processes=2", "name=run")
        with started([*ZOO, *given]) as group:
            group.wait_for(Path("runs/run/last.state.pt").exists)
            group.processes[0].send_signal(signal.SIGTERM)
            ((code, _, errors),) = group.ended()
        assert code == 143, errors
        step = checkpoint.load_last(Path("runs/run")).position.step
        assert f"after step {step}; everything is saved in runs/run, and the same" in errors
        assert errors.count("\n") == 1


@pytest.mark.long
class TestJoblib:
    """Several runs at a time."""

    def test_a_sweep(self) -> None:
        given = ("-m", *BASE, "optimizer.lr=0.1,1e30", "launcher=joblib", "launcher.jobs=2")
        with started([*ZOO, *given]) as group:
            ((code, out, errors),) = group.ended()
        assert code == 1
        assert errors.splitlines()[-1] == "zoo: 1 of 2 runs failed, as said above"
        assert "run 1 of 2: model.spec=tiny.net trainer.epochs=1 optimizer.lr=0.1: " in out
        assert "  failed: model.spec=tiny.net trainer.epochs=1 optimizer.lr=1e+30: The loss became nan" in out
        assert folders() == {only("optimizer.lr=0.1"), only("optimizer.lr=1e+30")}
        assert len(table(the_sweep())) == 1

    def test_a_signal_saves_what_is_under_way_and_begins_no_more(self) -> None:
        given = ("model.spec=tiny.net", "trainer.epochs=500", "seed=1,2,3", "launcher=joblib")
        with started([*ZOO, "-m", *given]) as group:
            group.wait_for(lambda: len(list(Path("runs").glob("tiny*/last.state.pt"))) == 2)
            group.processes[0].send_signal(signal.SIGINT)
            ((code, _, errors),) = group.ended()
        assert code == 130, errors
        assert errors == "zoo: Stopped; the runs that were under way are saved, and resume=true goes on.\n"
        assert len(folders()) == 2
        for name in folders():
            assert checkpoint.load_last(Path("runs") / name).position.step


SBATCH = """\
#!{python}
import os, shlex, subprocess, sys
from pathlib import Path
script = Path(sys.argv[-1]).read_text()
with Path("asked").open("a") as file:
    file.write(script)
(command,) = [line for line in script.splitlines() if line.startswith("srun ")]
words = shlex.split(command)
words = words[next(i for i, word in enumerate(words) if word.endswith("python")):]
for task in range(2):
    for rank in range(2):
        env = dict(os.environ, SLURM_JOB_ID=f"7{{task}}", SLURM_ARRAY_JOB_ID="77",
                   SLURM_ARRAY_TASK_ID=str(task), SLURM_JOB_NUM_NODES="1", SLURM_JOB_NODELIST="localhost",
                   SLURM_NODEID="0", SUBMITIT_EXECUTOR="slurm", SLURM_NTASKS="2",
                   SLURM_PROCID=str(rank), SLURM_LOCALID=str(rank))
        with Path(f"log{{task}}{{rank}}").open("w") as log:
            subprocess.Popen(words, env=env, stdout=log, stderr=log)
print("Submitted batch job 77")
"""


@pytest.mark.long
class TestSlurm:
    """A job for each run: with a stand-in for SLURM, and with submitit's executor for one machine."""

    def test_what_is_asked_of_the_cluster(self, tmp_path: Path) -> None:
        for name, text in (("sbatch", SBATCH.format(python=sys.executable)), ("srun", "#!/bin/sh\n")):
            path = tmp_path / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        where = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        given = ("launcher=slurm", "launcher.tasks=2", "launcher.partition=fast", "launcher.minutes=90")
        more = ("launcher.memory=8", "launcher.setup=['module load cuda']", "optimizer.lr=0.1,0.05")
        with started([*ZOO, "-m", *BASE, *given, *more], env=where) as group:
            ((code, out, errors),) = group.ended()
        assert code == 0, errors
        asked = Path("asked").read_text()
        for line in ("--partition=fast", "--time=90", "--ntasks-per-node=2", "--mem=8GB", "--array=0-1%2"):
            assert f"#SBATCH {line}" in asked
        assert "\nmodule load cuda\n" in asked
        assert len(table(the_sweep())) == 2
        assert "2 processes (ddp)" in Path("log00").read_text()
        assert f"What the jobs show is in {the_sweep()}/.submitit; this waits for all of them." in out

    def test_a_job_that_must_end_is_queued_again_and_goes_on(self) -> None:
        given = ("model.spec=tiny.net", "trainer.epochs=40", "launcher=slurm", "launcher.here=true")
        with started([*ZOO, "-m", *given, "launcher.tasks=2", "seed=1", "name=run"]) as group:
            group.wait_for(lambda: rows_so_far() >= 2)
            first = min(pid for pid in group.all() if b"_submit" in Path(f"/proc/{pid}/cmdline").read_bytes())
            os.kill(first, signal.SIGUSR2)
            ((code, _, errors),) = group.ended()
        assert code == 0, errors
        assert [row.epoch for row in read(Path("runs/run/metrics.csv"))] == list(range(1, 41))
        (log,) = the_sweep().glob(".submitit/*/*_0_log.out")
        assert "run folder: runs/run; going on after epoch" in log.read_text()


def rows_so_far() -> int:
    path = Path("runs/run/metrics.csv")
    return len(path.read_text().splitlines()) - 1 if path.exists() else 0


class TestSearch:
    """Optuna's choices depend on the seed and the results alone, and a study goes on where it was."""

    def test_a_study_in_two_parts_is_that_in_one(self, zoo: Callable) -> None:
        given = ("train", "-m", *BASE, RATE, "optimizer=choice(sgd,adamw)", "sweeper=optuna")
        ran = zoo(*given, "sweeper.trials=4", "sweeper.study=whole", "runs=a")
        assert (ran.code, ran.err) == (0, "")
        assert "run 4 of 4: " in ran.out
        assert zoo(*given, "sweeper.trials=2", "sweeper.study=parts", "runs=b").code == 0
        ran = zoo(*given, "sweeper.trials=4", "sweeper.study=parts", "runs=b")
        assert ran.code == 1
        assert ran.err == (
            "zoo: b/sweeps/parts: holds a search already; resume=true goes on with it, overwrite=true "
            "replaces it, sweeper.study=… keeps both\n"
        )
        ran = zoo(*given, "sweeper.trials=4", "sweeper.study=parts", "runs=b", "resume=true")
        assert (ran.code, ran.err) == (0, "")
        one_go, two_goes = (
            [(row["top1_error"], row["overrides"].split()[-2:]) for row in table(Path(place))]
            for place in ("a/sweeps/whole", "b/sweeps/parts")
        )
        assert one_go == two_goes
        assert len(one_go) == 4
        for _, (rate, _optimizer) in one_go:
            assert 0.01 <= float(rate.partition("=")[2]) <= 0.4

    def test_a_trial_that_was_stopped_is_gone_on_with(self, zoo: Callable) -> None:
        given = ("train", "-m", "model.spec=tiny.net", RATE, "sweeper=optuna", "sweeper.study=s", "runs=a")
        with started([*ZOO, *given[1:], "trainer.epochs=500", "sweeper.trials=1"]) as group:
            group.wait_for(lambda: list(Path("a").glob("*/last.state.pt")))
            group.processes[0].send_signal(signal.SIGINT)
            ((code, _, errors),) = group.ended()
        assert code == 130, errors
        (folder,) = Path("a").glob("tiny*")
        before = checkpoint.load_last(folder).position.step
        ran = zoo(*given, "trainer.epochs=500", "sweeper.trials=1", "resume=true", "trainer.steps=1")
        assert ran.code == 1, "another search"
        assert (
            "the search began with model.spec=tiny.net optimizer.lr=tag(log,interval(0.01,0.4)) " in ran.err
        )
        with started([*ZOO, *given[1:], "trainer.epochs=500", "sweeper.trials=1", "resume=true"]) as group:
            group.wait_for(lambda: checkpoint.load_last(folder).position.step > before)
        assert list(Path("a").glob("tiny*")) == [folder]

    def test_a_run_that_fails_counts_as_the_worst(self, zoo: Callable) -> None:
        given = ("optimizer.lr=choice(1e30)", "schedule=constant", "sweeper=optuna", "sweeper.trials=1")
        ran = zoo("train", "-m", *BASE, *given, "sweeper.study=s")
        assert ran.code == 1
        assert ran.err.splitlines()[-1] == "zoo: 1 of 1 runs failed, as said above"
        journal = [json.loads(line) for line in Path("runs/sweeps/s/study.journal").read_text().splitlines()]
        assert [1.0] in [entry.get("values") for entry in journal]

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (
                (RATE,),
                "optimizer.lr=tag(log,interval(0.01,0.4)): a range has no end of values; sweeper=optuna",
            ),
            (
                ("sweeper=optuna",),
                "sweeper=optuna: no option has a range; give one a range, as optimizer.lr=",
            ),
            (("optimizer.lr=interval(-1,1)", "sweeper=optuna"), "optimizer.lr=-1: must be greater than 0"),
            (
                ("optimizer.lrr=interval(1,2)", "sweeper=optuna"),
                "optimizer.lrr: no such option of optimizer=sgd",
            ),
            (("seed=1,2", "sweeper=optuna", "sweeper.trials=0"), "sweeper.trials=0: must be at least 1"),
            (("seed=1,2", "launcher=slrum"), "launcher=slrum: no such choice; did you mean launcher=slurm?"),
        ],
    )
    def test_a_mistake_is_one_line(self, zoo: Callable, given: tuple[str, ...], message: str) -> None:
        ran = zoo("train", "-m", *BASE, *given)
        assert ran.code == 1
        assert ran.err.startswith(f"zoo: {message}")
        assert ran.err.count("\n") == 1


def test_a_sweep_that_is_resumed_begins_what_was_not(zoo: Callable) -> None:
    assert zoo("train", *BASE, "seed=1").code == 0
    ran = zoo("train", "-m", *BASE, "seed=1,2", "resume=true")
    assert (ran.code, ran.err) == (0, "")
    assert "the one epoch is done" in ran.out
    assert len(table(the_sweep())) == 2


def test_the_rate_is_in_proportion_to_the_batch_only_when_asked() -> None:
    plain = one("optimizer.lr=0.1", "trainer.batch_size=48")
    assert plain.optimizer.rate(plain.trainer.batch_size) == 0.1
    scaled = one("optimizer.lr=0.1", "optimizer.lr_batch=256", "trainer.batch_size=1024")
    assert scaled.optimizer.rate(scaled.trainer.batch_size) == pytest.approx(0.4)


def test_how_many_runs_a_request_has() -> None:
    for given, runs in (
        (("seed=1,2,3", "optimizer.lr=0.1,0.2"), 6),
        (("seed=range(0,2000)",), 2000),
        ((RATE, "sweeper=optuna", "sweeper.trials=7"), 7),
    ):
        asked = request(list(given), multirun=True)
        first = asked.config([text for text in asked.overrides if "," not in text and "(" not in text])
        assert asked.size(first) == runs
