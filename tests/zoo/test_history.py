"""metrics.csv: on the disk each epoch, and no row twice."""

import dataclasses
from pathlib import Path

import pytest

from zoo.errors import UserError
from zoo.history import History, Row, read

ROW = Row(1, 22, 0.05, 1 / 3, 0.5, 0.1, 2 / 3, 0.25, 0.0, 1000.5, 1.25, 0.1, 512.0)


def row(epoch: int) -> Row:
    return dataclasses.replace(ROW, epoch=epoch)


def test_rows_come_back_exactly(tmp_path: Path) -> None:
    history = History(tmp_path / "metrics.csv")
    for epoch in (1, 2):
        history.add(row(epoch))
        assert read(tmp_path / "metrics.csv")[-1] == row(epoch), "it is in the file at once"
    assert read(tmp_path / "metrics.csv") == [row(1), row(2)]
    header = (tmp_path / "metrics.csv").read_text().splitlines()[0]
    assert header.startswith("epoch,step,lr,train_loss,")


def test_epochs_that_run_again_are_dropped_first(tmp_path: Path) -> None:
    first = History(tmp_path / "metrics.csv")
    for epoch in (1, 2, 3):
        first.add(row(epoch))
    again = History(tmp_path / "metrics.csv", up_to_epoch=2)
    again.add(row(3))
    assert [each.epoch for each in read(tmp_path / "metrics.csv")] == [1, 2, 3]


def test_a_new_run_starts_empty(tmp_path: Path) -> None:
    History(tmp_path / "metrics.csv").add(row(1))
    History(tmp_path / "metrics.csv")
    assert read(tmp_path / "metrics.csv") == []


@pytest.mark.parametrize("text", ["epoch,step\n1,2\n", "a,b\n1,2\n", "epoch,step,lr\nx,y,z\n"])
def test_another_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "metrics.csv").write_text(text)
    with pytest.raises(UserError, match=r"metrics.csv: not a run's metrics"):
        read(tmp_path / "metrics.csv")
