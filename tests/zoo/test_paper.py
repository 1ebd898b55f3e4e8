"""``zoo paper``: every command line that it lists is one, and runs are set beside what was published."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_sample_images

from zoo import config
from zoo.commands import evaluate
from zoo.data import cifar
from zoo.errors import UserError
from zoo.papers import table
from zoo.protocols import PROTOCOLS
from zoo.settings import take

ROWS = [
    pytest.param(row, id=f"{name}-{row.what}-{row.table}")
    for name in table.names()
    for row in table.find(name).rows
]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_its_source_and_lines_that_can_be_typed(row: table.Row) -> None:
    assert row.what
    assert row.table.startswith("table ")
    assert row.data in table.NEEDS
    assert row.top1 is not None or row.top5 is not None
    lines = row.lines("runs", {})
    assert bool(lines) != bool(row.why_not)
    for text in lines:
        words = shlex.split(text.partition(" > ")[0])
        assert words[0] == "zoo"
        check = {"train": _train, "evaluate": _evaluate}[words[1]]
        check(row, words[2:])


def _train(row: table.Row, words: list[str]) -> None:
    (made,) = config.request(words).configs()
    assert made.data.name == row.data
    assert made.recipe is not None
    assert made.name in row.runs()


def _evaluate(row: table.Row, words: list[str]) -> None:
    options, rest = take(evaluate.EvaluateOptions, [word for word in words if word != "--json"])
    assert (len(options.ensemble) or 1) == row.nets
    assert options.protocol in PROTOCOLS.entries
    _, rest = take(PROTOCOLS.entries[options.protocol].options, rest)
    assert not rest


def test_the_numbers_of_the_papers() -> None:
    """Those that the papers are known by."""
    alexnet = {row.what: (row.top1, row.top5) for row in table.find("alexnet").rows}
    assert alexnet["1 CNN"] == (40.7, 18.2)
    assert alexnet["5 CNNs"] == (38.1, 16.4)
    resnet = {(row.what, row.table): (row.top1, row.top5) for row in table.find("resnet").rows}
    assert resnet["ResNet-50", "table 3"] == (22.85, 6.71)
    assert resnet["ResNet-152", "table 4"] == (19.38, 4.49)
    assert resnet["ResNet-20", "table 6"] == (8.75, None)


def test_without_runs(zoo: Callable) -> None:
    ran = zoo("paper", "alexnet")
    assert (ran.code, ran.err) == (0, "")
    assert "table 2  1 CNN" in ran.out
    assert "40.70 / 18.20  –         needs ImageNet" in ran.out
    assert "not here: the labels of ILSVRC 2012's test images were never published" in ran.out
    assert "name=paper-alexnet-5\n" in ran.out
    Path("photos").mkdir()
    ran = zoo("paper", "alexnet", "imagenet=photos")
    assert "can run here" in ran.out
    assert "data.root=photos" in ran.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("alexnett",), "there is no paper alexnett; did you mean alexnet?"),
        ((), "one paper is expected, of alexnet, resnet"),
        (("resnet", "imagenet=nowhere"), "imagenet=nowhere: no such folder"),
        (("resnet", "run=a"), "run: no such option of zoo paper; did you mean runs?"),
    ],
)
def test_mistakes(words: tuple[str, ...], message: str, zoo: Callable) -> None:
    ran = zoo("paper", *words)
    assert (ran.code, ran.err) == (1, f"zoo: {message}\n")


def test_a_paper_with_a_wrong_row_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "FOLDER", tmp_path)
    (tmp_path / "a.yaml").write_text("title: a\nsource: b\nrows: [{what: a, tabel: b}]\n")
    with pytest.raises(UserError, match=r"rows\[0\].tabel: no such option; did you mean rows\[0\].table"):
        table.find("a")
    (tmp_path / "b.yaml").write_text("title: a\n")
    with pytest.raises(UserError, match=r"b\.yaml: not a paper's table"):
        table.find("b")


@pytest.fixture
def cifar10(tmp_path: Path) -> Path:
    """CIFAR-10's folder in its binary version, with a few pieces of real photographs in each file."""
    root = tmp_path / "cifar-10-batches-bin"
    root.mkdir()
    picture = load_sample_images().images[0]
    for number, name in enumerate((*cifar.BATCHES, "test_batch")):
        records = []
        for i in range(20):
            top, left = 11 * i + number, 29 * i
            pixels = picture[top : top + 32, left : left + 32].transpose(2, 0, 1)
            records.append(np.concatenate([[i % 10], pixels.ravel()]).astype(np.uint8))
        np.concatenate(records).tofile(root / f"{name}.bin")
    (root / "batches.meta.txt").write_text("\n".join(cifar.Cifar10.classes) + "\n")
    return root


CUT = ("trainer.steps=4", "schedule.milestones=[2,3]", "trainer.batch_size=20")
"""The recipe's 64,000 steps are too many for a test."""


def test_resnet_for_cifar_runs_whole(
    zoo: Callable, cifar10: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines that a row lists, typed; then the row has what they measured."""
    (row,) = [row for row in table.find("resnet").rows if row.what == "ResNet-20"]
    listed = [*row.train, *CUT]
    (tmp_path / "papers").mkdir()
    values = {"what": row.what, "table": row.table, "data": row.data, "name": row.name, "top1": row.top1}
    cut = {**values, "train": listed, "protocol": list(row.protocol)}
    (tmp_path / "papers" / "cut.yaml").write_text(
        json.dumps(
            {"title": "Cut", "source": "test", "rows": [cut, {**cut, "train": [*listed, "optimizer.lr=1"]}]}
        )
    )
    monkeypatch.setattr(table, "FOLDER", tmp_path / "papers")
    words = ("paper", "cut", f"cifar10={cifar10}", "--format", "json")
    first, _ = json.loads(zoo(*words).out)["rows"]
    assert first["measured"]["status"] == "can run here"
    train, judge = (shlex.split(text.partition(" > ")[0])[1:] for text in first["commands"])
    ran = zoo(*train, "trainer.progress=none", "trainer.threads=1")
    assert ran.code == 0, ran.err
    assert json.loads(zoo(*words).out)["rows"][0]["measured"]["status"] == "trained here, not evaluated"
    ran = zoo(*judge)
    assert ran.code == 0, ran.err
    Path(first["commands"][1].partition(" > ")[2]).write_text(ran.out)
    first, other = (each["measured"] for each in json.loads(zoo(*words).out)["rows"])
    assert first["status"] == "run here, on 20 images of 10,000"
    assert first["top1"] == pytest.approx(100 * json.loads(ran.out)["top1_error"])
    assert other["status"] == "can run here", "a run with another rate is not the row's"
    assert f"8.75 / –   {first['top1']:.2f} / " in zoo(*words[:3]).out
