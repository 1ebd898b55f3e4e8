"""MLflow and Weights & Biases, for real: a database file, and a run that is kept offline."""

import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from tests.zoo.conftest import Ran
from zoo import history
from zoo.errors import UserError
from zoo.loggers import LOGGERS
from zoo.loggers.base import Run
from zoo.train import train

HOW = ("trainer.threads=1", "seed=3")


@pytest.fixture(scope="module")
def mlflow():
    """The package, which takes seconds to import."""
    return pytest.importorskip("mlflow.tracking")


def test_mlflow_gets_options_and_numbers_and_goes_on_with_a_resumed_run(mlflow, configure):
    config = configure("logger=mlflow", "logger.experiment=digits", *HOW)
    folder = train(config, ["name=one"]).folder
    again = configure("logger=mlflow", "logger.experiment=digits", *HOW, "trainer.epochs=3", "resume=true")
    assert train(again, ["name=one"]).folder == folder

    client = mlflow.MlflowClient(f"sqlite:///{Path('runs/mlflow.db').resolve()}")
    experiment = client.get_experiment_by_name("digits")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.run_name == folder.path.name
    assert run.info.status == "FINISHED"
    assert run.data.params["optimizer.lr"] == str(config.optimizer.lr)
    assert run.data.params["seed"] == "3"
    rows = history.read(folder.metrics)
    found = client.get_metric_history(run.info.run_id, "top-1 error/validation")
    assert [(each.step, each.value) for each in found] == [(row.epoch, row.val_top1_error) for row in rows]
    assert len(found) == 3


def test_mlflow_is_told_of_a_run_that_ends_early(mlflow, tmp_path):
    logger = LOGGERS.build(LOGGERS.entries["mlflow"].options(name="mlflow"), _run(tmp_path))
    logger.close(False)
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    (run,) = client.search_runs([client.get_experiment_by_name("zoo").experiment_id])
    assert run.info.status == "KILLED"


def test_runs_that_begin_together_make_the_tables_one_after_the_other(mlflow, tmp_path, monkeypatch):
    lock = FileLock(tmp_path / "mlflow.db.lock")
    made = mlflow.MlflowClient.create_run

    def looking(*given, **named):
        with pytest.raises(Timeout):
            lock.acquire(timeout=0)
        return made(*given, **named)

    monkeypatch.setattr(mlflow.MlflowClient, "create_run", looking)
    LOGGERS.build(LOGGERS.entries["mlflow"].options(name="mlflow"), _run(tmp_path)).close(True)
    with lock.acquire(timeout=0):  # and training holds it no longer
        pass


def test_a_store_that_cannot_be_had_is_one_line(mlflow, zoo, spec):
    Path("folder.db").mkdir()
    given = ("logger=mlflow", "logger.uri=sqlite:///folder.db", "trainer.epochs=1", "trainer.progress=none")
    ran: Ran = zoo("train", f"model.spec={spec}", *given, "trainer.threads=1")
    assert ran.code == 1
    assert "logger=mlflow: sqlite:///folder.db: " in ran.err
    assert "Traceback" not in ran.err


def test_a_store_that_breaks_down_costs_no_run(mlflow, configure, monkeypatch, capsys):
    from mlflow.exceptions import MlflowException

    taken = mlflow.MlflowClient.log_batch

    def away(self, name, metrics=(), params=()):
        if metrics:
            raise MlflowException("the server is away\nin many words")
        taken(self, name, params=params)

    monkeypatch.setattr(mlflow.MlflowClient, "log_batch", away)
    config = configure("logger=mlflow", *HOW, "trainer.epochs=1", "trainer.progress=lines")
    assert train(config, ["name=two"]).last.epoch == 1
    said = capsys.readouterr().out
    assert "numbers of epoch 1 not written: MLflow: the server is away\n" in said


def test_wandb_offline_keeps_numbers_in_the_run_folder(configure):
    pytest.importorskip("wandb")
    folder = train(configure("logger=wandb", "logger.mode=offline", *HOW), ["name=three"]).folder
    again = configure("logger=wandb", "logger.mode=offline", *HOW, "trainer.epochs=3", "resume=true")
    train(again, ["name=three"])
    files = sorted((folder.path / "wandb").glob("offline-run-*/run-*.wandb"))
    name = (folder.path / "wandb.id").read_text(encoding="utf-8").strip()
    assert [file.name for file in files] == [f"run-{name}.wandb"] * 2
    kept = [number for file in files for number in _errors(file)]
    assert kept == [row.val_top1_error for row in history.read(folder.metrics)]


@pytest.mark.parametrize("name", ["mlflow", "wandb"])
def test_a_missing_package_is_named_with_its_extra(name, tmp_path, monkeypatch):
    for module in [each for each in sys.modules if each.partition(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UserError, match=rf"logger={name}: .*pip install 'netcompiler\[{name}\]'"):
        LOGGERS.build(LOGGERS.entries[name].options(name=name), _run(tmp_path))


def _run(folder: Path) -> Run:
    (folder / "a").mkdir()
    return Run(folder / "a", {"runs": str(folder), "seed": 0}, 0)


def _errors(file: Path) -> list[float]:
    """The validation errors in a file that wandb wrote."""
    from wandb.proto.wandb_internal_pb2 import Record

    items = [item for data in _records(file.read_bytes()) for item in Record.FromString(data).history.item]
    wanted = "top-1 error/validation"
    return [json.loads(item.value_json) for item in items if wanted in {item.key, ".".join(item.nested_key)}]


def _records(data: bytes) -> Iterator[bytes]:
    """A log as LevelDB has it: blocks of 32 KiB, of parts with a checksum, a length and a kind each."""
    at, whole = 7, b""  # after the head of the file
    while at + 7 <= len(data):
        if (left := 32768 - at % 32768) < 7:
            at += left
            continue
        length, kind = struct.unpack_from("<4xHB", data, at)
        whole += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in {1, 4}:  # a record in one part, or its last part
            yield whole
            whole = b""
