"""``zoo evaluate``: the errors of a trained net, counted again."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from zoo import judge
from zoo.answers import Answers
from zoo.class_table import write_classes
from zoo.data.arrays import ArraySplit
from zoo.errors import UserError
from zoo.history import read
from zoo.trained import About


def test_it_counts_what_the_run_counted(zoo: Callable, run: Path) -> None:
    ran = zoo("evaluate", f"checkpoint={run}", "--json")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    best = min(read(run / "metrics.csv"), key=lambda row: (row.val_top1_error, row.val_loss))
    assert found["checkpoint"] == str(run / "best.safetensors")
    assert (found["top1_error"], found["top5_error"]) == (best.val_top1_error, best.val_top5_error)
    assert found["loss"] == pytest.approx(best.val_loss, rel=1e-5)
    assert found["images"] == 360
    assert found["top1_wrong"] == round(best.val_top1_error * 360)


def test_a_weights_file_alone_is_enough(zoo: Callable, run: Path, tmp_path: Path) -> None:
    """Without its folder and without its spec: the header has it all, but for where the data lies."""
    alone = tmp_path / "moved.safetensors"
    shutil.copy(run / "best.safetensors", alone)
    assert "give data=" in zoo("evaluate", f"checkpoint={alone}").err
    there, here = zoo("evaluate", f"checkpoint={run}"), zoo("evaluate", f"checkpoint={alone}", "data=digits")
    assert here.code == 0
    assert here.out.splitlines()[1:] == there.out.splitlines()[1:]
    assert "360 images, centre crop, 8×8; fp32 on cpu" in here.out


def test_training_images_and_other_formats(zoo: Callable, run: Path) -> None:
    ran = zoo("evaluate", f"checkpoint={run}", "split=train", "precision=bf16", "batch_size=100")
    assert "digits, training: 1,437 images" in ran.out
    assert "; bf16 on cpu" in ran.out


def test_errors_by_class_add_up(zoo: Callable, run: Path, tmp_path: Path) -> None:
    found = json.loads(zoo("evaluate", f"checkpoint={run}", "-o", "classes.csv", "--json").out)
    with (tmp_path / "classes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["class"] for row in rows] == list("0123456789")
    for name in ("images", "top1_wrong", "top5_wrong"):
        assert sum(int(row[name]) for row in rows) == found[name]
    for row in rows:
        assert float(row["top1_error"]) == int(row["top1_wrong"]) / int(row["images"])
        assert float(row["top1_low"]) <= float(row["top1_error"]) <= float(row["top1_high"])
        assert row["taken_for"] != row["class"]


def test_what_a_class_is_taken_for(tmp_path: Path) -> None:
    guesses = np.array([[0, 1, 2], [1, 0, 2], [1, 2, 0], [2, 1, 0]])
    none = np.zeros(4)
    names = ("class", "images", "top1_wrong", "top1_error", "top5_wrong", "taken_for", "times")
    write_classes(
        tmp_path / "a.csv", ["cat", "dog", "owl"], Answers(np.array([0, 0, 0, 1]), guesses, none, none)
    )
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row[name] for name in names) for row in csv.DictReader(file)]
    assert rows == [
        ("cat", "3", "2", "0.6666666666666666", "0", "dog", "2"),
        ("dog", "1", "1", "1.0", "0", "owl", "1"),
    ]


def test_classes_are_matched_by_name() -> None:
    about = About(classes=("cat", "dog", "owl"))
    split = ArraySplit(torch.zeros(3, 8, 8, 1).numpy(), [0, 1, 0])
    assert list(judge.renumbered(split, ("owl", "cat"), about).labels) == [2, 0, 2]
    with pytest.raises(UserError, match="does not know the class cow: it was trained on 3, the data has 2"):
        judge.renumbered(split, ("cow", "cat"), about)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "checkpoint=… is missing: a run's folder"),
        (("chekpoint=a",), "chekpoint: no such option of zoo evaluate; did you mean checkpoint?"),
        (("checkpoint=a", "optimizer.lr=1"), "optimizer.lr: no such option of zoo evaluate"),
        (("checkpoint=nowhere",), "checkpoint=nowhere: no such file or folder"),
        (("checkpoint=a", "precision=half"), "precision=half: one of auto, fp32, bf16, fp16 is expected"),
        (("checkpoint=a", "batch_size=0"), "batch_size=0: must be at least 1"),
        (("checkpoint=a", "-o", "a.txt"), "a.txt: errors by class are written as CSV"),
        (("checkpoint=RUN", "data=digit"), "data=digit: no such choice; did you mean data=digits?"),
        (("checkpoint=RUN", "device=cuda"), "device=cuda: PyTorch sees no GPU here; device=cpu"),
        (("checkpoint=RUNS",), "no run's folder"),
    ],
)
def test_mistakes_are_one_line(zoo: Callable, run: Path, words: tuple[str, ...], message: str) -> None:
    if "device=cuda" in words and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    places = {"checkpoint=RUN": f"checkpoint={run}", "checkpoint=RUNS": f"checkpoint={run.parent}"}
    ran = zoo("evaluate", *(places.get(word, word) for word in words))
    assert ran.code == 1
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_a_folder_of_runs_names_them(zoo: Callable, run: Path) -> None:
    assert str(run) in zoo("evaluate", f"checkpoint={run.parent}").err
    assert f"did you mean {run}?" in zoo("evaluate", f"checkpoint={str(run)[:-1]}").err


class TestDamage:
    """Weights files that are not what they should be."""

    def message(self, zoo: Callable, path: Path) -> str:
        ran = zoo("evaluate", f"checkpoint={path}", "data=digits")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        return str(ran.err)

    def test_cut_short(self, zoo: Callable, run: Path, tmp_path: Path) -> None:
        path = tmp_path / "a.safetensors"
        path.write_bytes((run / "best.safetensors").read_bytes()[:-100])
        assert f"{path}: cannot be read" in self.message(zoo, path)

    def test_of_another_program(self, zoo: Callable, tmp_path: Path) -> None:
        path = tmp_path / "a.safetensors"
        save_file({"fc.weight": torch.zeros(2, 2)}, path)
        assert "not weights that zoo train wrote: its header names no net" in self.message(zoo, path)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"mean": ["a"]}, "its header is damaged: mean[0]=a: a number is expected"),
            ({"mean": [0.5, 0.5]}, "its header is damaged: input, mean, std and classes do not fit together"),
            ({"std": [0]}, "its header is damaged: std=[0]: must be greater than 0"),
        ],
    )
    def test_headers(
        self, zoo: Callable, run: Path, tmp_path: Path, changes: dict[str, object], message: str
    ) -> None:
        assert message in self.message(zoo, self.changed(run, tmp_path, changes))

    def test_weights_of_another_net(self, zoo: Callable, run: Path, tmp_path: Path) -> None:
        path = self.changed(run, tmp_path, {}, {"fc.weight": torch.zeros(2, 2)})
        assert "its weights are not those of its net" in self.message(zoo, path)

    def changed(
        self,
        run: Path,
        folder: Path,
        changes: dict[str, object],
        weights: dict[str, torch.Tensor] | None = None,
    ) -> Path:
        from safetensors.torch import load_file

        from zoo import checkpoint

        source, path = run / "best.safetensors", folder / "a.safetensors"
        header = {**checkpoint.about(source), **changes}
        save_file(weights or load_file(source), path, {"zoo": json.dumps(header)})
        return path
